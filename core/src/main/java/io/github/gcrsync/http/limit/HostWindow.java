package io.github.gcrsync.http.limit;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The limit of requests in flight at one host. It grows with every answer, at first doubling each round trip and later
 * by one, and is halved when the host reports overload. Refusals that arrive together count once: after a halving,
 * refusals of earlier requests are ignored. Guarded by {@link HostSlots}.
 */
final class HostWindow {
    private static final int FIRST = 16;
    /** A copy within one registry needs two slots there. */
    private static final int LEAST_PORTION = 2;

    private final int most;
    private final Duration epoch;
    private final DoubleSupplier portion;
    private double window;
    /** Below this size the window doubles each round trip (slow-start threshold). */
    private double threshold;

    private int inFlight;
    private long lastHalving = Long.MIN_VALUE;

    /**
     * @param most upper limit of the window
     * @param epoch time within which refusals count once, about a round trip
     * @param portion of the upper limit that applies to this process at present
     */
    HostWindow(int most, Duration epoch, DoubleSupplier portion) {
        this.most = most;
        this.epoch = epoch;
        this.portion = portion;
        this.window = Math.min(most, FIRST);
        this.threshold = most;
    }

    /** Whether this many requests may start together. An idle host always accepts them, however small the window is. */
    boolean hasRoomFor(int requests) {
        return inFlight + requests <= Math.max(size(), requests);
    }

    void enter() {
        inFlight++;
    }

    void leave() {
        inFlight--;
    }

    /** The host has answered a request; grows the window. Returns whether its size has grown. */
    boolean succeeded() {
        int before = size();
        // Only a full window shows what the host can handle.
        if (window < limit() && inFlight >= size()) {
            window = Math.min(limit(), window + (window < threshold ? 1 : 1 / window));
        }
        return size() > before;
    }

    /** The host has refused a request because of its load (429, 503); halves the window. */
    void refused(long nanoTime) {
        if (lastHalving == Long.MIN_VALUE || nanoTime - lastHalving > epoch.toNanos()) {
            lastHalving = nanoTime;
            window = Math.max(1, Math.min(window, limit()) / 2);
            threshold = window;
        }
    }

    int size() {
        return (int) Math.min(window, limit());
    }

    private int limit() {
        return Math.max(Math.min(most, LEAST_PORTION), (int) (most * portion.getAsDouble()));
    }
}
