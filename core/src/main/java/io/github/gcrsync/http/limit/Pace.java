package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Ticker;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Schedules the requests to one host: slower when the host announces that its limit is nearly reached, and not more often
 * than the user allows. Does not wait for a limit that needs more than {@link #PATIENCE} to reset: the run plans for
 * that.
 */
final class Pace {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Requests are delayed only below this share of the limit. */
    private static final double DELAY_BELOW = 0.2;

    private final Ticker ticker;
    private final Ticker own;
    private final long gap;
    private Optional<Seen> seen = Optional.empty();
    /** In the ticker's nanoTime. */
    private long next;
    /** In the nanoTime of the user's limit. */
    private long nextOwn;

    /**
     * @param own measures the user's limit
     * @param perSecond most requests per second; 0 for no limit
     */
    Pace(Ticker ticker, Ticker own, int perSecond) {
        this.ticker = ticker;
        this.own = own;
        this.gap = perSecond == 0 ? 0 : 1_000_000_000L / perSecond;
        this.next = ticker.nanoTime();
        this.nextOwn = own.nanoTime();
    }

    /** Waits until the next request is due. */
    void enter() throws InterruptedIOException {
        sleep(ticker, reserve());
        if (gap > 0) {
            sleep(own, reserveOwn());
        }
    }

    private static void sleep(Ticker ticker, long wait) throws InterruptedIOException {
        if (wait > 0) {
            ticker.sleep(Duration.ofNanos(wait));
        }
    }

    /** Returns the nanoseconds until the host's limit allows the next request. */
    synchronized long reserve() {
        long now = ticker.nanoTime();
        next = next - now < 0 ? now : next;
        Optional<Duration> untilReset = seen.flatMap(this::untilReset);
        seen.flatMap(last -> spacing(last.limit(), untilReset)).ifPresent(space -> {
            // Delays requests from the next one on, but no longer than until the reset.
            long reset = now + untilReset.orElse(Duration.ZERO).toNanos();
            next = Math.max(now, Math.min(next + space, reset));
        });
        return next - now;
    }

    private synchronized long reserveOwn() {
        long now = own.nanoTime();
        long due = nextOwn - now < 0 ? now : nextOwn;
        nextOwn = due + gap;
        return due - now;
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
