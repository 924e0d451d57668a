package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.metrics.Samples;
import io.github.gcrsync.output.Browser;
import io.github.gcrsync.output.Readability;
import io.github.gcrsync.server.OpenApi;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server with a database shows of workers, tasks and earlier runs. */
@Timeout(180)
final class FleetTest {
    private static final OpenApi DOCUMENT = new OpenApi();
    /** Less than a connection takes to fail. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private final CountDownLatch open = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private ClusterStage stage;

    @BeforeEach
    void prepare() {
        stage = new ClusterStage(folder);
        for (int i = 0; i < 3; i++) {
            stage.offer("team/app-" + i, "1.0", SampleImages.oci("linux/amd64", SampleImages.bigLayer(i, 10_000)));
        }
    }

    @AfterEach
    void close() {
        open.countDown();
        stage.close();
        client.close();
    }

    private HttpResponse<String> send(RunningServer server, String method, String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(server.url() + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .timeout(LONGEST_ANSWER)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String get(RunningServer server, String path) {
        return send(server, "GET", path).body();
    }

    private int status(RunningServer server, String path) {
        return send(server, "GET", path).statusCode();
    }

    private Object described(RunningServer server, String path) {
        return DOCUMENT.check("GET", path, send(server, "GET", path));
    }

    private void run(RunningServer server) {
        assertThat(send(server, "POST", "/api/v1/mirrors/" + ClusterStage.MIRROR + "/run")
                        .statusCode())
                .isEqualTo(202);
    }

    private void awaitTasks(RunningServer server, String json) throws InterruptedException {
        Waiting.until(json, () -> get(server, "/api/v1/tasks").strip().equals(json));
    }

    private void holdBlobs() {
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/.*/blobs/.*").delayUntil(open).always());
    }

    @Test
    void showsWorkersAndTheirTasks() throws Exception {
        holdBlobs();
        RunningServer server = stage.server("--work", "--processlimit=1");
        run(server);
        awaitTasks(server, "[{\"mirror\":\"ns\",\"queued\":2,\"running\":1}]");

        described(server, "/api/v1/tasks");
        Map<?, ?> worker =
                (Map<?, ?>) Objects.requireNonNull(((List<?>) described(server, "/api/v1/workers")).getFirst());
        String name = (String) Objects.requireNonNull(worker.get("name"));
        assertThat(String.valueOf(worker.get("tasks")))
                .matches("\\[\\{mirror=" + ClusterStage.MIRROR + ", repository=ns/team/app-.}]");
        Samples metrics = Samples.of(get(server, "/metrics"));
        assertThat(metrics.value("gcrsync_workers")).isEqualTo(1);
        assertThat(metrics.value("gcrsync_tasks{state=queued}")).isEqualTo(2);
        assertThat(metrics.value("gcrsync_tasks{state=running}")).isEqualTo(1);
        assertThat(get(server, "/")).contains("data-column=\"queued\">2<", "data-column=\"running\">1<");
        try (Browser browser = Browser.withoutScripts(Files.createDirectories(folder.resolve("browser")))) {
            browser.open(server.url() + "/", 390, "light");
            assertThat(browser.text("main"))
                    .contains("Workers", name, "ns: ns/team/app-")
                    .doesNotContain("No worker");
        }
        try (Browser browser = Browser.start(Files.createDirectories(folder.resolve("scripts")))) {
            for (String scheme : List.of("light", "dark")) {
                for (int width : List.of(390, 1280)) {
                    browser.open(server.url() + "/", width, scheme);
                    Readability.check(browser, width, scheme);
                }
            }
        }

        open.countDown();
        assertThat(ClusterStage.awaitRuns(server, 1)).contains("done");
        awaitTasks(server, "[]");
    }

    @Test
    void warnsIfNobodyTakesTasks() throws Exception {
        RunningServer server = stage.server();
        assertThat(described(server, "/api/v1/workers").toString()).isEqualTo("[]");
        assertThat(get(server, "/")).contains("No worker is running.").doesNotContain("alert");
        run(server);
        awaitTasks(server, "[{\"mirror\":\"ns\",\"queued\":3,\"running\":0}]");

        assertThat(get(server, "/"))
                .contains("role=\"alert\"", "No worker is running, and 3 tasks wait.", "gcrsync worker --config");
        assertThat(Samples.of(get(server, "/metrics")).value("gcrsync_workers")).isZero();
        assertThat(status(server, "/readyz")).isEqualTo(200);

        send(server, "POST", "/api/v1/mirrors/ns/stop");
        ClusterStage.awaitRuns(server, 1);
        Waiting.until("no warning", () -> !get(server, "/").contains("alert"));
    }

    @Test
    void losesNoRunWhileDatabaseIsAway() throws Exception {
        RunningServer server = stage.server("--work");
        run(server);
        ClusterStage.awaitRuns(server, 1);
        String first = id(server);
        assertThat(get(server, "/api/v1/runs/" + first)).contains("\"report\":{");
        Waiting.until(
                "the run is in the database",
                () -> !stage.database()
                        .psql("select 1 from gcrsync.run where id = '" + first + "'")
                        .isEmpty());
        stage.database().stop();
        Waiting.until("the loss", () -> status(server, "/readyz") == 503);

        assertThat(status(server, "/api/v1/workers")).isEqualTo(503);
        described(server, "/api/v1/workers");
        described(server, "/api/v1/tasks");
        assertThat(get(server, "/")).contains("The database cannot be used.", first);
        assertThat(status(server, "/runs/" + first)).isEqualTo(200);
        assertThat(get(server, "/api/v1/runs/" + first)).contains("\"report\":null");
        assertThat(Samples.of(get(server, "/metrics")).value("gcrsync_workers")).isEqualTo(-1);
        // It waits for the database, until it is stopped.
        stage.source().log().clear();
        run(server);
        Waiting.until("it plans", () -> stage.source().log().count() > 0);
        send(server, "POST", "/api/v1/mirrors/ns/stop");
        ClusterStage.awaitRuns(server, 2);
        String second = id(server);
        assertThat(get(server, "/api/v1/runs/" + second)).contains("\"report\":{");
        stage.database().start();
        Waiting.until("the database", () -> status(server, "/readyz") == 200);
        server.close();
        assertThat(server.err())
                .contains("trying again", "can be used again")
                .doesNotContain("\tat ", "not in the history");

        RunningServer other = stage.server();
        assertThat(get(other, "/api/v1/runs/" + first)).contains("\"state\":\"done\"", "\"report\":{");
        assertThat(get(other, "/api/v1/runs/" + second)).contains("\"report\":{");
        assertThat(id(other)).isEqualTo(second);
    }

    private String id(RunningServer server) {
        List<?> runs = (List<?>) DOCUMENT.check("GET", "/api/v1/runs", send(server, "GET", "/api/v1/runs"));
        return (String) Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(runs.getFirst())).get("run"));
    }
}
