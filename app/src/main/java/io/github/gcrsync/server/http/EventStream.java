package io.github.gcrsync.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.server.Events;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;

/** Sends events to clients as they happen (HTML, server-sent events). */
final class EventStream {
    /** Each takes a thread. */
    private static final int MOST_CLIENTS = 32;
    /** A comment, so that proxies keep the connection and a lost client is noticed. */
    private static final int BEAT_SECONDS = 15;

    private final Events events;
    private final Semaphore clients = new Semaphore(MOST_CLIENTS);

    EventStream(Events events) {
        this.events = events;
    }

    void send(Call call) throws IOException {
        if (!clients.tryAcquire()) {
            call.error(503, "too many clients read events");
            return;
        }
        try (Events.Subscription subscription = events.subscribe();
                OutputStream out = call.stream("text/event-stream")) {
            out.write(": events of all runs\n\n".getBytes(UTF_8));
            out.flush();
            while (!subscription.hasEnded()) {
                String event = subscription.next(BEAT_SECONDS);
                out.write((event == null ? ":\n\n" : "data: " + event + "\n\n").getBytes(UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.release();
        }
    }
}
