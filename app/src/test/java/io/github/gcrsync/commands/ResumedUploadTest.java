package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.FaultProxy;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} during a large blob: the next run sends the rest. */
@Timeout(120)
final class ResumedUploadTest extends OnStage {
    private static final long SIZE = 32 << 20;
    private static final long SENT = 24 << 20;
    /** What a kill may lose in buffers. */
    private static final long LOST = 4 << 20;

    private static final SampleLayer LAYER = SampleImages.bigLayer(5, SIZE);
    private static final SampleImage IMAGE = SampleImages.oci("linux/amd64", LAYER);
    private static final String BLOB = "/v2/ns/big/blobs/" + LAYER.digest();

    @Override
    protected Stage open() {
        return new Stage(
                folder,
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder().locationWithQuery(true));
    }

    @BeforeEach
    void start() {
        stage.source().put("ns/big", "1", IMAGE);
        stage.source().fault(Fault.on("GET", BLOB).stallAfter(SENT));
    }

    /** Starts a run that has sent most of the layer and then stalls. */
    private ChildCommand startUntilMostIsSent() throws InterruptedException {
        ChildCommand run = stage.start(folder.resolve("here"), "sync", "--httptimeout=90s", "--debug");
        run.until(
                "most of the layer",
                () -> stage.destination().log().exchanges().stream()
                        .anyMatch(e -> e.method().equals("PUT") && e.requestBytes() >= SENT - LOST));
        return run;
    }

    private void killInTheMiddle() throws InterruptedException {
        try (ChildCommand run = startUntilMostIsSent()) {
            run.kill();
        }
        stage.source().log().clear();
        stage.destination().log().clear();
    }

    private Path uploads() {
        return folder.resolve("state/gcrsync/uploads");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(uploads())) {
            return files.toList();
        }
    }

    private void assertMirrored(Result result) throws IOException {
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.mirrored("big:1")).isEqualTo(IMAGE.digest());
        assertThat(stage.destination().hasBlob("mirror/big", LAYER.digest())).isTrue();
        assertThat(files()).isEmpty();
    }

    private void assertSentFrom(long least, long most) {
        List<Exchange> read = stage.source().log().exchanges().stream()
                .filter(e -> e.path().equals(BLOB))
                .toList();
        assertThat(read).hasSize(1);
        String range = read.getFirst().header("Range");
        long from = range.isEmpty() ? 0 : Long.parseLong(range.replaceAll("\\D", ""));
        assertThat(from).isBetween(least, most);
        assertThat(stage.destination().log().exchanges().stream()
                        .filter(e -> e.path().contains("/blobs/uploads/"))
                        .mapToLong(Exchange::requestBytes)
                        .max())
                .hasValue(LAYER.content().size() - from);
    }

    @Test
    void readsAndSendsOnlyTheRest() throws Exception {
        killInTheMiddle();

        assertMirrored(stage.run("sync"));

        assertSentFrom(SENT - LOST, SENT);
    }

    /** Debian's docker-registry keeps only complete requests, so the kill happens between two of them. */
    @Test
    void sendsOnlyTheRestToRealRegistry() throws Exception {
        try (DockerRegistry registry = DockerRegistry.start(Files.createDirectory(folder.resolve("registry")));
                FaultProxy front = FaultProxy.inFrontOf(registry.host())) {
            stage.source().clearFaults();
            placeConfig(registry.host());
            // The layer is sent in two chunks; the second one fails.
            front.fault(Fault.on("PUT", "/uploads/").status(413));
            front.fault(Fault.on("PATCH", "/uploads/").status(413));
            front.fault(Fault.on("PATCH", "/uploads/").skip(1).resetConnection().always());
            String destination = "--destination=" + front.host() + "/mirror";
            try (ChildCommand run = stage.start(folder.resolve("here"), "sync", destination)) {
                run.until("the second chunk", () -> front.log().count("PATCH", "/uploads/") == 3);
                run.kill();
            }
            front.clearFaults();
            front.log().clear();
            stage.source().log().clear();

            Result result = stage.run("sync", destination);

            assertThat(result.exitCode()).as("%s", result).isZero();
            long half = LAYER.content().size() / 2;
            assertThat(stage.source().log().exchanges())
                    .filteredOn(e -> e.path().equals(BLOB))
                    .singleElement()
                    .satisfies(e -> assertThat(e.header("Range")).isEqualTo("bytes=" + half + "-"));
            assertThat(front.log().exchanges().stream()
                            .filter(e -> e.path().contains("/uploads/"))
                            .mapToLong(Exchange::requestBytes)
                            .sum())
                    .isEqualTo(half);
            assertThat(registry.requests("PUT /v2/mirror/big/manifests/1 ")).isEqualTo(1);
            assertThat(files()).isEmpty();
        }
    }

    /** Leaves only the layer to send. */
    private static void placeConfig(String host) {
        try (Engine engine = Engine.builder().build()) {
            IMAGE.blobs().forEach((digest, content) -> {
                if (!digest.equals(LAYER.digest())) {
                    engine.registry(host)
                            .repository(new RepositoryName("mirror/big"))
                            .ensureBlob(
                                    new Descriptor("application/octet-stream", new Digest(digest), content.size()),
                                    content::openAt);
                }
            });
        }
    }

    @Test
    void keepsFilePrivateAndOutOfLog() throws Exception {
        try (ChildCommand run = startUntilMostIsSent()) {
            Path file = files().getFirst();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(uploads())))
                    .isEqualTo("rwx------");
            String state = Files.readString(file).replaceAll("(?s).*_state=(\\S+).*", "$1");
            assertThat(state).hasSizeBetween(4, 20);
            run.kill();
            assertThat(run.err()).contains("DEBUG").doesNotContain(state);
        }
    }

    @Test
    void restartsUploadWithoutFolder() throws Exception {
        killInTheMiddle();
        for (Path file : files()) {
            Files.delete(file);
        }
        Files.delete(uploads());

        assertMirrored(stage.run("sync"));

        assertSentFrom(0, 0);
    }

    @Test
    void replacesDamagedFile() throws Exception {
        killInTheMiddle();
        byte[] content = Files.readAllBytes(files().getFirst());
        content[content.length / 2] ^= 1;
        Files.write(files().getFirst(), content);

        assertMirrored(stage.run("sync"));

        assertThat(stage.destination().log().count("GET", "/blobs/uploads/")).isZero();
        assertSentFrom(0, 0);
    }

    @Test
    void restartsDiscardedSession() throws Exception {
        killInTheMiddle();
        stage.destination().fault(Fault.on("GET", "/blobs/uploads/").status(404));

        assertMirrored(stage.run("sync"));

        assertSentFrom(0, 0);
    }

    @Test
    void leavesSessionOfLiveRunAlone() throws Exception {
        try (ChildCommand run = startUntilMostIsSent()) {
            stage.source().log().clear();
            stage.destination().log().clear();

            Result result = stage.run("sync");

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(stage.mirrored("big:1")).isEqualTo(IMAGE.digest());
            assertThat(stage.destination().log().count("GET", "/blobs/uploads/"))
                    .isZero();
            assertSentFrom(0, 0);
            assertThat(files()).as("that of the other").hasSize(1);
            run.kill();
        }
        assertThat(stage.run("sync", "--force").exitCode()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void worksWithoutWritableStateFolder() throws Exception {
        stage.source().clearFaults();
        Files.createDirectories(folder.resolve("state/gcrsync"));
        Files.writeString(uploads(), "in the way");

        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.mirrored("big:1")).isEqualTo(IMAGE.digest());
    }
}
