package io.github.gcrsync.server;

import io.github.gcrsync.metrics.RunMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The metrics of a service. */
public final class ServerMetrics implements Observer {
    private final RunMetrics metrics = new RunMetrics();
    private final Set<String> known = new HashSet<>();

    @Override
    public void ended(Run run, Optional<Mirrors.Outcome> outcome, Optional<ServedMirror> mirror) {
        Instant end = run.ended().orElse(run.started());
        metrics.ended(run.mirror(), run.state().word(), end, Duration.between(run.started(), end));
        outcome.flatMap(Mirrors.Outcome::batch).ifPresent(metrics::add);
    }

    /** Returns the metrics as text. */
    public synchronized String text(Service service) {
        List<MirrorStatus> mirrors = service.mirrors();
        Set<String> names = new HashSet<>();
        for (MirrorStatus mirror : mirrors) {
            names.add(mirror.name());
            if (known.add(mirror.name())) {
                metrics.add(mirror.name(), success(mirror.name(), service));
            }
            metrics.waiting(
                    mirror.name(),
                    mirror.incompleteSince()
                            .map(since -> Duration.between(since, service.now()))
                            .orElse(Duration.ZERO));
        }
        known.stream().filter(name -> !names.contains(name)).toList().forEach(gone -> {
            known.remove(gone);
            metrics.remove(gone);
        });
        return metrics.text();
    }

    private static Optional<Instant> success(String mirror, Service service) {
        return service.history().runs().stream()
                .filter(run -> run.mirror().equals(mirror) && run.state() == Run.State.DONE)
                .findFirst()
                .flatMap(Run::ended);
    }
}
