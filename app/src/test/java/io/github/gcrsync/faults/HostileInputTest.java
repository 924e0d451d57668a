package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A malicious source affects only its own images and costs little memory. */
final class HostileInputTest extends OnStage {
    private static final String MARKUP =
            "<img src=x onerror=alert(1)> [a](javascript:b) `id` $(id) \\u001b[31mred\\u0007\\nsecond line | cell";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer hostile;

    @BeforeEach
    void start() throws IOException {
        stage.offer("good:1", 1);
        hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hostile.setExecutor(threads);
        hostile.start();
    }

    @AfterEach
    void stop() {
        hostile.stop(0);
        threads.shutdownNow();
    }

    @Test
    void failsOnlyImagesWithUnboundedAnswersIn128MebibytesOfHeap() throws Exception {
        SampleLayer layer = SampleImages.layer(9, 3);
        SampleImage endless = SampleImages.oci("linux/amd64", layer);
        stage.source().put("ns/endless-blob", "1", endless);
        for (String name : List.of("endless-manifest", "deep-manifest")) {
            stage.source().put("ns/" + name, "1", SampleImages.oci(name.length()));
        }
        for (String name : List.of("huge", "endless", "pages", "deep")) {
            stage.source().createRepository("ns/" + name);
        }
        AtomicLong page = new AtomicLong();
        lead("/v2/ns/huge/tags/list$", exchange -> listing(exchange, 200L << 20));
        lead("/v2/ns/endless/tags/list$", exchange -> listing(exchange, Long.MAX_VALUE));
        lead("/v2/ns/endless-manifest/manifests/", HostileInputTest::endless);
        lead("/v2/ns/endless-blob/blobs/" + layer.digest(), HostileInputTest::endless);
        lead("/v2/ns/pages/tags/list$", exchange -> {
            exchange.getResponseHeaders()
                    .add("Link", "</v2/ns/pages/tags/list?last=" + page.incrementAndGet() + ">; rel=\"next\"");
            answer(exchange, "{\"child\":[],\"manifest\":{},\"tags\":[\"t" + page + "\"]}");
        });
        String nested = "[".repeat(10_000) + "]".repeat(10_000);
        stage.source()
                .fault(Fault.on("GET", "/v2/ns/deep/tags/list$")
                        .status(200, "{\"child\":[],\"tags\":[],\"manifest\":" + nested + "}")
                        .always());
        stage.source()
                .fault(Fault.on("GET", "/v2/ns/deep-manifest/manifests/")
                        .status(200, "{\"layers\":" + nested + "}")
                        .always());

        Result result = inSmallHeap("--querylimit=4");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("(?m)^  copied +1 ")
                .containsPattern("(?m)^    huge  source: .*larger than")
                .containsPattern("(?m)^    endless  source: .*larger than")
                .containsPattern("(?m)^    pages  source: .*form a cycle")
                .containsPattern("(?m)^    deep  source: .*JSON")
                .containsPattern("(?m)^    endless-manifest:1  source: ")
                .containsPattern("(?m)^    deep-manifest:1  source: ")
                .containsPattern("(?m)^    endless-blob:1  source: .*digest");
        assertThat(result.err()).doesNotContain("OutOfMemory", "\tat ");
        assertThat(stage.metadata().images()).containsExactly("good:1");
    }

