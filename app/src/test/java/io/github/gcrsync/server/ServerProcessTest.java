package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server as a process: signals, and what other commands do not load. */
final class ServerProcessTest {
    private final CountDownLatch open = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private ServerStage stage;
    private SampleImage second;

    @BeforeEach
    void prepare() {
        stage = new ServerStage(folder);
        stage.stage().offer("a:1", 1);
        second = stage.stage().offer("b:1", 2);
        stage.stage().offer("c:1", 3);
    }

    @AfterEach
    void close() {
        open.countDown();
        stage.close();
    }

    private ChildCommand start(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("server", "--listen=127.0.0.1:0", "--config=" + stage.file()));
        arguments.addAll(List.of(flags));
        return ChildCommand.start(folder, stage.stage().environment(), arguments);
    }

    @Test
    void stopsRunsBySigtermAsSyncDoes() throws Exception {
        String blob = "/blobs/(" + String.join("|", second.blobs().keySet()) + ")";
        stage.stage().source().fault(Fault.on("GET", blob).delayUntil(open));
        stage.mirrors("{name: m, schedule: every 1h}");
        try (ChildCommand server = start("--processlimit=1")) {
            server.until("the second image", () -> stage.stage().source().log().count("GET", blob) > 0);

            server.signal("TERM");
            server.until("an answer", () -> server.err().contains("stopping after the blobs in flight"));
            open.countDown();
            InProcess.Result stopped = server.await();

            assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(143);
            assertThat(stopped.err()).contains("ended: stopped, 1 copied");
        }
        assertThat(Files.readString(folder.resolve("metadata/m/ImageDigests")))
                .contains("a:1 ")
                .doesNotContain("c:1 ");
    }

    /** The receiver refuses until the server is asked to stop. */
    @Test
    void sendsNotificationsThatWaitWhenItStops() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean(true);
        List<String> received = new CopyOnWriteArrayList<>();
        CountDownLatch refused = new CountDownLatch(1);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            if (refuses.get()) {
                refused.countDown();
            } else {
                received.add(exchange.getRequestHeaders().getFirst("X-Gcrsync-Event"));
            }
            exchange.sendResponseHeaders(refuses.get() ? 503 : 204, -1);
            exchange.close();
        });
        receiver.start();
        stage.mirrors("{name: m, schedule: every 1h, notify: {url: 'http://127.0.0.1:"
                + receiver.getAddress().getPort() + "/', on: change}}");
        try (ChildCommand server = start()) {
            assertThat(refused.await(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            server.signal("TERM");
            server.until("an answer", () -> server.err().contains("stopping after the blobs in flight"));
            refuses.set(false);
            server.await();

            assertThat(received).containsExactly("change");
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void readsFileAgainBySighup() throws Exception {
        stage.mirrors("{name: m}");
        try (ChildCommand server = start()) {
            server.until("the start", () -> server.err().contains("listening on"));

            server.signal("HUP");
            server.until("an answer", () -> server.err().contains("took over the configuration: 1 mirror"));
        }
    }

    @Test
    void printsEventsAsJson() throws Exception {
        stage.mirrors("{name: m, schedule: every 1h}");
        try (ChildCommand server = start("--log-format=json")) {
            server.until("the end of the run", () -> server.err().contains("ended: done"));

            assertThat(server.err().lines()).allMatch(line -> line.startsWith("{\"time\":"));
            assertThat(server.err()).contains("\"event\":\"image-copied\",\"mirror\":\"m\"");
        }
    }

    @Test
    void isNotLoadedByOtherCommands() throws Exception {
        stage.mirrors("{name: m, schedule: 30 2 * * *, zone: Europe/Berlin}");

        assertThat(loadedBy("sync", "--config=" + stage.file())).isEmpty();
        assertThat(loadedBy("sync", "--help")).isEmpty();
        assertThat(loadedBy("test", "--config=" + stage.file())).isEmpty();
        assertThat(loadedBy("server", "--config=" + stage.file(), "--listen=nowhere"))
                .as("what the test looks for")
                .isNotEmpty();
    }

    /** The start-up of other commands must not grow: each jar is opened. */
    @ParameterizedTest
    @CsvSource({
        "sync --config gcrsync.yaml, '', false",
        "--debug, '', false",
        "test, '', false",
        "compare server-a, '', false",
        "server, '', true",
        "worker, '', true",
        "--config=x server, '', true",
        "config check, '', true",
        "sync --metrics-file=a.prom, '', true",
        "sync --metrics-file a.prom, '', true",
        "sync, a.prom, true",
    })
    void addsLibrariesOnlyWhereTheyAreNeeded(String words, String metricsFile, boolean expected) {
        Path launcher = Path.of(System.getProperty("gcrsync.root", "..")).resolve("launcher/start.sh");
        String classPath = Program.require("sh")
                .arguments("-euc", ". \"$0\"; become_program echo /libraries app.jar '' " + words)
                .arguments(launcher.toAbsolutePath().normalize() + "")
                .environment("GCRSYNC_METRICS_FILE", metricsFile)
                .run()
                .orThrow()
                .stdout();

        assertThat(classPath).contains(expected ? "-cp app.jar:/libraries/server/* io" : "-cp app.jar io");
    }

    /** Returns the classes of the server and its libraries that a command loads. */
    private List<String> loadedBy(String... arguments) throws InterruptedException, IOException {
        return ChildCommand.loadedClasses(folder, stage.stage().environment(), List.of(arguments)).stream()
                .filter(ServerProcessTest::isOfServer)
                .toList();
    }

    private static boolean isOfServer(String line) {
        return Stream.of(
                        "io.github.gcrsync.server.",
                        "com.sun.net.httpserver.",
                        "com.cronutils.",
                        "io.prometheus.",
                        "io.github.gcrsync.cluster.",
                        "com.github.kagkarlsson.",
                        "com.zaxxer.",
                        "org.postgresql.")
                .anyMatch(line::contains);
    }
}
