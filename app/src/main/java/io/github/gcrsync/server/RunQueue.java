package io.github.gcrsync.server;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Executes runs, a limited number at a time, in the order in which they were added. */
final class RunQueue {
    private final Consumer<ActiveRun> execution;
    private final ThreadPoolExecutor threads;

    RunQueue(int atOnce, Consumer<ActiveRun> execution) {
        this.execution = execution;
        this.threads = new ThreadPoolExecutor(
                atOnce,
                atOnce,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> new Thread(work, "gcrsync-run"));
    }

    private record Queued(ActiveRun queued, Consumer<ActiveRun> execution) implements Runnable {
        @Override
        public void run() {
            execution.accept(queued);
        }
    }

    void add(ActiveRun run) {
        threads.execute(new Queued(run, execution));
    }

    /** Returns whether the run was waiting, and does not begin any more. */
    boolean remove(ActiveRun run) {
        return threads.remove(new Queued(run, execution));
    }

    /** Takes no more runs. */
    void close() {
        threads.shutdown();
    }

    void awaitEnd() throws InterruptedException {
        while (!threads.awaitTermination(1, TimeUnit.DAYS)) {
            // Wait on.
        }
    }
}
