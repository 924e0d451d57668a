package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Ticker;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Schedules the requests to one host: not more often than the user allows, and slower when the host announces that its
 * limit is nearly reached. Does not wait for a limit that needs more than {@link #PATIENCE} to reset: the run plans for
 * that.
 */
final class Pace {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Requests are delayed only below this share of the limit. */
    private static final double DELAY_BELOW = 0.2;

    private final Ticker ticker;
    private final long gap;
    private Optional<Seen> seen = Optional.empty();
    private boolean started;
    /** In the ticker's nanoTime. */
    private long next;

    /** @param perSecond most requests per second; 0 for no limit */
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

    /** Returns the nanoseconds until the next request is due. */
    synchronized long reserve() {
        Optional<Duration> untilReset = seen.flatMap(this::untilReset);
        long space =
                Math.max(gap, seen.flatMap(s -> spacing(s.limit(), untilReset)).orElse(0L));
        long now = ticker.nanoTime();
        if (!started || next - now < 0) {
            started = true;
            next = now;
        }
        if (space == gap) {
            long due = next;
            next = due + gap;
            return due - now;
        }
        // The host's limit delays requests from the next one on, but no longer than until its reset.
        long reset = now + untilReset.orElse(Duration.ZERO).toNanos();
        next = Math.max(now, Math.min(next + space, reset));
        return next - now;
    }

    /** @param at time of the answer */
    private record Seen(RateLimit limit, Instant at) {}

    /** Returns empty once the host's window has ended. */
    private Optional<Duration> untilReset(Seen last) {
        Instant now = ticker.now();
        if (last.limit().reset().isPresent()) {
            return last.limit().untilReset(now).filter(left -> !left.isZero());
        }
        return last.limit()
                .window()
                .map(window -> window.minus(Duration.between(last.at(), now)))
                .filter(left -> left.isPositive());
    }

    /** Spreads the remaining requests over the time until the reset. */
    private static Optional<Long> spacing(RateLimit limit, Optional<Duration> untilReset) {
        return limit.remaining() > limit.limit() * DELAY_BELOW
                ? Optional.empty()
                : untilReset
                        .filter(left -> left.compareTo(PATIENCE) <= 0)
                        .map(left -> left.toNanos() / (limit.remaining() + 1));
    }

    /** Records the limits in an answer. */
    synchronized void learned(Headers headers) {
        Instant now = ticker.now();
        RateLimit.of(headers, now).ifPresent(limit -> seen = Optional.of(new Seen(limit, now)));
    }

    synchronized Optional<RateLimit> seen() {
        return seen.map(Seen::limit);
    }
}
