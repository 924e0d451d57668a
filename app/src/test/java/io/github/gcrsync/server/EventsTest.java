package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Subscribers of events. */
final class EventsTest {
    private final Events events = new Events();

    /** Subscribes and writes to a pipe that nobody reads; returns what ended the writing. */
    private Exception writeToNobody() {
        try (var _ = events.subscribe()) {
            Pipe pipe = Pipe.open();
            try (var _ = pipe.source();
                    Pipe.SinkChannel sink = pipe.sink()) {
                while (true) {
                    sink.write(ByteBuffer.allocate(1 << 16));
                }
            }
        } catch (IOException e) {
            return e;
        }
    }

    @Test
    void cutsOffSubscriberThatDoesNotRead() throws Exception {
        CompletableFuture<Exception> writing = CompletableFuture.supplyAsync(this::writeToNobody);
        Waiting.until("the subscription", () -> events.subscribers() == 1);
        for (int i = 0; i <= 10_000; i++) {
            events.event("{}");
        }

        assertThat(writing.get(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ClosedByInterruptException.class);
        assertThat(events.subscribers()).isZero();
    }
}
