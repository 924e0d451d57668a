package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import java.util.zip.InflaterOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Passwords and tokens appear nowhere: not in output, on disk or in process lists. */
final class SecretsTest extends BetweenRegistries {
    private static final String PASSWORD = "Pa55-of-the-registry";
    private static final String TOKEN = "ghp_t0ken0fTheMetadata";
    private static final String SOURCE_PASSWORD = "Pa55-of-the-s0urce";
    private static final String PROXY_PASSWORD = "Pa55-of-the-pr0xy";
    private static final String ISSUED = "eyJ-a-t0ken-that-was-issued";
    private static final List<String> SECRETS = List.of(
            PASSWORD,
            TOKEN,
            SOURCE_PASSWORD,
            PROXY_PASSWORD,
            ISSUED,
            base64("writer:" + PASSWORD),
            base64("x-access-token:" + TOKEN),
            base64("git:" + TOKEN),
            base64("reader:" + SOURCE_PASSWORD),
            base64("runner:" + PROXY_PASSWORD));

    private GitHttpServer git;

    SecretsTest() {
        super(TestRegistry.builder().gcrListing(true), TestRegistry.builder().basicAuth("writer", PASSWORD));
    }

    @BeforeEach
    void fill() throws IOException {
        source.put("ns/a", "1", SampleImages.docker(1));
        Path remotes = Files.createDirectory(folder.resolve("remotes"));
        Program.require("git")
                .in(remotes)
                .arguments("init", "--quiet", "--bare", "mirror.git")
                .run()
                .orThrow();
        git = GitHttpServer.serve(remotes, "x-access-token", TOKEN);
    }

    @AfterEach
    void stop() {
        git.close();
    }

    @Test
    void hidesSecretsOfEnvironment() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        destination.fault(Fault.on("PUT", "/manifests/").delayUntil(looked));
        workplace.set("GCRSYNC_DOCKERPASSWORD", PASSWORD).set("GCRSYNC_GITHUBTOKEN", TOKEN);
        ChildCommand running = workplace.start(arguments("--dockeruser=writer", "--debug"));
        try {
            running.until("the upload", () -> destination.log().count("PUT", "/manifests/") > 0);
            assertThat(commandLines(running.handle())).isNotEmpty().allSatisfy(SecretsTest::assertClean);
        } finally {
            looked.countDown();
        }

