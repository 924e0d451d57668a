package io.github.gcrsync.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.server.Events;
import io.github.gcrsync.server.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;

/** Sends events to clients as they happen (HTML, server-sent events). */
final class EventStream {
    /** Each takes a thread. */
    private static final int MOST_CLIENTS = 32;
    /** A comment, so that proxies keep the connection and a lost client is noticed. */
    private static final int BEAT_SECONDS = 15;

    private static final String BEAT = ":\n\n";

    private final Events events;
    private final TimeLimit limit;
    private final Semaphore clients = new Semaphore(MOST_CLIENTS);

    /** @param limit of each write */
    EventStream(Events events, TimeLimit limit) {
        this.events = events;
        this.limit = limit;
    }

    void send(Call call) throws IOException {
        if (!clients.tryAcquire()) {
            call.error(503, "too many clients read events");
            return;
        }
        try (Subscription subscription = events.subscribe();
                OutputStream out = call.stream("text/event-stream")) {
            write(out, ": events of all runs\n\n");
            while (!subscription.hasEnded()) {
                Events.Event event = subscription.next(BEAT_SECONDS);
                write(out, event == null ? BEAT : text(event));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.release();
        }
    }

    private static String text(Events.Event event) {
        return (event.name().isEmpty() ? "" : "event: " + event.name() + "\n") + "data: " + event.data() + "\n\n";
    }

    private void write(OutputStream out, String text) throws IOException {
        try (var _ = limit.begin()) {
            out.write(text.getBytes(UTF_8));
            out.flush();
        }
    }
}
