package io.github.gcrsync.run;

import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.limit.RateLimit;
import io.github.gcrsync.text.Sizes;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The pull quota of a source that says how much is left (Docker Hub: 100 manifests in six hours). An image takes one
 * manifest at least, and one more for each platform, so the source's own count goes before ours.
 */
public final class SourceQuota implements PullQuota {
    /** What comes back sooner is waited for request by request, and needs no plan. */
    private static final Duration SHORT = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String host;
    private final Supplier<Optional<RateLimit>> told;
    private final Supplier<Optional<RateLimit>> asked;
    private final boolean waits;
    private final StopSignal stop;
    private final Ticker ticker;
    private final PrintWriter err;
    private final Duration window;
    private final long limit;
    private Optional<RateLimit> outdated = Optional.empty();
    /** When this window ends, once somebody waits for that. */
    private Optional<Instant> renewal = Optional.empty();

    private long left;
    /** Of the window, counted from the run's beginning. */
    private long number;

    private SourceQuota(
            String host,
            RateLimit first,
            Duration window,
            Supplier<Optional<RateLimit>> told,
            Supplier<Optional<RateLimit>> asked,
            boolean waits,
            StopSignal stop,
            Ticker ticker,
            PrintWriter err) {
        this.host = host;
        this.told = told;
        this.asked = asked;
        this.waits = waits;
        this.stop = stop;
        this.ticker = ticker;
        this.err = err;
        this.window = window;
        this.limit = Math.max(1, first.limit());
        this.left = first.remaining();
    }

    /**
     * @param first what the source says before the run; empty if it does not count
     * @param told what it said last
     * @param asked what it says when it is asked anew
     * @param images that the run is to copy
     * @param waits whether to sleep until the quota is renewed
     */
    public static PullQuota of(
            String host,
            Optional<RateLimit> first,
            Supplier<Optional<RateLimit>> told,
            Supplier<Optional<RateLimit>> asked,
            int images,
            boolean waits,
            StopSignal stop,
            Ticker ticker,
            PrintWriter err) {
        Optional<Duration> renewal = first.flatMap(quota -> quota.untilReset(ticker.now()));
        if (first.isEmpty() || renewal.isEmpty()) {
            return NONE;
        }
        // The end of a window may be near; how long the next one takes is what counts.
        Duration window = first.get().window().orElse(renewal.get());
        if (window.compareTo(SHORT) <= 0) {
            return NONE;
        }
        SourceQuota quota = new SourceQuota(host, first.get(), window, told, asked, waits, stop, ticker, err);
        quota.announce(images);
        return quota;
    }

    private void announce(int images) {
        if (images <= left) {
            return;
        }
        long windows = (images - left + limit - 1) / limit;
        err.printf(
                "gcrsync: %s allows %d more pulls (%d in %s); %d images need at least as many, in all about %s. %s%n",
                host,
                left,
                limit,
                Sizes.duration(window),
                images,
                Sizes.duration(window.multipliedBy(windows)),
                waits
                        ? "The run sleeps until the quota is renewed"
                        : "What does not fit is left for the next run; --wait-for-quota sleeps until it does");
        err.flush();
    }

    @Override
    public OptionalLong admits(Runnable meanwhile) {
        while (true) {
            Instant until;
            long spent;
            synchronized (this) {
                fresh(told.get()).ifPresent(quota -> left = Math.min(left, quota.remaining()));
                if (left > 0) {
                    left--;
                    return OptionalLong.of(number);
                }
                if (!waits) {
                    return OptionalLong.empty();
                }
                spent = number;
                until = renewal();
            }
            if (!slept(until, meanwhile)) {
                return OptionalLong.empty();
            }
            synchronized (this) {
                // Of all who slept, the first one opens the next window.
                if (number == spent) {
                    number++;
                    outdated = told.get();
                    renewal = Optional.empty();
                    left = limit;
                }
            }
        }
    }

    /** Who was refused in a window that is over says nothing of the one that has begun since. */
    @Override
    public boolean refused(long window) {
        // A registry may refuse for other reasons than its quota; asking costs a request, but no pull.
        Optional<RateLimit> now = asked.get();
        synchronized (this) {
            if (window < number) {
                return true;
            }
            boolean usedUp = fresh(now).filter(quota -> quota.remaining() == 0).isPresent();
            if (usedUp) {
                left = 0;
            }
            return usedUp;
        }
    }

    /** What was said in this window. */
    private Optional<RateLimit> fresh(Optional<RateLimit> said) {
        return said.filter(quota -> !outdated.equals(Optional.of(quota)));
    }

    private Instant renewal() {
        Instant now = ticker.now();
        if (renewal.isEmpty()) {
            Instant until = now.plus(
                    fresh(told.get()).flatMap(quota -> quota.untilReset(now)).orElse(window));
            err.printf("gcrsync: the pull quota of %s is used up; sleeping until %s%n", host, until);
            err.flush();
            renewal = Optional.of(until);
        }
        return renewal.get();
    }

    /** False if the run was asked to end before. */
    private boolean slept(Instant until, Runnable meanwhile) {
        while (ticker.now().isBefore(until)) {
            if (stop.isGiven()) {
                return false;
            }
            try {
                ticker.sleep(LOOK);
            } catch (InterruptedIOException e) {
                return false;
            }
            meanwhile.run();
        }
        return true;
    }
}
