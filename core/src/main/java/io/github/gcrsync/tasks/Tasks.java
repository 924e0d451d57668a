package io.github.gcrsync.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Processes many items concurrently, on threads of the caller's kind. Virtual threads can be interrupted while they
 * read from a socket. Platform threads cannot, but leave no poller blocked in the kernel, for which the JVM waits 300
 * ms at exit; {@code docs/decisions/0005-platform-threads.md} has the measurements.
 */
public final class Tasks {
    /** The most threads of all calls together. Calls nest (images, platforms, layers), and containers limit threads. */
    public static final int MOST_THREADS = 256;

    private static final Semaphore PLACES = new Semaphore(MOST_THREADS);

    private Tasks() {}

    /**
     * Runs the action for each item, in order, at most {@code limit} at a time, and returns when all have ended. The
     * calling thread works too, so a call makes progress even without helper threads. After a failure no further item
     * is started; the first failure is thrown when the items in flight have ended. An interrupt of the calling thread
     * also interrupts the helpers.
     */
    public static <T> void forEach(List<T> items, int limit, Consumer<? super T> action) {
        Work<T> work = new Work<>(items, action);
        List<Thread> helpers = helpers(work, Math.min(limit, items.size()) - 1);
        work.run();
        join(helpers);
        rethrow(work.failure.get());
    }

    private static List<Thread> helpers(Runnable work, int wanted) {
        List<Thread> threads = new ArrayList<>();
        Thread.Builder kind = Thread.currentThread().isVirtual() ? Thread.ofVirtual() : Thread.ofPlatform();
        while (threads.size() < wanted && PLACES.tryAcquire()) {
            Thread thread = kind.name("gcrsync-task-" + threads.size()).unstarted(() -> {
                try {
                    work.run();
                } finally {
                    PLACES.release();
                }
            });
            try {
                thread.start();
            } catch (OutOfMemoryError e) {
                // The system allows no more threads (process limit): continue with the existing ones.
                PLACES.release();
                return threads;
            }
            threads.add(thread);
        }
        return threads;
    }

    private static final class Work<T> implements Runnable {
        private final List<T> items;
        private final Consumer<? super T> action;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Work(List<T> items, Consumer<? super T> action) {
            this.items = items;
            this.action = action;
        }

        @Override
        public void run() {
            for (int index = next.getAndIncrement();
                    index < items.size() && failure.get() == null;
                    index = next.getAndIncrement()) {
                try {
                    action.accept(items.get(index));
                } catch (Throwable e) {
                    if (!failure.compareAndSet(null, e)) {
                        suppress(failure.get(), e);
                    }
                }
            }
        }
    }

    private static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("ReferenceEquality") // An exception must not suppress itself.
    private static void suppress(@Nullable Throwable first, Throwable other) {
        if (first != null && first != other) {
            first.addSuppressed(other);
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
