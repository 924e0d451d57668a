package io.github.gcrsync.server.http;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts threads that answer for too long, usually because the client does not read; the interrupt closes the
 * connection. That of the JDK (maxRspTime) waits for the lock of the blocked thread if the connection uses TLS.
 */
final class TimeLimit implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "gcrsync-http-limit");
        thread.setDaemon(true);
        return thread;
    });
    private final Duration limit;

    TimeLimit(Duration limit) {
        this.limit = limit;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Ends the limit. */
    interface Running extends AutoCloseable {
        @Override
        void close();
    }

    /** Limits what this thread does until the end. */
    Running begin() {
        Future<?> end = timer.schedule(Thread.currentThread()::interrupt, limit.toMillis(), TimeUnit.MILLISECONDS);
        return () -> end.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
