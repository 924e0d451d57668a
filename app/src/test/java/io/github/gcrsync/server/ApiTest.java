package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.text.Json;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API of the server. Each answer is validated against docs/openapi.json. */
final class ApiTest {
    private static final OpenApi DOCUMENT = new OpenApi();

    private final CountDownLatch open = new CountDownLatch(1);
    private ServerStage stage;
    private SampleImage second;

    @BeforeEach
    void prepare(@TempDir Path folder) {
        stage = new ServerStage(folder);
        stage.stage().offer("app:1", 1);
        second = stage.stage().offer("app:2", 2);
    }

    @AfterEach
    void close() {
        open.countDown();
        stage.close();
    }

    /** Sends a request and checks the answer against the description of this path. */
    private Object json(RunningServer server, String method, String path, String described, int status)
            throws Exception {
        HttpResponse<String> answer = stage.send(server, method, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return DOCUMENT.check(method, described, answer);
    }

    private Map<?, ?> answer(RunningServer server, String method, String path, String described, int status)
            throws Exception {
        return (Map<?, ?>) json(server, method, path, described, status);
    }

    @Test
    void publishesDescription() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();

        assertThat(stage.send(server, "GET", "/api/v1/openapi.json").body()).isEqualTo(DOCUMENT.text());
    }

    @Test
    void runsMirrorAndShowsItsReport() throws Exception {
        stage.mirrors("{name: team/a}");
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/app/manifests/" + second.digest())
                        .status(403)
                        .always());
        RunningServer server = stage.start();
        assertThat(json(server, "GET", "/api/v1/mirrors", "/api/v1/mirrors", 200)
                        .toString())
                .contains("schedule=null, lastRun=null, nextRun=null", "oldestWaiting=null");

        String id = (String) answer(server, "POST", "/api/v1/mirrors/team/a/run", "/api/v1/mirrors/{name}/run", 202)
                .get("run");
        stage.awaitRuns(server, "team/a", 1);
        Map<?, ?> run = answer(server, "GET", "/api/v1/runs/" + id, "/api/v1/runs/{run}", 200);

