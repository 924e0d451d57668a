package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.text.Json;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API of the server. Each answer is validated against docs/openapi.json. */
final class ApiTest {
    private static final Path DOCUMENT =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/openapi.json");

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
    private Map<?, ?> answer(RunningServer server, String method, String path, String described, int status)
            throws Exception {
        HttpResponse<String> answer = stage.send(server, method, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        String pointer = "/paths/" + described.replace("~", "~0").replace("/", "~1") + "/"
                + method.toLowerCase(Locale.ROOT) + "/responses/" + status
                + "/content/application~1json/schema";
        String text = Files.readString(DOCUMENT);
        Map<String, Object> rooted = new LinkedHashMap<>();
        Map<?, ?> document = (Map<?, ?>) Objects.requireNonNull(Json.tree(text.getBytes(UTF_8)));
        rooted.put("$ref", "#" + pointer.replace("{", "%7B").replace("}", "%7D"));
        document.forEach((name, value) -> rooted.put((String) name, value));
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Json.text(rooted));
        assertThat(schema.validate(answer.body(), InputFormat.JSON))
                .as(answer.body())
                .isEmpty();
        return (Map<?, ?>) Objects.requireNonNull(Json.tree(answer.body().getBytes(UTF_8)));
    }

    @Test
    void publishesDescription() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();

        assertThat(stage.send(server, "GET", "/api/v1/openapi.json").body()).isEqualTo(Files.readString(DOCUMENT));
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
        answer(server, "GET", "/api/v1/mirrors", "/api/v1/mirrors", 200);

        String id = (String) answer(server, "POST", "/api/v1/mirrors/team/a/run", "/api/v1/mirrors/{name}/run", 202)
                .get("run");
        stage.awaitRuns(server, "team/a", 1);
        Map<?, ?> run = answer(server, "GET", "/api/v1/runs/" + id, "/api/v1/runs/{run}", 200);

        assertThat(run.get("state")).isEqualTo("incomplete");
        assertThat(run.get("trigger")).isEqualTo("request");
        assertThat((Map<?, ?>) run.get("images")).extracting("copied", "failed").containsExactly(1L, 1L);
        Map<?, ?> report = (Map<?, ?>) Objects.requireNonNull(run.get("report"));
        assertThat((List<?>) report.get("mirrors")).hasSize(1);
        assertThat(answer(server, "GET", "/api/v1/mirrors", "/api/v1/mirrors", 200)
                        .toString())
                .contains("state=idle", "failed=1", "waiting=0", "incompleteSince=2026-03-01T10:00:00Z");
        assertThat(answer(server, "GET", "/api/v1/runs?mirror=team%2Fa", "/api/v1/runs", 200)
                        .toString())
                .contains(id);
        assertThat(answer(server, "GET", "/api/v1/runs?mirror=b", "/api/v1/runs", 200)
                        .toString())
                .isEqualTo("{runs=[]}");
        assertThat(stage.send(server, "GET", "/readyz").statusCode()).isEqualTo(200);
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
        assertThat(stage.send(server, "GET", "/readyz").statusCode()).isEqualTo(503);
    }

    @Test
    void answersWrongRequests() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();

        answer(server, "POST", "/api/v1/mirrors/b/run", "/api/v1/mirrors/{name}/run", 404);
        answer(server, "POST", "/api/v1/mirrors/b/stop", "/api/v1/mirrors/{name}/stop", 404);
        answer(server, "GET", "/api/v1/runs/..%2f..%2fetc%2fpasswd", "/api/v1/runs/{run}", 404);
        assertThat(stage.send(server, "GET", "/api/v1/mirrors/a/run").statusCode())
                .isEqualTo(405);
        assertThat(stage.send(server, "POST", "/api/v1/mirrors").statusCode()).isEqualTo(405);
        assertThat(stage.send(server, "DELETE", "/api/v1/mirrors").statusCode()).isEqualTo(405);
        assertThat(stage.send(server, "GET", "/api/v1/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void sendsEventsOfRuns() throws Exception {
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();
        List<String> names = new ArrayList<>();

        try (InputStream in = URI.create(server.url() + "/events").toURL().openStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            assertThat(lines.readLine()).startsWith(":");
            stage.send(server, "POST", "/api/v1/mirrors/a/run");
            while (!names.contains("run-finished")) {
                String line = lines.readLine();
                if (line.startsWith("data: ")) {
                    Map<?, ?> event = (Map<?, ?>)
                            Objects.requireNonNull(Json.tree(line.substring(6).getBytes(UTF_8)));
                    assertThat(event.get("mirror")).isEqualTo("a");
                    names.add((String) event.get("event"));
                }
            }
        }

        assertThat(names).contains("run-started", "image-started", "blob-arrived", "image-copied", "run-finished");
    }
}
