package io.github.gcrsync.server;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Passes the events of all runs on to subscribers. One that reads too slowly is cut off, and may subscribe again. */
public final class Events {
    private static final int MOST_WAITING = 10_000;

    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    void publish(String event) {
        subscriptions.forEach(each -> each.add(event));
    }

    public Subscription subscribe() {
        Subscription subscription = new Subscription();
        subscriptions.add(subscription);
        return subscription;
    }

    /** Returns the number of subscribers. */
    public int subscribers() {
        return subscriptions.size();
    }

    /** Ends all subscriptions. */
    void close() {
        subscriptions.forEach(Subscription::close);
    }

    /** The events of one subscriber. */
    public final class Subscription implements AutoCloseable {
        private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
        private volatile boolean ended;

        private void add(String event) {
            if (!waiting.offer(event)) {
                close();
            }
        }

        /** Returns the next event, or null if there is none within this time. */
        public @Nullable String next(long seconds) throws InterruptedException {
            return waiting.poll(seconds, TimeUnit.SECONDS);
        }

        public boolean hasEnded() {
            return ended;
        }

        @Override
        public void close() {
            ended = true;
            subscriptions.remove(this);
        }
    }
}
