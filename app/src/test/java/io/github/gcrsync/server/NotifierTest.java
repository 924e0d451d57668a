package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notifications about runs, with a receiver that may fail. */
final class NotifierTest {
    private static final String SECRET = "a secret of the receiver";

    private record Received(String event, Optional<String> signature, String body) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private ServerStage stage;
    private SampleImage second;
    private HttpServer receiver;

    @BeforeEach
    void prepare(@TempDir Path folder) throws IOException {
        stage = new ServerStage(folder);
        stage.stage().offer("app:1", 1);
        second = stage.stage().offer("app:2", 2);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            boolean refuses = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            if (!refuses) {
                received.add(new Received(
                        exchange.getRequestHeaders().getFirst("X-Gcrsync-Event"),
                        Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Gcrsync-Signature")),
                        body));
            }
            exchange.sendResponseHeaders(refuses ? 503 : 204, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void close() {
        stage.close();
        receiver.stop(0);
    }

    private String mirror(String more) {
        return "{name: a, notify: {url: 'http://127.0.0.1:"
                + receiver.getAddress().getPort() + "/hook?key=s3cret'" + more + "}}";
    }

    private void run(RunningServer server, int runs) throws InterruptedException {
        stage.send(server, "POST", "/api/v1/mirrors/a/run");
        stage.awaitRuns(server, "a", runs);
    }

    private void failOnce() {
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/app/manifests/" + second.digest())
                        .status(403)
                        .times(1));
    }

    private List<String> events() {
        return received.stream().map(Received::event).toList();
    }

    @Test
    void postsFailuresAndRecoverySigned() throws Exception {
        failOnce();
        stage.mirrors(mirror(", secret: env:HOOK_SECRET"));
        RunningServer server = stage.with("HOOK_SECRET", SECRET).start();

        run(server, 1);
        Waiting.until("the failure", () -> received.size() == 1);
        run(server, 2);
        Waiting.until("the recovery", () -> received.size() == 2);
        run(server, 3);
        assertThat(server.stop()).isZero();

        assertThat(events()).containsExactly("failure", "recovered");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
        Received failure = received.getFirst();
        assertThat(failure.signature())
                .contains("sha256="
                        + HexFormat.of().formatHex(mac.doFinal(failure.body().getBytes(UTF_8))));
        Map<?, ?> body =
                (Map<?, ?>) Objects.requireNonNull(Json.tree(failure.body().getBytes(UTF_8)));
        assertThat(body.get("text")).isEqualTo("a: failure; 1 copied, 1 failed, 0 in quarantine");
        assertThat(String.valueOf(body.get("failures"))).contains("app:2", "advice=");
    }

    @Test
    void countsDestinationThatCannotStartAsFailure() throws Exception {
        stage.write("""
                metadata: %s
                mirrors:
                  - name: a
                    source: %s/ns
                    destinations:
                      - {name: near, to: %s/a}
                      - {name: far, to: 127.0.0.1:1/a}
                    notify: {url: 'http://127.0.0.1:%d/hook'}
                """.formatted(
                        stage.stage().folder().resolve("metadata"),
                        stage.stage().source().host(),
                        stage.stage().destination().host(),
                        receiver.getAddress().getPort()));
        RunningServer server = stage.start();

        run(server, 1);
        Waiting.until("the failure", () -> received.size() == 1);
        run(server, 2);
        Waiting.until("the second failure", () -> received.size() == 2);

        assertThat(events()).containsExactly("failure", "failure");
        assertThat(received.getFirst().body()).contains("127.0.0.1:1");
    }

    @Test
    void postsChangesIfWanted() throws Exception {
        stage.mirrors(mirror(", on: change"));
        RunningServer server = stage.start();

        run(server, 1);
        run(server, 2);
        server.stop();

        assertThat(events()).containsExactly("change");
        assertThat(received.getFirst().signature()).isEmpty();
    }

    @Test
    void retriesReceiverThatFails() throws Exception {
        refusals.set(2);
        failOnce();
        stage.mirrors(mirror(""));
        RunningServer server = stage.start();

        run(server, 1);
        Waiting.until("the failure", () -> received.size() == 1);

        assertThat(server.err()).doesNotContain("cannot notify");
    }

    @Test
    void givesUpReceiverThatKeepsFailing() throws Exception {
        refusals.set(Integer.MAX_VALUE);
        failOnce();
        stage.mirrors(mirror(""));
        RunningServer server = stage.start();

        run(server, 1);
        Waiting.until("the end of the retries", () -> server.err().contains("cannot notify 127.0.0.1: HTTP 503"));

        assertThat(Integer.MAX_VALUE - refusals.get()).isLessThan(20);
        assertThat(server.err()).doesNotContain("s3cret");
        refusals.set(0);
        run(server, 2);
        Waiting.until("the recovery", () -> events().equals(List.of("recovered")));
    }
}
