package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Ticker;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;

/**
 * A clock for limits per second that several processes have together: its seconds are longer, so that this process uses
 * only its portion. A wait that has begun follows a changed portion within a second.
 */
public final class PortionTicker implements Ticker {
    private static final double LONGEST_SLEEP = 1e9;

    private final Ticker ticker;
    private final DoubleSupplier portion;
    private double speed;
    /** In nanoseconds. */
    private double passed;

    private long last;

    /** @param portion above 0, at most 1 */
    public PortionTicker(Ticker ticker, DoubleSupplier portion) {
        this.ticker = ticker;
        this.portion = portion;
        this.speed = portion.getAsDouble();
        this.last = ticker.nanoTime();
    }

    @Override
    public Instant now() {
        return ticker.now();
    }

    @Override
    public long nanoTime() {
        return (long) passed();
    }

    private synchronized double passed() {
        long now = ticker.nanoTime();
        passed += (now - last) * speed;
        last = now;
        speed = portion.getAsDouble();
        return passed;
    }

    @Override
    public void sleep(Duration wait) throws InterruptedIOException {
        double end = passed() + wait.toNanos();
        for (double left = wait.toNanos(); left > 0; left = end - passed()) {
            ticker.sleep(Duration.ofNanos((long) Math.ceil(Math.min(LONGEST_SLEEP, left / portion.getAsDouble()))));
        }
    }
}
