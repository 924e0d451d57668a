package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Ticker;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When the next request may go to one host: not more often than the user allows, and slower when the host says that it
 * will soon refuse. A limit that takes longer than {@link #PATIENCE} to come back is not waited for here: that is for
 * who plans the run.
 */
final class Pace {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    /** While more than this share of the limit is left, nothing is held back. */
    private static final double CAREFUL_BELOW = 0.2;

    private final Ticker ticker;
    private final long gap;
    private Optional<Seen> seen = Optional.empty();
    private boolean begun;
    /** By the ticker's nanoTime. */
    private long next;

    /** @param perSecond most requests in a second; 0: as many as the host likes */
    Pace(Ticker ticker, int perSecond) {
        this.ticker = ticker;
        this.gap = perSecond == 0 ? 0 : 1_000_000_000L / perSecond;
    }

    /** Waits until the next request is due. */
    void enter() throws InterruptedIOException {
        long wait = reserve();
        if (wait > 0) {
            ticker.sleep(Duration.ofNanos(wait));
        }
    }

    /** How many nanoseconds the next request has to wait. */
    synchronized long reserve() {
        Optional<Duration> untilReset = seen.flatMap(this::untilReset);
        long space =
                Math.max(gap, seen.flatMap(s -> spacing(s.limit(), untilReset)).orElse(0L));
        long now = ticker.nanoTime();
        if (!begun || next - now < 0) {
            begun = true;
            next = now;
        }
        if (space == gap) {
            long due = next;
            next = due + gap;
            return due - now;
        }
        // What the host holds back, it holds back from the next request on, but no longer than until it allows more.
        long reset = now + untilReset.orElse(Duration.ZERO).toNanos();
        next = Math.max(now, Math.min(next + space, reset));
        return next - now;
    }

    /** @param at when it was said */
    private record Seen(RateLimit limit, Instant at) {}

    /** Empty once the window that the host spoke of is over. */
    private Optional<Duration> untilReset(Seen said) {
        Instant now = ticker.now();
        if (said.limit().reset().isPresent()) {
            return said.limit().untilReset(now).filter(left -> !left.isZero());
        }
        return said.limit()
                .window()
                .map(window -> window.minus(Duration.between(said.at(), now)))
                .filter(left -> left.isPositive());
    }

    /** The rest of what is allowed, spread over the time until more is. */
    private static Optional<Long> spacing(RateLimit limit, Optional<Duration> untilReset) {
        return limit.remaining() > limit.limit() * CAREFUL_BELOW
                ? Optional.empty()
                : untilReset
                        .filter(left -> left.compareTo(PATIENCE) <= 0)
                        .map(left -> left.toNanos() / (limit.remaining() + 1));
    }

    /** Takes note of what an answer says. */
    synchronized void learned(Headers headers) {
        Instant now = ticker.now();
        RateLimit.of(headers, now).ifPresent(limit -> seen = Optional.of(new Seen(limit, now)));
    }

    synchronized Optional<RateLimit> seen() {
        return seen.map(Seen::limit);
    }
}
