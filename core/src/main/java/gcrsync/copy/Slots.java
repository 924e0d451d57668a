package gcrsync.copy;

import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * How many blobs are transferred at a time, and how many large ones of them. Small blobs wait for answers, so that many at
 * once are faster. Large ones share a rate: beyond what fills the narrowest place between the registries, more of them only
 * need more buffers. So there are few at first, and more for as long as more of them move more bytes.
 */
final class Slots {
    /** Of this size and more it is the rate that counts, not the answers. */
    static final long LARGE = 4 << 20;

    private static final int FIRST = 4;
    /** A rate measured over less time is noise. */
    private static final long INTERVAL_NANOS = 1_000_000_000;
    /** By so much more of them have to be faster, to be worth it. */
    private static final double WORTH = 1.1;
    /** Intervals after which that is tried again: a link that was busy may be free now. */
    private static final int REST = 10;

    private final Semaphore places;
    private final int most;
    private final LongSupplier nanoTime;
    /** After so long one that waits has a look at the rate: those that move may have come to a halt. */
    private final long lookMillis;

    // Of the large ones, all guarded by this object.
    private int allowed;
    private int moving;
    private int waiting;
    private long bytes;
    private long since;
    /** How many were allowed before the attempt with more that is under way, and their rate; 0 if there is none. */
    private int fewer;

    private double rateOfFewer;
    /** Of the last interval in which something moved; 0 if there was none. */
    private double lastRate;

    private int resting;

    /** @param most blobs at a time */
    Slots(int most) {
        this(most, System::nanoTime, 1000);
    }

    /** @param lookMillis 0 for never */
    Slots(int most, LongSupplier nanoTime, long lookMillis) {
        this.places = new Semaphore(most);
        this.most = most;
        this.nanoTime = nanoTime;
        this.lookMillis = lookMillis;
        this.allowed = Math.min(most, FIRST);
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
            begin();
            isMoving = true;
            places.acquire();
            held = true;
        }

        void moved(int count) {
            if (isMoving) {
                count(count);
            }
        }

        /** All bytes have been read: until the registry has answered, which may take minutes, another blob can move its own. */
        void allMoved() {
            if (isMoving) {
                isMoving = false;
                end();
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

    private synchronized void begin() throws InterruptedException {
        if (waiting++ == 0) { // Before, nobody would have been let in: what more of them do was not to be seen.
            bytes = 0;
            since = nanoTime.getAsLong();
        }
        try {
            while (moving >= allowed) {
                wait(lookMillis);
                count(0);
            }
        } finally {
            waiting--;
        }
        moving++;
    }

    private synchronized void end() {
        moving--;
        notifyAll();
    }

    private synchronized void count(int moved) {
        if (waiting == 0) {
            return;
        }
        long now = nanoTime.getAsLong();
        bytes += moved;
        if (now - since >= INTERVAL_NANOS) {
            judge((double) bytes / (now - since));
            bytes = 0;
            since = now;
        }
    }

    private void judge(double rate) {
        if (rate == 0) {
            // A halt says nothing of how many are best: more are let in, and when bytes move again, that is an attempt
            // like others.
            if (fewer == 0) {
                fewer = allowed;
                rateOfFewer = lastRate > 0 ? lastRate : Double.MAX_VALUE;
            }
            letMoreIn();
            return;
        }
        lastRate = rate;
        if (fewer > 0 && rate < WORTH * rateOfFewer) {
            allowed = fewer;
            fewer = 0;
            resting = REST;
        } else if (resting > 0) {
            resting--;
        } else if (allowed < most) {
            fewer = allowed;
            rateOfFewer = rate;
            letMoreIn();
        }
    }

    private void letMoreIn() {
        allowed = Math.min(most, allowed + Math.max(1, allowed / 4));
        notifyAll();
    }

    synchronized int largeAllowed() {
        return allowed;
    }
}
