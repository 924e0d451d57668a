package io.github.gcrsync.copy;

import org.jspecify.annotations.Nullable;

/** Asks a run to end: what is in flight is finished, nothing new is begun. If that takes too long, it is abandoned. */
public final class StopSignal {
    private volatile boolean given;
    private volatile boolean abandoned;
    private Runnable cut = () -> {};
    private @Nullable Thread worker;

    public void give() {
        given = true;
    }

    public boolean isGiven() {
        return given;
    }

    /** @throws StoppedException if the signal was given */
    void check() {
        if (given) {
            throw new StoppedException();
        }
    }

    /** @param action ends what an interrupt does not, such as waiting for a socket */
    public synchronized void whenAbandoned(Runnable action) {
        cut = action;
    }

    /** Runs what may be abandoned. An interrupt ends with it: whatever follows, such as recording what is done, is not disturbed. */
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

    /** What is in flight is given up. */
    public synchronized void abandon() {
        given = true;
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
