package io.github.gcrsync.copy;

import java.util.concurrent.Semaphore;

/**
 * How many blobs are transferred at a time, and how many large ones of them. Small blobs wait for answers, so that many at
 * once are faster. Large ones share a rate: beyond what fills the narrowest place between the registries, more of them only
 * need more buffers, and each arrives later.
 */
final class Slots {
    /** Of this size and more it is the rate that counts, not the answers. */
    static final long LARGE = 4 << 20;

    /**
     * Fills links on which a single connection is slow: with 4 MB/s for each, one run of 288 MiB took 7.4 s, and 13.8 s with 4
     * at a time. Between registries on one busy machine the noise was larger than any difference.
     */
    static final int MOST_LARGE = 16;

    private final Semaphore places;
    private final Semaphore turns;

    /** @param most blobs at a time */
    Slots(int most) {
        this.places = new Semaphore(most);
        this.turns = new Semaphore(Math.min(most, MOST_LARGE), true);
    }

    /** Waits for a place for one blob of that size. */
    Slot take(long size) throws InterruptedException {
        places.acquire();
        return new Slot(size >= LARGE);
    }

    /** The place of one blob, used by one thread. */
    final class Slot implements AutoCloseable {
        private final boolean large;
        private boolean held = true;
        private boolean isMoving;

        private Slot(boolean large) {
            this.large = large;
        }

        /**
         * Waits until the bytes of the blob may be moved. A large one gives its place to others meanwhile. Nothing happens if
         * they may already.
         */
        void awaitTurn() throws InterruptedException {
            if (!large || isMoving) {
                return;
            }
            places.release();
            held = false;
            turns.acquire();
            isMoving = true;
            places.acquire();
            held = true;
        }

        /** All bytes have been read: until the registry has answered, which may take minutes, another blob can move its own. */
        void allMoved() {
            if (isMoving) {
                isMoving = false;
                turns.release();
            }
        }

        @Override
        public void close() {
            allMoved();
            if (held) {
                held = false;
                places.release();
            }
        }
    }
}
