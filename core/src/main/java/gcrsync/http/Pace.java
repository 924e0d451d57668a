package gcrsync.http;

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
    private Optional<RateLimit> seen = Optional.empty();
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

    private synchronized long reserve() {
        long space = Math.max(gap, seen.map(this::spacing).orElse(0L));
        long now = ticker.nanoTime();
        if (!begun || next - now < 0) {
            begun = true;
            next = now;
        }
        // What the host holds back, it holds back from the next request on; the user's gap lies between two.
        long due = space > gap ? Math.max(next, now + space) : next;
        next = due + (space > gap ? 0 : space);
        return due - now;
    }

    /** The rest of what is allowed, spread over the time until more is. */
    private long spacing(RateLimit limit) {
        if (limit.remaining() > limit.limit() * CAREFUL_BELOW) {
            return 0;
        }
        return limit.untilReset(ticker.now())
                .filter(left -> left.compareTo(PATIENCE) <= 0)
                .map(left -> left.toNanos() / (limit.remaining() + 1))
                .orElse(0L);
    }

    /** Takes note of what an answer says. */
    synchronized void learned(Headers headers) {
        Instant now = ticker.now();
        RateLimit.of(headers, now).ifPresent(limit -> seen = Optional.of(limit));
    }

    synchronized Optional<RateLimit> seen() {
        return seen;
    }
}
