package io.github.gcrsync.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.RetryingTransport;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.tls.TestTls;
import io.github.gcrsync.http.tls.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the innermost transport against misbehaving servers. */
@Timeout(60)
final class ApacheTransportTest {
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final ApacheTransport transport = new ApacheTransport(
            new HttpSettings(PATIENCE, Optional.empty(), TlsSettings.SYSTEM, 4, "gcrsync/test"),
            Map.of(),
            TestTls::authorities);

    /** A connection that timed out is closed by another thread. */
    @AfterEach
    void assertNothingIsLeaked() {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (transport.connectionsInUse() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(transport.connectionsInUse()).isZero();
        transport.close();
    }

    @Test
    void reusesConnection() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "hello"))) {
            for (int i = 0; i < 20; i++) {
                assertThat(text(Request.get(server.uri("/" + i)))).isEqualTo("hello");
            }
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.calls().getFirst().header("user-agent")).isEqualTo("gcrsync/test");
        }
    }

    @Test
    void reusesConnectionAfterRefusalsAndEmptyAnswers() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            if (call.target().equals("/204")) {
                call.send("HTTP/1.1 204 X\r\n\r\n");
            } else {
                call.reply(404, "x".repeat(10_000));
            }
        })) {
            for (int i = 0; i < 5; i++) {
                for (String path : new String[] {"/204", "/404"}) {
                    Response response = transport.send(Request.get(server.uri(path)));
                    response.discard();
                }
                try (Response head = transport.send(Request.of("HEAD", server.uri("/404")))) {
                    assertThat(head.headers().first("content-length")).contains("10000");
                    assertThat(head.body().readAllBytes()).isEmpty();
                }
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void reportsConnectionClosedByServerAsRetryable() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            call.reply(200, "once");
            call.hangUp();
        })) {
            try (Transport retrying = new RetryingTransport(transport, quickly(5), java.time.InstantSource.system())) {
                for (int i = 0; i < 5; i++) {
                    try (Response response = retrying.send(Request.get(server.uri("/")))) {
                        assertThat(response.body().readAllBytes()).hasSize(4);
                    }
                }
            }
        }
    }

    @Test
    void timesOutIfServerIsSilent() {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Call::stall)) {
            assertThatThrownBy(() -> transport.send(Request.get(server.uri("/"))))
                    .isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void timesOutIfBodyStalls() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
                    call.send("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf");
                    call.stall();
                });
                Response response = transport.send(Request.get(server.uri("/")))) {
            assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void failsOnTruncatedBody() throws IOException {
        for (String head : new String[] {"Content-Length: 100", "Transfer-Encoding: chunked"}) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                        call.send("HTTP/1.1 200 X\r\n" + head + "\r\n\r\n4\r\nhalf");
                        call.hangUp();
                    });
                    Response response = transport.send(Request.get(server.uri("/")))) {
                assertThatThrownBy(() -> response.body().readAllBytes())
                        .as(head)
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void reportsResetAsIOException() {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Call::reset)) {
            assertThatThrownBy(() -> transport.send(Request.get(server.uri("/"))))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void closesResponseWithoutReadingEndlessBody() throws IOException {
        for (String head : new String[] {"Content-Length: 9000000000000000", "Transfer-Encoding: chunked"}) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                call.send("HTTP/1.1 200 X\r\n" + head + "\r\n\r\n");
                byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
                while (true) {
                    call.out().write(chunk);
                }
            })) {
                try (Response response = transport.send(Request.get(server.uri("/")))) {
                    InputStream body = response.body();
                    assertThat(body.readNBytes(10)).hasSize(10);
                    body.close();
                }
                Response discarded = transport.send(Request.get(server.uri("/")));
                discarded.discard();
                assertThat(transport.connectionsInUse()).isZero();
            }
        }
    }

    @Test
    void refusesEndlessHeaders() {
        for (String line : new String[] {"X: " + "y".repeat(1 << 20), "X: y\r\n".repeat(10_000)}) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                call.send("HTTP/1.1 200 X\r\n" + line + "\r\n\r\n");
                call.stall();
            })) {
                assertThatThrownBy(() -> transport.send(Request.get(server.uri("/"))))
                        .hasMessageContaining("xceeded");
            }
        }
    }

    @Test
    void keepsBodyWronglyDeclaredAsGzip() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.start(call -> call.reply(200, "not gzip", "Content-Encoding: gzip"))) {
            assertThat(text(Request.get(server.uri("/")))).isEqualTo("not gzip");
            assertThat(server.calls().getFirst().header("accept-encoding")).isEmpty();
        }
    }

    @Test
    void preventsHeaderInjection() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, ""))) {
            Request request = Request.get(server.uri("/")).with("Content-Type", "a/b\r\nAuthorization: Basic x\r\n");
            text(request);
            assertThat(server.calls().getFirst().header("authorization")).isEmpty();
        }
    }

    @Test
    void sendsBodyWithLengthAndReopensIt() throws IOException {
        AtomicInteger received = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
            received.addAndGet(call.body().length);
            call.reply(201, "");
        })) {
            Zeros body = new Zeros(300_001);
            Request put = Request.of("PUT", server.uri("/")).withBody(body);
            for (int i = 0; i < 3; i++) {
                transport.send(put).discard();
            }
            assertThat(received).hasValue(3 * 300_001);
            assertThat(body.opened).hasValue(3);
            assertThat(body.closed).hasValue(3);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void returnsAnswerThatArrivesBeforeEndOfBody() throws IOException {
        for (int status : new int[] {401, 413}) {
            CountDownLatch answered = new CountDownLatch(1);
            try (ScriptedServer server = ScriptedServer.start(call -> {
                call.reply(status, "no", "Connection: close");
                answered.countDown();
                call.in().transferTo(java.io.OutputStream.nullOutputStream());
            })) {
                Request put = Request.of("PUT", server.uri("/")).withBody(new Zeros(1L << 40) {
                    @Override
                    void beforeEachRead(long read) throws IOException {
                        if (read > 0) {
                            await(answered);
                        }
                    }
                });
                try (Response response = transport.send(put)) {
                    assertThat(response.status()).isEqualTo(status);
                    assertThat(response.body().readAllBytes()).hasSize(2);
                }
            }
        }
    }

    @Test
    void timesOutIfServerStopsReading() {
        for (long length : new long[] {1L << 40, (100L << 20) + 17}) {
            Zeros body = new Zeros(length);
            try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Call::stall)) {
                Request put = Request.of("PUT", server.uri("/")).withBody(body).answeredWithin(Duration.ofMinutes(5));
                assertThatThrownBy(() -> transport.send(put))
                        .isInstanceOf(InterruptedIOException.class)
                        .hasMessageContaining("accepted no data");
                assertThat(body.closed).hasValue(1);
            }
        }
    }

    @Test
    void handlesEarlyAnswersAndStalledServersOverTls() throws IOException {
        CountDownLatch answered = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(TestTls.server().getServerSocketFactory(), call -> {
            if (call.target().equals("/stall")) {
                call.stall();
            }
            call.reply(413, "no", "Connection: close");
            answered.countDown();
            call.in().transferTo(java.io.OutputStream.nullOutputStream());
        })) {
            String host = "https://localhost:" + server.port();
            Request put = Request.of("PUT", URI.create(host + "/refuse")).withBody(new Zeros(1L << 40) {
                @Override
                void beforeEachRead(long read) throws IOException {
                    if (read > 0) {
                        await(answered);
                    }
                }
            });
            try (Response response = transport.send(put)) {
                assertThat(response.status()).isEqualTo(413);
            }
            Request stalled = Request.of("PUT", URI.create(host + "/stall")).withBody(new Zeros(1L << 40));
            assertThatThrownBy(() -> transport.send(stalled))
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining("accepted no data");
        }
    }

    @Test
    void passesOnErrorOfUploadSource() {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Call::body)) {
            Request put = Request.of("PUT", server.uri("/")).withBody(new Zeros(1 << 20) {
                @Override
                void beforeEachRead(long read) {
                    if (read > 300_000) {
                        throw new IllegalStateException("the source's fault");
                    }
                }
            });
            assertThatThrownBy(() -> transport.send(put)).hasMessage("the source's fault");
        }
    }

    @Test
    void stopsWaitingOnInterrupt() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        AtomicInteger failed = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
                    asked.countDown();
                    call.stall();
                });
                ApacheTransport patient = new ApacheTransport(
                        new HttpSettings(Duration.ofMinutes(5), Optional.empty(), TlsSettings.SYSTEM, 4, "test"),
                        Map.of(),
                        TestTls::authorities)) {
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    patient.send(Request.get(server.uri("/")));
                } catch (IOException e) {
                    failed.incrementAndGet();
                }
            });
            asked.await();
            thread.interrupt();
            thread.join();
            assertThat(failed).hasValue(1);
            assertThat(patient.connectionsInUse()).isZero();
        }
    }

    @Test
    void interruptsThreadsThatWaitForConnections() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        AtomicInteger failed = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
                    asked.countDown();
                    call.stall();
                });
                ApacheTransport narrow = new ApacheTransport(
                        new HttpSettings(Duration.ofMinutes(5), Optional.empty(), TlsSettings.SYSTEM, 1, "test"),
                        Map.of(),
                        TestTls::authorities)) {
            List<Thread> threads = IntStream.range(0, 50)
                    .mapToObj(_ -> Thread.ofVirtual().start(() -> {
                        try {
                            narrow.send(Request.get(server.uri("/")));
                        } catch (IOException e) {
                            failed.incrementAndGet();
                        }
                    }))
                    .toList();
            asked.await();
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failed).hasValue(50);
            assertThat(narrow.connectionsInUse()).isZero();
        }
    }

    private String text(Request request) throws IOException {
        try (Response response = transport.send(request)) {
            return new String(response.body().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    static RetryPolicy quickly(int attempts) {
        return new RetryPolicy(attempts, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMinutes(1));
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** A body of zeros. */
    static class Zeros implements RequestBody {
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        private final long length;

        Zeros(long length) {
            this.length = length;
        }

        void beforeEachRead(long read) throws IOException {}

        @Override
        public long length() {
            return length;
        }

        @Override
        public InputStream open() {
            opened.incrementAndGet();
            return new InputStream() {
                private long at;

                @Override
                public int read() {
                    throw new UnsupportedOperationException("read in blocks");
                }

                @Override
                public int read(byte[] buffer, int offset, int most) throws IOException {
                    beforeEachRead(at);
                    int count = (int) Math.min(most, length - at);
                    at += count;
                    return count == 0 ? -1 : count;
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }
}
