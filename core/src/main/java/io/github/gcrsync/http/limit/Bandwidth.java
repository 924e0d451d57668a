package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;

/** So many bytes in a second for all who share it, with a quarter of a second's worth at once. */
final class Bandwidth {
    private static final long SECOND = 1_000_000_000L;

    private final long bytesPerSecond;
    private final Ticker ticker;
    /** Up to when, by the ticker's nanoTime, what was taken lasts. */
    private long usedUntil;

    Bandwidth(long bytesPerSecond, Ticker ticker) {
        this.bytesPerSecond = bytesPerSecond;
        this.ticker = ticker;
        this.usedUntil = ticker.nanoTime();
    }

    /** Waits until the bytes are covered. */
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

    /** The same bytes, no faster than this allows. */
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
                // In small portions, so that a slow transfer is not one that stands still for seconds.
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
