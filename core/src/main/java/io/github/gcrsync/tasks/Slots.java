package io.github.gcrsync.tasks;

import java.util.concurrent.Semaphore;

/**
 * Limits the blobs that are transferred at a time, and the large ones among them. Small blobs wait for answers, so many
 * at once are faster. Large blobs share bandwidth: once they fill the slowest link, more of them only need more buffers
 * and finish later.
 */
public final class Slots {
    /** From this size on, bandwidth matters more than latency. */
    public static final long LARGE = 4 << 20;

    /**
     * Fills links on which single connections are slow: at 4 MB/s per connection, one run of 288 MiB took 7.4 s, and
     * 13.8 s with 4 at a time. Between registries on one busy machine, noise exceeded any difference.
     */
    static final int MOST_LARGE = 16;

    private final Semaphore slots;
    private final Semaphore turns;

    /** @param most blobs at a time */
    public Slots(int most) {
        this.slots = new Semaphore(most);
        this.turns = new Semaphore(Math.min(most, MOST_LARGE), true);
    }

    /** Waits for a slot for a blob of that size. */
    public Slot take(long size) throws InterruptedException {
        slots.acquire();
        return new Slot(size >= LARGE);
    }

    /** The slot of one blob. After it is closed, nothing waits for it any more. */
    public final class Slot implements AutoCloseable {
        private final boolean large;
        private boolean held = true;
        private boolean mayTransfer;
        private volatile boolean isWaiting;
        private volatile long waited = System.nanoTime();

        private Slot(boolean large) {
            this.large = large;
        }

        /**
         * Waits until the bytes of the blob may be transferred. A large blob releases its slot to others while it
         * waits. Does nothing if the transfer is already allowed.
         */
        public synchronized void awaitTurn() throws InterruptedException {
            if (!large || mayTransfer || !held) {
                return;
            }
            isWaiting = true;
            try {
                slots.release();
                held = false;
                turns.acquire();
                mayTransfer = true;
                slots.acquire();
                held = true;
            } finally {
                waited = System.nanoTime();
                isWaiting = false;
            }
        }

        /** Returns until when its holder has waited, by {@link System#nanoTime}. */
        public long waited() {
            return isWaiting ? System.nanoTime() : waited;
        }

        /**
         * All bytes have been read: another large blob can transfer while the registry prepares its answer, which may
         * take minutes.
         */
        public synchronized void allMoved() {
            if (mayTransfer) {
                mayTransfer = false;
                turns.release();
            }
        }

        @Override
        public synchronized void close() {
            allMoved();
            if (held) {
                held = false;
                slots.release();
            }
        }
    }
}
