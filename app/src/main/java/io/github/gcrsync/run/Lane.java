package io.github.gcrsync.run;

import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies to one destination that is too slow for the others, beside them. When it has caught up, the destination can take
 * part again.
 */
final class Lane {
    /** A slow destination gains nothing by more, and each one holds connections to the source. */
    static final int IMAGES_AT_A_TIME = 2;

    private final Consumer<ImageGroup.Copy> work;
    /** Guarded by this object, like the fields below. */
    private List<ImageGroup.Copy> waiting = new ArrayList<>();

    private @Nullable Thread thread;
    private @Nullable Throwable failure;

    Lane(Consumer<ImageGroup.Copy> work) {
        this.work = work;
    }

    synchronized void add(ImageGroup.Copy copy) {
        waiting.add(copy);
        if (thread == null) {
            thread = Thread.ofPlatform().name("gcrsync-lane").start(this::run);
        }
    }

    synchronized boolean isBusy() {
        return thread != null;
    }

    private void run() {
        try {
            for (List<ImageGroup.Copy> batch = next(); !batch.isEmpty(); batch = next()) {
                Tasks.forEach(batch, IMAGES_AT_A_TIME, work);
            }
        } catch (RuntimeException | Error e) {
            ended(e);
        }
    }

    private synchronized List<ImageGroup.Copy> next() {
        List<ImageGroup.Copy> batch = waiting;
        waiting = new ArrayList<>();
        if (batch.isEmpty()) {
            ended(null);
        }
        return batch;
    }

    private synchronized void ended(@Nullable Throwable e) {
        failure = failure == null ? e : failure;
        thread = null;
        notifyAll();
    }

    /** Throws what ended the lane, if it was an internal error. */
    synchronized void check() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** Waits until all copies have ended; an interrupt of the caller interrupts them. */
    synchronized void await() {
        boolean interrupted = false;
        while (thread != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
                if (thread != null) {
                    thread.interrupt();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
