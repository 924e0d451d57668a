package gcrsync.run;

import gcrsync.plan.CopyTask;
import gcrsync.plan.Failure;
import gcrsync.plan.Plan;
import gcrsync.plan.Reason;
import gcrsync.state.Suspect;
import gcrsync.state.SuspectFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps images that fail for their own sake, run after run, from costing each run the same: they are tried last, and at
 * most once a day. A tag that points elsewhere is another image, and free.
 */
public final class Quarantine {
    private static final int RUNS = 3;
    private static final Duration PAUSE = Duration.ofDays(1);

    private final SuspectFile file;
    private final InstantSource clock;
    private final boolean free;
    private final NavigableMap<String, Suspect> before;
    /** Of those, what is not suspected any more: it arrived, or is not wanted or another image by now. */
    private final Set<String> cleared = ConcurrentHashMap.newKeySet();

    private final Map<String, Suspect> failed = new ConcurrentHashMap<>();

    /** @param free whether whatever is in quarantine is let out of it */
    public Quarantine(SuspectFile file, InstantSource clock, boolean free) {
        this.file = file;
        this.clock = clock;
        this.free = free;
        this.before = file.read();
        if (free) {
            cleared.addAll(before.keySet());
        }
    }

    /** @param plan of everything that is wanted, not narrowed yet */
    public Plan applied(Plan plan) {
        Map<String, Suspect> gone = new HashMap<>(before);
        List<CopyTask> first = new ArrayList<>();
        List<CopyTask> last = new ArrayList<>();
        List<Suspect> heldBack = new ArrayList<>();
        for (CopyTask task : plan.toCopy()) {
            suspected(task).ifPresent(_ -> gone.remove(task.image()));
            Optional<Suspect> suspect = quarantined(task);
            if (suspect.isEmpty()) {
                first.add(task);
            } else if (isDue(suspect.get()) || task.reason() == Reason.GONE) {
                last.add(task); // What is recorded must be looked for, or the ledger might go on to claim it.
            } else {
                heldBack.add(suspect.get());
            }
        }
        if (plan.failures().isEmpty()) { // Else what is missing in the plan may only not have been listed.
            cleared.addAll(gone.keySet());
        }
        first.addAll(last);
        return plan.holdingBack(first, heldBack);
    }

    /** Those that are not in quarantine come first. */
    List<CopyTask> ordered(List<CopyTask> tasks) {
        List<CopyTask> first = new ArrayList<>(tasks);
        List<CopyTask> last =
                first.stream().filter(task -> quarantined(task).isPresent()).toList();
        first.removeAll(new HashSet<>(last));
        first.addAll(last);
        return first;
    }

    void failed(CopyTask task, Failure failure) {
        if (failure.isForItsOwnSake()) {
            String reason = failure.side().name().toLowerCase(Locale.ROOT) + ": "
                    + failure.reason().getMessage();
            failed.put(task.image(), new Suspect(task.image(), task.digest(), 1, clock.instant(), reason));
        }
    }

    void arrived(CopyTask task) {
        cleared.add(task.image());
    }

    /** Records what this run has seen, and tells what is in quarantine now, in order of images. */
    List<Suspect> finish() {
        boolean nothingNew = failed.isEmpty() && Collections.disjoint(cleared, before.keySet());
        NavigableMap<String, Suspect> now = nothingNew && !file.isDamaged()
                ? before
                : file.update(suspects -> {
                    cleared.forEach(suspects::remove);
                    failed.forEach((image, failure) -> suspects.merge(image, failure, Quarantine::onceMore));
                });
        return now.values().stream().filter(suspect -> suspect.runs() >= RUNS).toList();
    }

    private static Suspect onceMore(Suspect known, Suspect failure) {
        int runs = known.digest().equals(failure.digest()) ? known.runs() + 1 : 1;
        return new Suspect(failure.image(), failure.digest(), runs, failure.tried(), failure.reason());
    }

    private Optional<Suspect> suspected(CopyTask task) {
        return Optional.ofNullable(before.get(task.image()))
                .filter(suspect -> suspect.digest().equals(task.digest()));
    }

    private Optional<Suspect> quarantined(CopyTask task) {
        return suspected(task).filter(suspect -> suspect.runs() >= RUNS && !free);
    }

    /** A time that is still to come was written by a clock that has been set back since. */
    private boolean isDue(Suspect suspect) {
        Instant now = clock.instant();
        return now.isBefore(suspect.tried()) || !now.isBefore(suspect.tried().plus(PAUSE));
    }
}
