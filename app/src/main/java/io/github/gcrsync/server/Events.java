package io.github.gcrsync.server;

import io.github.gcrsync.text.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes the events of all runs on to subscribers. One that reads too slowly is cut off, and may subscribe again. */
public final class Events implements Observer {
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /**
     * An event as subscribers get it.
     *
     * @param name empty: an event of a run, as {@code --log-format json} prints it
     * @param data one line of JSON
     */
    public record Event(String name, String data) {}

    @Override
    public void event(String event) {
        pass(new Event("", event));
    }

    @Override
    public void started(Run run) {
        publish(run);
    }

    @Override
    public void ended(Run run, Optional<Mirrors.Outcome> outcome, Optional<ServedMirror> mirror) {
        publish(run);
    }

    /** Publishes the changed state of a run. */
    void publish(Run run) {
        pass(new Event("run", Json.text(run.fields())));
    }

    /** Publishes the errors of the file after it was read again; none if it is valid. */
    void publish(List<String> errors) {
        pass(new Event("file", Json.text(Map.of("errors", errors))));
    }

    private void pass(Event event) {
        subscriptions.forEach(each -> each.add(event));
    }

    /** Subscribes the current thread, which is interrupted once it reads too slowly. */
    public Subscription subscribe() {
        Subscription subscription = new Subscription(subscriptions::remove);
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
}
