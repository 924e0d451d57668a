package io.github.gcrsync.server;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of one subscriber, which the thread reads that subscribed. */
public final class Subscription implements AutoCloseable {
    private static final int MOST_WAITING = 10_000;

    private final BlockingQueue<Events.Event> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread reader = Thread.currentThread();
    private final Consumer<Subscription> remove;
    private boolean ended;

    Subscription(Consumer<Subscription> remove) {
        this.remove = remove;
    }

    synchronized void add(Events.Event event) {
        if (!ended && !waiting.offer(event)) {
            close();
            // It may be writing to a client that does not read.
            reader.interrupt();
        }
    }

    /** Returns the next event, or null if there is none within this time. */
    public Events.@Nullable Event next(long seconds) throws InterruptedException {
        return waiting.poll(seconds, TimeUnit.SECONDS);
    }

    public synchronized boolean hasEnded() {
        return ended;
    }

    @Override
    public synchronized void close() {
        ended = true;
        remove.accept(this);
    }
}
