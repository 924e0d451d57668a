package gcrsync.cli;

import gcrsync.copy.StopSignal;
import gcrsync.http.RateLimit;
import gcrsync.http.Ticker;
import gcrsync.mirror.PullQuota;
import gcrsync.output.Sizes;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pull quota of a source that says how much is left (Docker Hub: 100 manifests in six hours). An image takes one
 * manifest at least, and one more for each platform, so the source's own count goes before ours.
 */
final class SourceQuota implements PullQuota {
    /** What comes back sooner is waited for request by request, and needs no plan. */
    private static final Duration SHORT = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String host;
    private final Supplier<Optional<RateLimit>> told;
    private final boolean waits;
    private final StopSignal stop;
    private final Ticker ticker;
    private final PrintWriter err;
    private final Duration window;
    private final long limit;
    private Optional<RateLimit> outdated = Optional.empty();
    private long left;

    private SourceQuota(
            String host,
            RateLimit first,
            Duration window,
            Supplier<Optional<RateLimit>> told,
            boolean waits,
            StopSignal stop,
            Ticker ticker,
            PrintWriter err) {
        this.host = host;
        this.told = told;
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
     * @param images that the run is to copy
     * @param waits whether to sleep until the quota is renewed
     */
    static PullQuota of(
            String host,
            Optional<RateLimit> first,
            Supplier<Optional<RateLimit>> told,
            int images,
            boolean waits,
            StopSignal stop,
            Ticker ticker,
            PrintWriter err) {
        Optional<Duration> renewal = first.flatMap(quota -> quota.untilReset(ticker.now()));
        if (first.isEmpty() || renewal.isEmpty() || renewal.get().compareTo(SHORT) <= 0) {
            return NONE;
        }
        Duration window = first.get().window().orElse(renewal.get());
        SourceQuota quota = new SourceQuota(host, first.get(), window, told, waits, stop, ticker, err);
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
    public synchronized boolean admits() {
        Optional<RateLimit> now = told.get().filter(quota -> !outdated.equals(Optional.of(quota)));
        if (now.isPresent()) {
            left = Math.min(left, now.get().remaining());
        }
        if (left <= 0 && !(waits && renewed(now))) {
            return false;
        }
        left--;
        return true;
    }

    @Override
    public synchronized boolean refused() {
        left = 0;
        return true;
    }

    /** Sleeps until the quota is whole again; false if the run was asked to end before. */
    private boolean renewed(Optional<RateLimit> now) {
        Instant begun = ticker.now();
        Instant until = begun.plus(now.flatMap(quota -> quota.untilReset(begun)).orElse(window));
        err.printf("gcrsync: the pull quota of %s is used up; sleeping until %s%n", host, until);
        err.flush();
        while (ticker.now().isBefore(until)) {
            if (stop.isGiven()) {
                return false;
            }
            try {
                ticker.sleep(LOOK);
            } catch (InterruptedIOException e) {
                return false;
            }
        }
        outdated = told.get();
        left = limit;
        return true;
    }
}
