package io.github.gcrsync.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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
    /** The most threads at work for all calls together. Calls nest (images, platforms, layers), and containers limit threads. */
    public static final int MOST_THREADS = 256;

    private static final Semaphore PLACES = new Semaphore(MOST_THREADS);

    /** Keeps idle threads for a second: each image needs some, and starting them took 7 % of a small run. */
    private static final Executor PLATFORM = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            named(Thread.ofPlatform().daemon()));

    private static final Executor VIRTUAL = Executors.newThreadPerTaskExecutor(named(Thread.ofVirtual()));

    private Tasks() {}

    private static ThreadFactory named(Thread.Builder kind) {
        return kind.name("gcrsync-task-", 0).factory();
    }

    /**
     * Runs the action for each item, in order, at most {@code limit} at a time, and returns when all have ended. The
     * calling thread works too, so a call makes progress even without helper threads. After a failure no further item
     * is started; the first failure is thrown when the items in flight have ended. An interrupt of the calling thread
     * also interrupts the helpers.
     */
    public static <T> void forEach(List<T> items, int limit, Consumer<? super T> action) {
        Work<T> work = new Work<>(items, action);
        List<Helper> helpers = helpers(work, Math.min(limit, items.size()) - 1);
        work.run();
        join(helpers);
        rethrow(work.failure.get());
    }

    private static List<Helper> helpers(Runnable work, int wanted) {
        List<Helper> helpers = new ArrayList<>();
        Executor threads = Thread.currentThread().isVirtual() ? VIRTUAL : PLATFORM;
        while (helpers.size() < wanted && PLACES.tryAcquire()) {
            Helper helper = new Helper(work);
            try {
                threads.execute(helper);
            } catch (OutOfMemoryError e) {
                // The system allows no more threads (process limit): continue with the existing ones.
                PLACES.release();
                return helpers;
            }
            helpers.add(helper);
        }
        return helpers;
    }

    /** The work on another thread, which is used again for other work. */
    private static final class Helper implements Runnable {
        private final Runnable work;
        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable Thread thread;
        private boolean isInterrupted;

        Helper(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            begin();
            try {
                work.run();
            } finally {
                end();
                PLACES.release();
                ended.countDown();
            }
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
            if (isInterrupted) {
                thread.interrupt();
            }
        }

        private synchronized void end() {
            thread = null;
            Thread.interrupted(); // The interrupt was for this work.
        }

        synchronized void interrupt() {
            isInterrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
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

    private static void join(List<Helper> helpers) {
        boolean interrupted = false;
        for (Helper helper : helpers) {
            while (helper.ended.getCount() > 0) {
                try {
                    helper.ended.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    helpers.forEach(Helper::interrupt);
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
