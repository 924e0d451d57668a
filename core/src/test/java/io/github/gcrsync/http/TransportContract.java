package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.http.tls.TestTls;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.tasks.Tasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Specifies the behavior of every transport; runs over a real network. */
@Timeout(60)
public abstract class TransportContract {
    private static final int CONNECTIONS = 3;

    private ApacheTransport network;
    private Transport transport;

    /** Creates the transport under test, over that network. */
    protected abstract Transport over(Transport next);

    @BeforeEach
    void open() {
        network = network(TlsSettings.SYSTEM);
        transport = over(network);
    }

    @AfterEach
    void assertNothingIsLeaked() {
        assertThat(network.connectionsInUse()).isZero();
        transport.close();
    }

    private static ApacheTransport network(TlsSettings tls) {
        return new ApacheTransport(
                new HttpSettings(Duration.ofSeconds(1), Optional.empty(), tls, CONNECTIONS, "test"),
                Map.of(),
                List::of);
    }

    private static String text(Response response) throws IOException {
        return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void transfersRequestAndResponse() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(
                        201,
                        call.method()
                                + call.target()
                                + call.header("x-field")
                                + new String(call.body(), StandardCharsets.UTF_8),
                        "X-Answer: one",
                        "X-Answer: two"));
                Response response = transport.send(Request.of("PUT", server.uri("/a?b=c%20d"))
                        .with("X-Field", "-f-")
                        .withBody(RequestBody.of(new byte[] {'b', 'o', 'd', 'y'})))) {
            assertThat(response.status()).isEqualTo(201);
            assertThat(response.headers().all("x-answer")).containsExactly("one", "two");
            assertThat(text(response)).isEqualTo("PUT/a?b=c%20d-f-body");
        }
    }

    @Test
    void returnsEveryStatusAsResponse() throws IOException {
        for (int status : new int[] {200, 204, 301, 400, 401, 403, 404, 405, 416, 500, 599}) {
            try (ScriptedServer server = ScriptedServer.start(call -> call.reply(status, ""));
                    Response response =
                            transport.send(Request.get(server.uri("/")).once())) {
                assertThat(response.status()).isEqualTo(status);
            }
        }
    }

    @Test
    void reusesConnectionsInManyThreads() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, call.target()))) {
            Tasks.forEach(IntStream.range(0, 60).boxed().toList(), 20, i -> {
                try (Response response = transport.send(Request.get(server.uri("/" + i)))) {
                    assertThat(text(response)).isEqualTo("/" + i);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(server.connections()).isLessThanOrEqualTo(CONNECTIONS);
            assertThat(server.calls()).hasSize(60);
        }
    }

    @Test
    void failsOnTruncatedBody() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            call.send("HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: 8\r\n\r\nhalf");
            call.send(call.target().equals("/cut") ? "" : "full");
            call.hangUp();
        })) {
            try (Response response = transport.send(Request.get(server.uri("/")))) {
                assertThat(text(response)).isEqualTo("halffull");
            }
            try (Response response = transport.send(Request.get(server.uri("/cut")))) {
                assertThatThrownBy(() -> text(response)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void timesOutIfServerStalls() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            if (call.target().equals("/body")) {
                call.send("HTTP/1.1 200 X\r\nContent-Length: 8\r\n\r\nhalf");
            }
            call.stall();
        })) {
            assertThatThrownBy(() ->
                            transport.send(Request.get(server.uri("/head")).once()))
                    .isInstanceOf(IOException.class);
            try (Response response = transport.send(Request.get(server.uri("/body")))) {
                assertThatThrownBy(() -> text(response)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void releasesConnectionOfUnreadResponse() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "x".repeat(1 << 20)))) {
            for (int i = 0; i < 3 * CONNECTIONS; i++) {
                transport.send(Request.get(server.uri("/"))).close();
            }
        }
    }

    @Test
    void stopsWaitingOnInterrupt() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(call -> {
            asked.countDown();
            call.stall();
        })) {
            Thread waiting = Thread.startVirtualThread(() -> {
                try (Response response =
                        transport.send(Request.get(server.uri("/")).answeredWithin(Duration.ofDays(1)))) {
                    response.discard();
                } catch (IOException e) {
                    ended.countDown();
                }
            });
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            waiting.interrupt();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            waiting.join();
        }
    }

    @Test
    void refusesUntrustedCertificateWithoutRetry(@TempDir Path folder) {
        try (ScriptedServer server = ScriptedServer.start(
                        TestTls.server().getServerSocketFactory(), call -> call.reply(200, "tls"));
                Transport careless =
                        over(network(new TlsSettings(List.of(), List.of(folder), Set.of(server.host()))))) {
            var address = server.uri("/").resolve("https://" + server.host() + "/");
            assertThatThrownBy(() -> transport.send(Request.get(address)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("unknown authority");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(status(careless, Request.get(address))).isEqualTo(200);
        }
    }

    private static int status(Transport transport, Request request) {
        try (Response response = transport.send(request)) {
            return response.status();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
