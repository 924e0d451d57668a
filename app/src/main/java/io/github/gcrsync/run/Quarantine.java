package io.github.gcrsync.run;

import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.state.SuspectFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

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
    private final NavigableMap<String, Suspect> suspects;

    /** @param free whether whatever is in quarantine is let out of it */
    public Quarantine(SuspectFile file, InstantSource clock, boolean free) {
        this.file = file;
        this.clock = clock;
        this.free = free;
        this.suspects = file.read();
    }

    /** @param plan of everything that is wanted, not narrowed yet */
    public Plan applied(Plan plan) {
        Map<String, Suspect> gone = new HashMap<>(suspects);
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
        if (free) {
            gone.putAll(suspects);
        } else if (!plan.failures().isEmpty()) { // What is missing in the plan may only not have been listed.
            gone.clear();
        }
        first.addAll(last);
        return plan.holdingBack(first, heldBack, gone.keySet());
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

    /** What the run of a plan learns. */
    Suspicions suspicions(Plan plan) {
        return new Suspicions(file, clock, plan);
    }

    static boolean isHeld(Suspect suspect) {
        return suspect.runs() >= RUNS;
    }

    private Optional<Suspect> suspected(CopyTask task) {
        return Optional.ofNullable(suspects.get(task.image()))
                .filter(suspect -> suspect.digest().equals(task.digest()));
    }

    private Optional<Suspect> quarantined(CopyTask task) {
        return suspected(task).filter(suspect -> isHeld(suspect) && !free);
    }

    /** A time that is still to come was written by a clock that has been set back since. */
    private boolean isDue(Suspect suspect) {
        Instant now = clock.instant();
        return now.isBefore(suspect.tried()) || !now.isBefore(suspect.tried().plus(PAUSE));
    }
}
