package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.commands.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that requests a large report and does not read it. */
public final class SlowClient {
    private static final String ID = "20260301T100000Z-00000000";
    private static final int LARGE = 32 << 20;
    /** A thread that writes in all of so many looks is taken for one that waits. */
    private static final int MANY = 50;

    private SlowClient() {}

    /** Returns a history in the folder with a report that fills the buffers of a connection. */
    public static FileHistory history(Path folder) {
        Clock clock = Clock.systemUTC();
        Instant now = clock.instant();
        FileHistory history = new FileHistory(folder, RunIndex.Limits.of(Duration.ofDays(1)), clock);
        history.add(
                new Run(
                        ID,
                        "a",
                        Run.Trigger.REQUEST,
                        Run.State.DONE,
                        now,
                        Optional.of(now),
                        Map.of(),
                        0,
                        Optional.of(0),
                        Optional.empty()),
                Optional.of("{\"words\":\"" + "x".repeat(LARGE) + "\"}"));
        return history;
    }

    /** Requests the report, and waits until a thread of the server cannot write any more. */
    public static void request(Socket socket) throws IOException, InterruptedException {
        String request = "GET /api/v1/runs/" + ID + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
        AtomicInteger times = new AtomicInteger();
        Waiting.until(
                "a thread that cannot write",
                () -> isHoldingThread() ? times.incrementAndGet() == MANY : times.getAndSet(0) < 0);
    }

    /** Whether a thread of the server writes to a client. */
    public static boolean isHoldingThread() {
        return Thread.getAllStackTraces().values().stream()
                .map(Arrays::toString)
                .anyMatch(stack -> stack.contains("SocketDispatcher.write") && stack.contains("server.http.Call"));
    }

    /** Whether the client gets the end of the answer after all. */
    public static boolean getsAll(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readNBytes(LARGE), UTF_8).length() == LARGE;
        } catch (IOException e) {
            return false;
        }
    }
}
