package io.github.gcrsync.server;

import io.github.gcrsync.metrics.RunMetrics;
import io.github.gcrsync.metrics.WorkerMetrics;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.server.fleet.Fleet;
import io.github.gcrsync.state.WaitingImage;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The metrics of a service. */
public final class ServerMetrics implements Observer {
    private final RunMetrics metrics = new RunMetrics();
    private final Set<String> known = new HashSet<>();
    private final Optional<Fleet> fleet;

    public ServerMetrics(Optional<Fleet> fleet) {
        this.fleet = fleet;
    }

    @Override
    public synchronized void ended(Run run, Optional<Mirrors.Outcome> outcome, Optional<ServedMirror> mirror) {
        outcome.flatMap(Mirrors.Outcome::batch)
                .ifPresentOrElse(
                        batch -> metrics.add(batch, run.ended().orElse(run.started())),
                        () -> metrics.ended(
                                run.mirror(), BatchRecord.Outcome.of(List.of(), run.state() == Run.State.STOPPED)));
        if (run.count(Progress.PRUNED) > 0) {
            metrics.pruned(run.mirror(), run.count(Progress.PRUNED));
        }
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
            metrics.waiting(mirror.name(), mirror.oldestWaiting().map(WaitingImage::since), service.now());
        }
        metrics.verified(mirrors.stream().collect(Collectors.toMap(MirrorStatus::name, MirrorStatus::verified)));
        known.retainAll(names);
        // Also those that were removed and whose run has ended since.
        metrics.retain(names);
        metrics.workers(fleet.flatMap(Fleet::state)
                .map(state -> new WorkerMetrics(state.workers().size(), state.queued(), state.running())));
        return metrics.text();
    }

    private static Optional<Instant> success(String mirror, Service service) {
        return service.history().runs().stream()
                .filter(run -> run.mirror().equals(mirror) && run.isComplete())
                .findFirst()
                .flatMap(Run::ended);
    }
}
