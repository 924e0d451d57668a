package gcrsync.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does the same to many items at a time, on virtual threads. */
public final class Tasks {
    private Tasks() {}

    /**
     * Runs the action for each item, in the list's order, at most {@code limit} at a time, and returns when all have
     * ended. After a failure no further item is begun; the first failure is thrown when those under way have ended.
     * If the calling thread is interrupted, so are they.
     */
    public static <T> void forEach(List<T> items, int limit, Consumer<? super T> action) {
        int workers = Math.min(limit, items.size());
        if (workers <= 1) {
            items.forEach(action);
            return;
        }
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>(workers);
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
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
            }));
        }
        join(threads);
        rethrow(failure.get());
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

    @SuppressWarnings("ReferenceEquality") // An exception must not suppress itself; equality has no say in that.
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
