package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in docs/library.md, as they stand there. */
final class LibraryExampleTest {
    /** The library and what its page says that it needs. */
    private static final Pattern LIBRARY = Pattern.compile(
            "/core/target/|/(httpclient5|httpcore5|httpcore5-h2|commons-codec|jackson-core|slf4j-api|jspecify)-[0-9.]+jar$");

    private static final SampleImage IMAGE = SampleImages.multiPlatform(1);
    private static final SampleImage SIGNATURE = SampleImages.signature(2, IMAGE);

    @TempDir
    private static Path classes;

    private static JavaPrograms programs;

    private final TestRegistry source = TestRegistry.start();
    private final TestRegistry destination = TestRegistry.start();
    private final String from = source.host() + "/team/app:1";
    private final String to = destination.host() + "/mirror/app:1";

    @BeforeAll
    static void compile() throws Exception {
        programs = JavaPrograms.compile("docs/library.md", classes);
    }

    LibraryExampleTest() {
        source.put("team/app", "1", IMAGE);
        source.put("team/app", SIGNATURE);
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    @Test
    void noOtherProgramIsInTheDocument() {
        assertThat(programs.names())
                .containsExactly(
                        "CopyImage",
                        "CopyWithProgress",
                        "StopOnEnter",
                        "ListTags",
                        "CopySigned",
                        "ThroughFolder",
                        "PushFiles");
    }

    @Test
    void copyImage() {
        assertThat(run("CopyImage", from, to))
                .containsExactly(
                        IMAGE.mediaType() + " with " + (IMAGE.manifests().size() - 1) + " children",
                        to + " is " + IMAGE.digest(),
                        "referred to by " + SIGNATURE.digest());
        assertCopied("mirror/app", "1");
    }

    @Test
    void copyWithProgress() {
        assertThat(run("CopyWithProgress", from, to))
                .hasSize(IMAGE.blobs().size())
                .allMatch(line -> line.startsWith("UPLOADED sha256:") && line.endsWith(" bytes"));
        assertCopied("mirror/app", "1");

        assertThat(run("CopyWithProgress", to, destination.host() + "/other/app:1"))
                .hasSize(IMAGE.blobs().size())
                .allMatch(line -> line.startsWith("MOUNTED sha256:"));
        assertCopied("other/app", "1");
    }

    @Test
    void stopOnEnter() throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        source.fault(Fault.on("GET", "/manifests/").delayUntil(stopping));
        Process program = new ProcessBuilder(command("StopOnEnter", from, to)).start();
        try (BufferedReader output = program.inputReader()) {
            program.getOutputStream().write('\n');
            program.getOutputStream().close();
            assertThat(output.readLine()).isEqualTo("stopping");
            stopping.countDown();

            assertThat(output.readLine()).isEqualTo("stopped");
            assertThat(program.waitFor()).isZero();
        } finally {
            stopping.countDown();
            program.destroy();
        }
        assertThat(destination.tags("mirror/app")).isEmpty();
    }

    @Test
    void listTags() {
        source.put("team/app", "2", SampleImages.oci(3));

        assertThat(run("ListTags", source.host() + "/team/app"))
                .containsExactly(
                        "1 " + IMAGE.digest(),
                        "  application/vnd.dev.sigstore.bundle.v0.3+json " + SIGNATURE.digest(),
                        "2 " + SampleImages.oci(3).digest());
    }

    @Test
    void copySigned(@TempDir Path folder) {
        cosign(folder, "generate-key-pair");
        String key = folder.resolve("cosign.pub").toString();
        assertThat(run("CopySigned", from, to, key))
                .singleElement()
                .asString()
                .startsWith("bad signature: " + IMAGE.digest() + " has a bad signature: " + SIGNATURE.digest() + " ");
        assertThat(destination.tags("mirror/app")).isEmpty();

        cosign(folder, "sign", "--yes", "--tlog-upload=false", "--key", "cosign.key", from);
        assertThat(run("CopySigned", from, to, key))
                .containsExactly("copied " + IMAGE.digest() + ", signed by [" + key + "]");
        assertCopied("mirror/app", "1");
    }

    private static void cosign(Path folder, String... arguments) {
        Program.require("cosign")
                .arguments(arguments)
                .in(folder)
                .environment("HOME", folder.toString())
                .environment("COSIGN_PASSWORD", "")
                .run()
                .orThrow();
    }

    @Test
    void throughFolder(@TempDir Path folder) {
        assertThat(run("ThroughFolder", from, to, folder.toString()))
                .hasSize(IMAGE.manifests().size() - 1)
                .allMatch(line -> line.startsWith("application/vnd.oci.image.manifest.v1+json sha256:"));
        assertCopied("mirror/app", "1");
        assertThat(folder.resolve("team/app/oci-layout")).isRegularFile();
    }

    @Test
    void pushFiles(@TempDir Path folder) throws Exception {
        Path report = Files.writeString(folder.resolve("report.txt"), "all is well");
        Path data = Files.writeString(folder.resolve("data.csv"), "1;2;3");
        Path pulled = folder.resolve("pulled");

        assertThat(run("PushFiles", to, report.toString(), data.toString(), pulled.toString()))
                .containsExactly(
                        "pushed " + destination.manifestDigest("mirror/app", "1"),
                        "pulled " + pulled.resolve("report.txt"),
                        "pulled " + pulled.resolve("data.csv"));
        assertThat(pulled.resolve("report.txt")).hasSameBinaryContentAs(report);
        assertThat(pulled.resolve("data.csv")).hasSameBinaryContentAs(data);
    }

    private void assertCopied(String repository, String tag) {
        assertThat(destination.manifestDigest(repository, tag)).isEqualTo(IMAGE.digest());
    }

    /** The lines that the program prints. */
    private static List<String> run(String program, String... arguments) {
        List<String> command = command(program, arguments);
        return Program.at(Path.of(command.getFirst()))
                .arguments(command.subList(1, command.size()).toArray(String[]::new))
                .environment("DOCKER_CONFIG", classes.toString())
                .run()
                .orThrow()
                .stdout()
                .lines()
                .toList();
    }

    private static List<String> command(String program, String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> LIBRARY.matcher(entry).find())
                .collect(Collectors.joining(":", classes + ":", ""));
        return Stream.concat(Stream.of(java, "-cp", classPath, program), Stream.of(arguments))
                .toList();
    }
}
