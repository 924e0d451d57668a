package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;

/** A shared limit of bytes per second, with bursts of a quarter of a second. */
final class Bandwidth {
    private static final long SECOND = 1_000_000_000L;

    private final long bytesPerSecond;
    private final Ticker ticker;
    /** The ticker's nanoTime until which the limit is used up. */
    private long usedUntil;

    Bandwidth(long bytesPerSecond, Ticker ticker) {
        this.bytesPerSecond = bytesPerSecond;
        this.ticker = ticker;
        this.usedUntil = ticker.nanoTime();
    }

    /** Waits until the limit allows the bytes. */
    void take(int bytes) throws InterruptedIOException {
        long wait = reserve(bytes);
        if (wait > 0) {
            ticker.sleep(Duration.ofNanos(wait));
        }
    }

    private synchronized long reserve(int bytes) {
        long now = ticker.nanoTime();
        long earliest = now - SECOND / 4;
        usedUntil =
                (usedUntil - earliest < 0 ? earliest : usedUntil) + (long) ((double) bytes * SECOND / bytesPerSecond);
        return usedUntil - now;
    }

    /** Wraps a stream to read no faster than this limit. */
    InputStream throttled(InputStream in) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                int read = in.read();
                if (read >= 0) {
                    take(1);
                }
                return read;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                // Reads small portions, so that a slow transfer does not pause for seconds.
                int most = Math.clamp(bytesPerSecond / 20, 1, 64 << 10);
                int read = in.read(buffer, offset, Math.min(length, most));
                if (read > 0) {
                    take(read);
                }
                return read;
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }
}
