package io.github.gcrsync.http.limit;

import java.time.Duration;

/**
 * How many requests one host may have in flight: grows with every answer, to twice as many each round trip at first and
 * by one later, and halves when the host says that it is too much. Refusals that arrive together are one sign, not many:
 * after a halving, those of requests sent before it do not count. Guarded by {@link HostSlots}.
 */
final class HostWindow {
    private static final int FIRST = 16;

    private final int most;
    private final Duration epoch;
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
        this.most = most;
        this.epoch = epoch;
        this.window = Math.min(most, FIRST);
        this.careful = most;
    }

    /** Whether so many more may begin together. A host with nothing to do takes them, however narrow it is. */
    boolean hasRoomFor(int requests) {
        return inFlight + requests <= Math.max(size(), requests);
    }

    void enter() {
        inFlight++;
    }

    void leave() {
        inFlight--;
    }

    /** The host has answered; the more it does, the more it gets. */
    void answered() {
        // Only a window that is used says anything about what the host can take.
        if (window < most && inFlight >= size()) {
            window = Math.min(most, window + (window < careful ? 1 : 1 / window));
        }
    }

    /** The host has refused because of the load (429, 503). */
    void refused(long nanoTime) {
        if (lastHalving == Long.MIN_VALUE || nanoTime - lastHalving > epoch.toNanos()) {
            lastHalving = nanoTime;
            window = Math.max(1, window / 2);
            careful = window;
        }
    }

    int size() {
        return (int) window;
    }
}
