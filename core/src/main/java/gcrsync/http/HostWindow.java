package gcrsync.http;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests one host may have in flight: grows with every answer, to twice as many each round trip at first and
 * by one later, and halves when the host says that it is too much. Refusals that arrive together are one sign, not many:
 * after a halving, those of requests sent before it do not count.
 */
final class HostWindow {
    private static final int FIRST = 16;
    /**
     * A transfer holds a place at its source while it waits for one at its destination, and the other way round. Where
     * both hosts are short of places, some have to be let in beyond the window, or nobody would ever leave.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int most;
    private final Duration epoch;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private double window;
    /** Up to here the window doubles each round trip. */
    private double careful;

    private int inFlight;
    private long lastHalving = Long.MIN_VALUE;

    /**
     * @param most never more than this
     * @param epoch the time in which several refusals are one, about a round trip
     */
    HostWindow(int most, Duration epoch) {
        this(most, epoch, PATIENCE);
    }

    /** @param patience after so long somebody who waits gets in all the same */
    HostWindow(int most, Duration epoch, Duration patience) {
        this.patience = patience;
        this.most = most;
        this.epoch = epoch;
        this.window = Math.min(most, FIRST);
        this.careful = most;
    }

    /** Waits for a place, but not for ever; first come, first served is not promised. */
    void enter() throws InterruptedIOException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (inFlight >= (int) window && left > 0) {
                left = freed.awaitNanos(left);
            }
            inFlight++;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a place at the host");
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inFlight--;
            freed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The host has answered; the more it does, the more it gets. */
    void answered() {
        lock.lock();
        try {
            // Only a window that is used says anything about what the host can take.
            if (window < most && inFlight >= (int) window) {
                window = Math.min(most, window + (window < careful ? 1 : 1 / window));
                freed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The host has refused because of the load (429, 503). */
    void refused(long nanoTime) {
        lock.lock();
        try {
            if (lastHalving == Long.MIN_VALUE || nanoTime - lastHalving > epoch.toNanos()) {
                lastHalving = nanoTime;
                window = Math.max(1, window / 2);
                careful = window;
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return (int) window;
        } finally {
            lock.unlock();
        }
    }
}
