package io.github.gcrsync.run.quarantine;

import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.state.SuspectFile;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Collects the permanent failures of one run and saves them at its end. */
public final class Suspicions {
    private final Optional<SuspectFile> file;
    private final InstantSource clock;
    private final Map<String, Suspect> failed = new ConcurrentHashMap<>();
    /** No longer suspected. */
    private final Set<String> cleared = ConcurrentHashMap.newKeySet();

    Suspicions(Optional<SuspectFile> file, InstantSource clock, Plan plan) {
        this.file = file;
        this.clock = clock;
        cleared.addAll(plan.unsuspected());
        plan.toAdopt().forEach(this::arrived);
    }

    public void failed(CopyTask task, Failure failure) {
        if (failure.isPermanent()) {
            String reason = failure.side().name().toLowerCase(Locale.ROOT) + ": "
                    + failure.reason().getMessage();
            failed.put(task.image(), new Suspect(task.image(), task.digest(), 1, clock.instant(), reason));
        }
    }

    public void arrived(CopyTask task) {
        cleared.add(task.image());
    }

    /** Saves the findings of this run and returns the images now in quarantine, in order. */
    public List<Suspect> finish() {
        return file.map(this::finish).orElse(List.of());
    }

    private List<Suspect> finish(SuspectFile file) {
        NavigableMap<String, Suspect> before = file.read();
        boolean nothingNew = failed.isEmpty() && cleared.stream().noneMatch(before::containsKey);
        NavigableMap<String, Suspect> now = nothingNew && !file.isDamaged()
                ? before
                : file.update(suspects -> {
                    cleared.forEach(suspects::remove);
                    failed.forEach((image, failure) -> suspects.merge(image, failure, Suspicions::failedAgain));
                });
        return now.values().stream().filter(Quarantine::isHeld).toList();
    }

    private static Suspect failedAgain(Suspect known, Suspect failure) {
        int runs = known.digest().equals(failure.digest()) ? known.runs() + 1 : 1;
        return new Suspect(failure.image(), failure.digest(), runs, failure.tried(), failure.reason());
    }
}