    @Test
    void neutralizesHostileNamesAndTexts() throws Exception {
        Path inner = Files.createDirectories(folder.resolve("work/inner"));
        stage.source()
                .fault(Fault.on("GET", "^/v2/ns/tags/list$").status(200, """
                                {"child":["good","bad","..","../../up","/etc","a b","x\\u001b[2J","$(id)","<b>x</b>","-rf","a;b"],\
                                "tags":[],"manifest":{}}""").always());
        String digest = stage.offer("bad:1", 2).digest();
        stage.source()
                .fault(Fault.on("GET", "^/v2/ns/bad/tags/list$")
                        .status(200, """
                                {"child":[],"tags":[],"manifest":{"%s":{"tag":["1","../1","`id`","a\\nb","<i>","-x"]}}}""".formatted(digest))
                        .always());
        stage.source()
                .fault(Fault.on("GET", "^/v2/ns/bad/manifests/")
                        .status(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + MARKUP + "\"}]}")
                        .always());
        Map<String, String> environment = new HashMap<>(stage.environment());
        environment.put("GITHUB_STEP_SUMMARY", inner.resolve("step.md").toString());
        Files.createDirectories(folder.resolve("state"));
        List<String> before = names(folder);

        Result result;
        try (ChildCommand run = ChildCommand.start(
                inner,
                environment,
                ChildCommand.java("io.github.gcrsync.cli.Main"),
                stage.arguments(
                        "sync",
                        "--destination=oci:" + inner.resolve("mirror"),
                        "--metadata=" + inner.resolve("metadata"),
                        "--debug",
                        "--report=" + inner.resolve("report.html"),
                        "--report=" + inner.resolve("report.json")))) {
            result = run.await();
        }

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(names(folder)).as("beside what was asked for").isEqualTo(before);
        assertThat(names(inner))
                .containsExactlyInAnyOrder("mirror", "metadata", "report.html", "report.json", "step.md");
        assertThat(names(inner.resolve("mirror"))).containsExactly("good");
        assertThat(result.out() + result.err())
                .doesNotContain("\u001b", "\u0007")
                .contains("second line");
        assertThat(result.err().lines()).noneMatch(line -> line.startsWith("second line"));
        String readme = Files.readString(inner.resolve("metadata/ns/README.md"));
        assertThat(readme).contains("good").doesNotContain("<img", "javascript:", "`id`", "../");
        String page = Files.readString(inner.resolve("report.html"));
        assertThat(page).contains("&lt;img").doesNotContain("<img", "\u001b");
        assertThat(Files.readString(inner.resolve("step.md")))
                .doesNotContain("<img", "[a](javascript", "\u001b", "\nsecond");
    }

    private Result inSmallHeap(String... flags) throws InterruptedException {
        List<String> program = new ArrayList<>(ChildCommand.java("io.github.gcrsync.cli.Main"));
        program.replaceAll(option -> option.equals("-Xmx256m") ? "-Xmx128m" : option);
        try (ChildCommand run =
                ChildCommand.start(folder, stage.environment(), program, stage.arguments("sync", flags))) {
            // 10,000 pages, each after a redirect: 7 s on an idle machine, more than a minute beside other tests.
            return run.await(Waiting.PATIENCE.multipliedBy(4));
        }
    }

    /** The malicious server answers such requests. */
    private void lead(String path, Answering answering) {
        String place = "/" + Integer.toHexString(path.hashCode());
        hostile.createContext(place, exchange -> {
            try (exchange) {
                answering.answer(exchange);
            } catch (IOException e) {
                // The client has aborted.
            }
        });
        stage.source()
                .fault(Fault.on("GET", path)
                        .header(
                                "Location",
                                "http://127.0.0.1:" + hostile.getAddress().getPort() + place)
                        .status(307)
                        .always());
    }

    @FunctionalInterface
    private interface Answering {
        void answer(HttpExchange exchange) throws IOException;
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
    }

    private static void endless(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] noise = new byte[1 << 16];
        OutputStream out = exchange.getResponseBody();
        while (!Thread.currentThread().isInterrupted()) {
            out.write(noise);
        }
    }

    /** A listing with few names, each with a large amount of useless data. */
    private static void listing(HttpExchange exchange, long bytes) throws IOException {
        answer(exchange, "{\"child\":[],\"tags\":[],\"manifest\":{");
        String layer = "x".repeat(1 << 16);
        long entries = bytes / layer.length();
        for (long entry = 0; entry < entries && !Thread.currentThread().isInterrupted(); entry++) {
            String manifest = "\"sha256:%064x\":{\"layerId\":\"%s\",\"tag\":[\"t%d\"]},".formatted(entry, layer, entry);
            exchange.getResponseBody().write(manifest.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<String> names(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
