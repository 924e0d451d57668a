package io.github.gcrsync.copy;

import org.jspecify.annotations.Nullable;

/**
 * Asks a run to stop: work in flight is finished, and no new work is started. If that takes too long, the run is
 * abandoned.
 */
public final class StopSignal {
    private volatile boolean stopping;
    private volatile boolean abandoned;
    private Runnable cut = () -> {};
    private @Nullable Thread worker;

    public void give() {
        stopping = true;
    }

    public boolean isGiven() {
        return stopping;
    }

    /** @throws StoppedException if the signal was given */
    public void check() {
        if (stopping) {
            throw new StoppedException();
        }
    }

    /** @param action ends what an interrupt cannot end, such as waiting for a socket */
    public synchronized void whenAbandoned(Runnable action) {
        cut = action;
    }

    /**
     * Runs work that may be abandoned. Afterwards its interrupt is cleared, so that later work, such as recording the
     * results, is not disturbed.
     */
    public void abandonable(Runnable work) {
        enter(Thread.currentThread());
        try {
            work.run();
        } finally {
            enter(null);
        }
    }

    private synchronized void enter(@Nullable Thread thread) {
        worker = thread;
        if (abandoned && thread == null) {
            boolean ignored = Thread.interrupted();
        }
    }

    /** Gives up the work in flight. */
    public synchronized void abandon() {
        stopping = true;
        abandoned = true;
        if (worker != null) {
            worker.interrupt();
        }
        cut.run();
    }

    public boolean isAbandoned() {
        return abandoned;
    }
}
