package io.github.gcrsync.run.quarantine;

import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.state.SuspectFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * Limits the cost of images with permanent failures: they are tried last, and at most once a day. If the tag moves, the
 * image leaves quarantine.
 */
public final class Quarantine {
    private static final int RUNS = 3;
    private static final Duration PAUSE = Duration.ofDays(1);

    /** For a run that another one plans, and draws the conclusions of. */
    public static final Quarantine NONE =
            new Quarantine(Optional.empty(), InstantSource.system(), false, Collections.emptyNavigableMap());

    private final Optional<SuspectFile> file;
    private final InstantSource clock;
    private final boolean releaseAll;
    private final NavigableMap<String, Suspect> suspects;

    /** @param releaseAll whether to release all images */
    public Quarantine(SuspectFile file, InstantSource clock, boolean releaseAll) {
        this(Optional.of(file), clock, releaseAll, file.read());
    }

    private Quarantine(
            Optional<SuspectFile> file,
            InstantSource clock,
            boolean releaseAll,
            NavigableMap<String, Suspect> suspects) {
        this.file = file;
        this.clock = clock;
        this.releaseAll = releaseAll;
        this.suspects = suspects;
    }

    /** @param plan of all selected images, not narrowed yet */
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
                last.add(task); // A recorded image must be checked, or the ledger could claim it wrongly.
            } else {
                heldBack.add(suspect.get());
            }
        }
        if (releaseAll) {
            gone.putAll(suspects);
        } else if (!plan.failures()
                .isEmpty()) { // Images absent from the plan may be in a repository that could not be listed.
            gone.clear();
        }
        first.addAll(last);
        return plan.withHeldBack(first, heldBack, gone.keySet());
    }

    /** Quarantined images are copied last. */
    public boolean isQuarantined(CopyTask task) {
        return quarantined(task).isPresent();
    }

    /** Collects the failures of a run. */
    public Suspicions suspicions(Plan plan) {
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
        return suspected(task).filter(suspect -> isHeld(suspect) && !releaseAll);
    }

    /** A time in the future was written before the clock was set back. */
    private boolean isDue(Suspect suspect) {
        Instant now = clock.instant();
        return now.isBefore(suspect.tried()) || !now.isBefore(suspect.tried().plus(PAUSE));
    }
}
