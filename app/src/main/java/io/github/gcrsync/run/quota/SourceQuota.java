package io.github.gcrsync.run.quota;

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
 * The pull quota of a source that reports it (Docker Hub: 100 manifests in six hours). An image takes one manifest or
 * more, one per platform, so the count reported by the source overrides ours.
 */
public final class SourceQuota implements PullQuota {
    /** A quota renewed sooner needs no plan: retries wait for it. */
    private static final Duration SHORT = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String host;
    private final Supplier<Optional<RateLimit>> reported;
    private final Supplier<Optional<RateLimit>> requested;
    private final boolean waits;
    private final StopSignal stop;
    private final Ticker ticker;
    private final PrintWriter err;
    private final Duration window;
    private final long limit;
    private Optional<RateLimit> outdated = Optional.empty();
    /** End of this window, once a thread waits for it. */
    private Optional<Instant> renewal = Optional.empty();

    private long left;
    /** Index of the current window since the start of the run. */
    private long number;

    private SourceQuota(
            String host,
            RateLimit first,
            Duration window,
            Supplier<Optional<RateLimit>> reported,
            Supplier<Optional<RateLimit>> requested,
            boolean waits,
            StopSignal stop,
            Ticker ticker,
            PrintWriter err) {
        this.host = host;
        this.reported = reported;
        this.requested = requested;
        this.waits = waits;
        this.stop = stop;
        this.ticker = ticker;
        this.err = err;
        this.window = window;
        this.limit = Math.max(1, first.limit());
        this.left = first.remaining();
    }

    /**
     * @param first reported before the run; empty if the source has no quota
     * @param reported reported last
     * @param requested reported by a new request
     * @param images number of images that the run copies
     * @param waits whether to sleep until the quota is renewed
     */
    public static PullQuota of(
            String host,
            Optional<RateLimit> first,
            Supplier<Optional<RateLimit>> reported,
            Supplier<Optional<RateLimit>> requested,
            int images,
            boolean waits,
            StopSignal stop,
            Ticker ticker,
            PrintWriter err) {
        Optional<Duration> renewal = first.flatMap(quota -> quota.untilReset(ticker.now()));
        if (first.isEmpty() || renewal.isEmpty()) {
            return NONE;
        }
        // The current window may end soon; the length of a full window counts.
        Duration window = first.get().window().orElse(renewal.get());
        if (window.compareTo(SHORT) <= 0) {
            return NONE;
        }
        SourceQuota quota = new SourceQuota(host, first.get(), window, reported, requested, waits, stop, ticker, err);
        quota.announce(images);
        return quota;
    }

    private void announce(int images) {
        if (images <= left) {
            return;
        }
        long windows = (images - left + limit - 1) / limit;
        err.printf(
                "gcrsync: %s allows %d more pulls (%d in %s); %d images need at least as many, about %s in all. %s%n",
                host,
                left,
                limit,
                Sizes.duration(window),
                images,
                Sizes.duration(window.multipliedBy(windows)),
                waits
                        ? "The run sleeps until the quota is renewed"
                        : "The next run copies the rest; --wait-for-quota sleeps until the quota is renewed");
        err.flush();
    }

    @Override
    public OptionalLong admits(Runnable meanwhile) {
        while (true) {
            Instant until;
            long spent;
            synchronized (this) {
                fresh(reported.get()).ifPresent(quota -> left = Math.min(left, quota.remaining()));
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
                // The first thread that wakes up opens the next window.
                if (number == spent) {
                    number++;
                    outdated = reported.get();
                    renewal = Optional.empty();
                    left = limit;
                }
            }
        }
    }

    /** A refusal from an earlier window says nothing about the current one. */
    @Override
    public boolean refused(long window) {
        // A registry may refuse for other reasons; asking costs a request, but no pull.
        Optional<RateLimit> now = requested.get();
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

    /** Returns the report if it belongs to this window. */
    private Optional<RateLimit> fresh(Optional<RateLimit> report) {
        return report.filter(quota -> !outdated.equals(Optional.of(quota)));
    }

    private Instant renewal() {
        Instant now = ticker.now();
        if (renewal.isEmpty()) {
            Instant until = now.plus(fresh(reported.get())
                    .flatMap(quota -> quota.untilReset(now))
                    .orElse(window));
            err.printf("gcrsync: the pull quota of %s is used up; sleeping until %s%n", host, until);
            err.flush();
            renewal = Optional.of(until);
        }
        return renewal.get();
    }

    /** Returns false if the run was stopped meanwhile. */
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