        assertThat(run.get("state")).isEqualTo("incomplete");
        assertThat(run.get("trigger")).isEqualTo("request");
        assertThat((Map<?, ?>) run.get("images")).extracting("copied", "failed").containsExactly(1L, 1L);
        Map<?, ?> report = (Map<?, ?>) Objects.requireNonNull(run.get("report"));
        assertThat((List<?>) report.get("mirrors")).hasSize(1);
        assertThat(json(server, "GET", "/api/v1/mirrors", "/api/v1/mirrors", 200)
                        .toString())
                .contains("state=idle", "failed=1", "waiting=0", "since=2026-03-01T10:00:00Z");
        assertThat(json(server, "GET", "/api/v1/runs?mirror=team%2Fa", "/api/v1/runs", 200)
                        .toString())
                .contains(id);
        assertThat(json(server, "GET", "/api/v1/runs?mirror=b", "/api/v1/runs", 200)
                        .toString())
                .isEqualTo("[]");
        json(server, "GET", "/readyz", "/readyz", 200);
    }

    @Test
    void stopsRunAfterBlobsInFlight() throws Exception {
        stage.mirrors("{name: a, processcount: -1}");
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/app/blobs/.*").delayUntil(open).always());
        RunningServer server = stage.start("--processlimit=1");
        String id = (String) answer(server, "POST", "/api/v1/mirrors/a/run", "/api/v1/mirrors/{name}/run", 202)
                .get("run");
        stage.await(server, "a", _ -> stage.stage().source().log().count("GET", "/v2/ns/app/blobs/.*") > 0);

        answer(server, "POST", "/api/v1/mirrors/a/run", "/api/v1/mirrors/{name}/run", 409);
        answer(server, "POST", "/api/v1/mirrors/a/stop", "/api/v1/mirrors/{name}/stop", 202);
        assertThat(answer(server, "GET", "/api/v1/runs/" + id, "/api/v1/runs/{run}", 200)
                        .get("state"))
                .isEqualTo("stopping");
        open.countDown();
        stage.awaitRuns(server, "a", 1);

        Map<?, ?> run = answer(server, "GET", "/api/v1/runs/" + id, "/api/v1/runs/{run}", 200);
        assertThat(run.get("state")).isEqualTo("stopped");
        assertThat((Map<?, ?>) run.get("images")).extracting("unfinished").isNotEqualTo(0L);
        answer(server, "POST", "/api/v1/mirrors/a/stop", "/api/v1/mirrors/{name}/stop", 409);
    }

    @Test
    void reportsMirrorThatCannotStart() throws Exception {
        stage.mirrors("{name: a}");
        stage.stage().source().fault(Fault.on("GET", "/v2/.*").status(401).always());
        RunningServer server = stage.start();
        answer(server, "POST", "/api/v1/mirrors/a/run", "/api/v1/mirrors/{name}/run", 202);
        stage.awaitRuns(server, "a", 1);

        Map<?, ?> last =
                (Map<?, ?>) Objects.requireNonNull(stage.mirror(server, "a").get("lastRun"));
        assertThat(last.get("state")).isEqualTo("failed");
        assertThat((String) last.get("error")).contains("HTTP 401");
        json(server, "GET", "/readyz", "/readyz", 503);
    }

    @Test
    void answersWrongRequests() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();

        answer(server, "POST", "/api/v1/mirrors/b/run", "/api/v1/mirrors/{name}/run", 404);
        answer(server, "POST", "/api/v1/mirrors/b/stop", "/api/v1/mirrors/{name}/stop", 404);
        answer(server, "GET", "/api/v1/runs/..%2f..%2fetc%2fpasswd", "/api/v1/runs/{run}", 404);
        answer(server, "GET", "/api/v1/nothing", "", 404);
        answer(server, "GET", "/api/v1/workers", "/api/v1/workers", 404);
        answer(server, "GET", "/api/v1/tasks", "/api/v1/tasks", 404);
        answer(server, "GET", "/api/v1/mirrors/a/run", "/api/v1/mirrors/{name}/run", 405);
        for (String path : List.of("/api/v1/mirrors", "/api/v1/runs", "/metrics", "/healthz", "/readyz", "/events")) {
            answer(server, "POST", path, path, 405);
            answer(server, "DELETE", path, path, 405);
        }
    }

    @Test
    void refusesAsDescribed() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer open = stage.start("--allow-host=mirror.example.com");
        Path token = Files.writeString(stage.stage().folder().resolve("token"), "0123456789abcdef");
        RunningServer closed = stage.start("--token-file=" + token);

        for (String path : List.of("/api/v1/mirrors", "/api/v1/runs", "/metrics", "/events")) {
            answer(closed, "GET", path, path, 401);
            assertThat(DOCUMENT.check("GET", path, stage.send(open, "GET", path, "Origin", "https://evil.example.com")))
                    .asString()
                    .contains("other sites");
            String misdirected = stage.sendRaw(open, "GET " + path + " HTTP/1.1", "Host: evil.example.com");
            assertThat(misdirected).startsWith("HTTP/1.1 421 ").contains("not a name of this server");
            String body = misdirected.substring(misdirected.indexOf("\r\n\r\n") + 4);
            DOCUMENT.check("GET", path, 421, "application/json", body);
        }
        for (String path : List.of("/healthz", "/readyz")) {
            json(closed, "GET", path, path, 200);
        }
        json(open, "GET", "/metrics", "/metrics", 200);
    }

    @Test
    void answersWhileItStops() throws Exception {
        stage.mirrors("{name: a}", "{name: b}");
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/app/blobs/.*").delayUntil(open).always());
        RunningServer server = stage.start();
        answer(server, "POST", "/api/v1/mirrors/a/run", "/api/v1/mirrors/{name}/run", 202);
        stage.await(server, "a", _ -> stage.stage().source().log().count("GET", "/v2/ns/app/blobs/.*") > 0);

        Thread stop = new Thread(server::close);
        stop.start();
        Waiting.until("the stop", () -> stage.status(server, "/readyz") == 503);

        answer(server, "POST", "/api/v1/mirrors/b/run", "/api/v1/mirrors/{name}/run", 503);
        open.countDown();
        stop.join();
    }

    @Test
    void limitsClientsOfEvents() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();
        List<InputStream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 32; i++) {
                streams.add(URI.create(server.url() + "/events").toURL().openStream());
            }
            answer(server, "GET", "/events", "/events", 503);
        } finally {
            for (InputStream stream : streams) {
                stream.close();
            }
        }
    }

    @Test
    void sendsEventsOfRuns() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();
        List<String> names = new ArrayList<>();
        List<String> states = new ArrayList<>();
        URLConnection events = URI.create(server.url() + "/events").toURL().openConnection();

        try (InputStream in = events.getInputStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            assertThat(lines.readLine()).startsWith(":");
            stage.send(server, "POST", "/api/v1/mirrors/a/run");
            DOCUMENT.checkType("GET", "/events", 200, events.getContentType());
            while (!states.contains("done")) {
                String line = lines.readLine();
                if (line.equals("event: run")) {
                    String run = lines.readLine().substring("data: ".length());
                    states.add((String) ((Map<?, ?>) DOCUMENT.check("Run", run)).get("state"));
                } else if (line.startsWith("data: ")) {
                    Map<?, ?> event = (Map<?, ?>)
                            Objects.requireNonNull(Json.tree(line.substring(6).getBytes(UTF_8)));
                    assertThat(event.get("mirror")).isEqualTo("a");
                    names.add((String) event.get("event"));
                }
            }
        }

        assertThat(states).containsExactly("queued", "running", "done");
        assertThat(stage.mirror(server, "a").get("state")).isEqualTo("idle");
        assertThat(names).contains("run-started", "image-started", "blob-arrived", "image-copied", "run-finished");
    }
}