        InProcess.Result result = running.await();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.err()).contains("DEBUG");
        assertClean(result.out());
        assertClean(result.err());
        assertDiskIsClean();
        assertThat(new MetadataFiles(folder.resolve("remotes/mirror.git")).images())
                .containsExactly("a:1");
    }

    @Test
    void hidesSecretsOfFlagsEvenIfRefused() throws Exception {
        String url = git.url("mirror.git").replace("//", "//git:" + TOKEN + "@");
        InProcess.Result result = workplace
                .start(arguments("--dockeruser=writer", "--dockerpassword=" + PASSWORD, "--metadata=" + url, "--debug"))
                .await();

        assertThat(result.exitCode()).isEqualTo(3);
        assertClean(result.out());
        assertClean(result.err());
        assertDiskIsClean();
    }

    @Test
    void hidesPasswordOfMetadataUrl() throws Exception {
        String url = git.url("mirror.git").replace("//", "//x-access-token:" + TOKEN + "@");
        InProcess.Result result = workplace
                .typing(PASSWORD)
                .start(arguments("--dockeruser=writer", "--dockerpassword-stdin", "--metadata=" + url, "--debug"))
                .await();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains(", pushed");
        assertClean(result.out());
        assertClean(result.err());
        assertDiskIsClean();
    }

    @Test
    void hidesRefusedPassword() throws Exception {
        InProcess.Result result = workplace
                .set("GCRSYNC_GITHUBTOKEN", TOKEN)
                .start(arguments("--dockeruser=somebody", "--dockerpassword=" + PASSWORD, "--debug"))
                .await();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertClean(result.out());
        assertClean(result.err());
        assertDiskIsClean();
    }

    /** Tokens, refusals, a foreign storage host and a failing push, with full debug output. */
    @Test
    void hidesSecretsInDebugOutputOfFailingRun() throws Exception {
        Queue<String> toldToTheThief = new ConcurrentLinkedQueue<>();
        HttpServer thief = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        thief.createContext("/", exchange -> {
            toldToTheThief.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().entrySet());
            exchange.sendResponseHeaders(403, -1);
        });
        thief.start();
        CountDownLatch looked = new CountDownLatch(1);
        try (TestRegistry guarded = TestRegistry.builder()
                .gcrListing(true)
                .anonymousPull(false)
                .bearerAuth(Duration.ofMinutes(5), new User("reader", SOURCE_PASSWORD))
                .start()) {
            for (String name : List.of("a", "b", "c", "d")) {
                guarded.put("ns/" + name, "1", SampleImages.docker(name.charAt(0)));
            }
            guarded.fault(Fault.on("GET", "/v2/ns/b/blobs/")
                    .header("Location", "http://127.0.0.1:" + thief.getAddress().getPort() + "/storage")
                    .status(307)
                    .always());
            // A token known to the test that the registry then refuses: after ns, a, b and c, the one for d.
            guarded.fault(Fault.on("GET", "^/token")
                    .skip(4)
                    .status(200, "{\"token\":\"" + ISSUED + "\"}")
                    .always());
            guarded.fault(Fault.on("GET", "/v2/ns/b/manifests/").delayUntil(looked));
            destination.fault(Fault.on("*", "^/v2/mirror/c/").status(403).always());
            git.fault(Fault.on("POST", "git-receive-pack$").status(500).always());
            workplace
                    .dockerConfig("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                            .formatted(guarded.host(), base64("reader:" + SOURCE_PASSWORD)))
                    .set("GCRSYNC_DOCKERPASSWORD", PASSWORD)
                    .set("GCRSYNC_GITHUBTOKEN", TOKEN)
                    .set("GITHUB_STEP_SUMMARY", folder.resolve("step.md").toString());
            ChildCommand running = workplace.start(arguments(
                    "--source=" + guarded.host(),
                    "--dockeruser=writer",
                    "--querylimit=1",
                    "--debug",
                    "--log-format=json",
                    "--report=" + folder.resolve("report.json"),
                    "--report=" + folder.resolve("report.html")));
            try {
                running.until("a request", () -> guarded.log().count("GET", "/manifests/") > 0);
                assertThat(commandLines(running.handle())).isNotEmpty().allSatisfy(SecretsTest::assertClean);
            } finally {
                looked.countDown();
            }
            InProcess.Result result = running.await();

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out()).contains("NOT RECORDED").containsPattern("failed +[2-4]");
            assertClean(result.out());
            assertClean(result.err());
            assertThat(result.err()).contains("\"level\":\"DEBUG\"");
            assertThat(toldToTheThief).isNotEmpty().allSatisfy(SecretsTest::assertClean);
            assertThat(String.join("", toldToTheThief)).doesNotContainIgnoringCase("authorization");
        } finally {
            thief.stop(0);
        }
        Files.delete(folder.resolve("docker/config.json")); // The test itself put one there.
        assertDiskIsClean();
    }

    @Test
    void hidesProxyPassword() throws Exception {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            asked.add(String.valueOf(exchange.getRequestHeaders().getFirst("Proxy-Authorization")));
            exchange.sendResponseHeaders(407, -1);
        });
        proxy.start();
        InProcess.Result result;
        try {
            result = workplace
                    .set(
                            "GCRSYNC_PROXY",
                            "http://runner:" + PROXY_PASSWORD + "@127.0.0.1:"
                                    + proxy.getAddress().getPort())
                    .start(arguments("--debug", "--metadata=" + folder.resolve("metadata")))
                    .await();
        } finally {
            proxy.stop(0);
        }
        assertThat(asked).contains("Basic " + base64("runner:" + PROXY_PASSWORD));
        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err()).contains("requires other credentials (HTTP 407)");
        assertClean(result.out());
        assertClean(result.err());
        assertDiskIsClean();
    }

    private String[] arguments(String... more) {
        Stream<String> given = Stream.of(more);
        boolean metadata = Stream.of(more).anyMatch(flag -> flag.startsWith("--metadata"));
        return workplace.arguments(
                source.host(),
                destination.host() + "/mirror",
                Stream.concat(metadata ? Stream.empty() : Stream.of("--metadata=" + git.url("mirror.git")), given)
                        .toArray(String[]::new));
    }

    /** Command lines of the process and its children, as in ps. */
    private static List<String> commandLines(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .map(each -> Path.of("/proc", Long.toString(each.pid()), "cmdline"))
                .filter(Files::isReadable)
                .map(SecretsTest::read)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    /** Everything that the run left on disk, including git's packed objects. */
    private void assertDiskIsClean() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            byte[] content = read(file);
            assertClean(new String(content, StandardCharsets.ISO_8859_1));
            assertClean(new String(inflated(content), StandardCharsets.ISO_8859_1));
        }
    }

    private static void assertClean(String text) {
        assertThat(text).doesNotContain(SECRETS);
    }

    private static byte[] inflated(byte[] content) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        try (InflaterOutputStream inflating = new InflaterOutputStream(plain)) {
            inflating.write(content);
        } catch (ZipException e) {
            return new byte[0]; // Not a loose git object.
        }
        return plain.toByteArray();
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
