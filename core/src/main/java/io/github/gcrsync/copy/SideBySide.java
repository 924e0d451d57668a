package io.github.gcrsync.copy;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One step for several targets at once, each on a thread of its own. Ends without the targets that take much longer than
 * the others; their threads continue.
 */
final class SideBySide {
    /** A target may take this much longer than the slowest of the others. */
    static final int TIMES_SLOWER = 3;

    private final Group.Ends ends;
    private final Work work;
    private final Predicate<CopyTarget> step;
    /** Guarded by the ends, like the fields below. */
    private final Set<CopyTarget> running = new HashSet<>();

    private boolean hasSucceeded;
    private boolean hasWorked;
    private long lastSuccess;
    private long took;
    private @Nullable Throwable thrown;

    /** What the targets have to do in a step. The times are those of {@link System#nanoTime}. */
    interface Work {
        /** Returns when the target began; empty if it has found nothing to do, which says nothing about the others' pace. */
        OptionalLong began(CopyTarget target);

        /** Returns when any target last made progress, or waited for this process. */
        long progressed();

        /** The same work for all targets, from now on. */
        static Work equal() {
            long now = System.nanoTime();
            return new Work() {
                @Override
                public OptionalLong began(CopyTarget target) {
                    return OptionalLong.of(now);
                }

                @Override
                public long progressed() {
                    return now;
                }
            };
        }
    }

    /** @param step returns whether it succeeded; what it throws ends the copy of the image */
    SideBySide(Group.Ends ends, Work work, Predicate<CopyTarget> step) {
        this.ends = ends;
        this.work = work;
        this.step = step;
    }

    void run(List<CopyTarget> targets) {
        running.addAll(targets);
        await(targets.stream().map(this::start).flatMap(Optional::stream).toList());
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private Optional<Thread> start(CopyTarget target) {
        // A thread that is left behind must not keep the process alive.
        Thread thread = Thread.currentThread().isVirtual()
                ? Thread.ofVirtual().unstarted(() -> step(target))
                : Thread.ofPlatform().daemon().name("gcrsync-target").unstarted(() -> step(target));
        try {
            thread.start();
            return Optional.of(thread);
        } catch (OutOfMemoryError e) {
            // The system allows no more threads (process limit): this one does the work.
            step(target);
            return Optional.empty();
        }
    }

    private void step(CopyTarget target) {
        boolean succeeded = false;
        @Nullable Throwable failure = null;
        try {
            succeeded = step.test(target);
        } catch (Throwable e) {
            failure = e;
        }
        synchronized (ends) {
            running.remove(target);
            if (succeeded) {
                succeeded(work.began(target));
            }
            thrown = thrown == null ? failure : thrown;
            ends.notifyAll();
        }
    }

    private void succeeded(OptionalLong began) {
        hasSucceeded = true;
        lastSuccess = System.nanoTime();
        if (began.isPresent()) {
            hasWorked = true;
            took = Math.max(took, lastSuccess - began.getAsLong());
        }
    }

    private void await(List<Thread> threads) {
        boolean interrupted = false;
        synchronized (ends) {
            while (!running.isEmpty() && !isOnlyBehind()) {
                long left = nanosLeft();
                if (left <= 0) {
                    // One that has failed elsewhere keeps that result; nobody waits for it any longer.
                    running.forEach(target -> ends.put(target, new CopyResult.Behind()));
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(ends, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOnlyBehind() {
        return running.stream().allMatch(ends::isBehind);
    }

    private long nanosLeft() {
        if (!hasSucceeded) {
            return Long.MAX_VALUE;
        }
        long patience = ends.patience().toNanos();
        long end = hasWorked
                ? lastSuccess + Math.max(patience, TIMES_SLOWER * took)
                : Math.max(lastSuccess, work.progressed()) + patience;
        return end - System.nanoTime();
    }
}
