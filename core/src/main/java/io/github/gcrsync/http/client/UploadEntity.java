package io.github.gcrsync.http.client;

import io.github.gcrsync.http.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * A streaming request body with a write timeout: sockets have none, so a server that stops reading would block the
 * transfer forever. Waiting for the source does not count, because it has its own timeouts.
 */
final class UploadEntity extends AbstractHttpEntity implements AutoCloseable {
    /**
     * Four TLS records: the JDK's carry one byte less than the largest (RFC 8446, section 5.4), so sending on what was
     * received in one record would take two.
     */
    private static final int BUFFER = 4 * ((16 << 10) - 1);

    /** This much fits into any socket's send buffer, so writing it never blocks. */
    private static final int UNWATCHED = 4 << 10;

    private final RequestBody body;
    private final Duration limit;
    /** Start of the current write by System.nanoTime, or 0. */
    private volatile long writingSince;

    private volatile boolean stalled;
    private @Nullable Future<?> watch;

    /** @param limit how long a single write may take */
    UploadEntity(RequestBody body, Duration limit) {
        super((String) null, null);
        this.body = body;
        this.limit = limit;
    }

    /** Creates the watch thread of all uploads; it starts with the first upload. */
    static ScheduledExecutorService watches() {
        ScheduledThreadPoolExecutor watches = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("gcrsync-upload-watch").factory());
        watches.setRemoveOnCancelPolicy(true);
        return watches;
    }

    /** Calls {@code stop} when a single write exceeds the limit. */
    void watch(ScheduledExecutorService watches, Runnable stop) {
        if (body.length() <= UNWATCHED) {
            return;
        }
        long pause = limit.toNanos() / 4 + 1;
        watch = watches.scheduleWithFixedDelay(
                () -> {
                    long since = writingSince;
                    if (since != 0 && !stalled && System.nanoTime() - since > limit.toNanos()) {
                        stalled = true;
                        stop.run();
                    }
                },
                pause,
                pause,
                TimeUnit.NANOSECONDS);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[Math.clamp(body.length(), 1, BUFFER)];
        try (InputStream in = body.open()) {
            int read;
            do {
                read = in.readNBytes(buffer, 0, buffer.length);
                int count = read;
                watched(() -> out.write(buffer, 0, count));
            } while (read == buffer.length);
        }
        // The library may still buffer the last bytes, and would write them without the watch.
        watched(out::flush);
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private void watched(Write write) throws IOException {
        writingSince = System.nanoTime() | 1;
        try {
            write.run();
        } catch (IOException e) {
            if (!stalled) {
                throw e;
            }
            IOException timeout =
                    new SocketTimeoutException("the server accepted no data for " + limit.toSeconds() + " s");
            timeout.initCause(e);
            throw timeout;
        } finally {
            writingSince = 0;
        }
    }

    @Override
    public long getContentLength() {
        return body.length();
    }

    @Override
    public InputStream getContent() throws IOException {
        return body.open();
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.cancel(false);
        }
    }
}
