package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of source and destination registries. */
final class RegistryFaultsTest extends OnStage {
    private static final int IMAGES = 12;
    private static final int REPOSITORIES = 4;

    @BeforeEach
    void start() {
        stage.with(Hurry.TO_RETRY);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 429})
    void survivesErrorStorms(int status) {
        offer();
        // Per repository: after three such responses in a row, an upload rightly gives up.
        for (int repository = 0; repository < REPOSITORIES; repository++) {
            String path = "/mirror/r" + repository;
            for (Fault storm : List.of(
                    Fault.on("GET", path + "/tags/"),
                    Fault.on("POST", path + "/blobs/uploads/"),
                    Fault.on("PUT", path + "/blobs/uploads/"),
                    Fault.on("PUT", path + "/manifests/"))) {
                stage.destination()
                        .fault(storm.times(2).header("Retry-After", "0").status(status));
            }
        }
        stage.source()
                .fault(Fault.on("GET", "(manifests|blobs)/")
                        .skip(2)
                        .times(4)
                        .header("Retry-After", "0")
                        .status(status));

        assertAllIsMirrored(stage.run("sync", "--processlimit=4"));
        assertThat(stage.destination().log().exchanges())
                .filteredOn(exchange -> exchange.status() == status)
                .hasSize(REPOSITORIES * 4 * 2);
    }

    @Test
    void renewsTokensThatExpireEverySecond() {
        stage.close();
        stage = new Stage(
                        folder,
                        TestRegistry.builder().gcrListing(true).bearerAuth(Duration.ofSeconds(1)),
                        TestRegistry.builder().bearerAuth(Duration.ofSeconds(1), new User("robot", "secret")))
                .with(Hurry.TO_RETRY);
        offer();
        stage.source().fault(Fault.on("GET", "/blobs/").throttle(900).always());

        assertAllIsMirrored(stage.run("sync", "--processlimit=3", "--dockeruser=robot", "--dockerpassword=secret"));
        assertThat(stage.source().log().count("GET", "^/token")).isGreaterThan(2 * 4);
    }

    @Test
    void ignoresWrongDigestHeader() {
        stage.close();
        stage = new Stage(
                        folder,
                        TestRegistry.builder().gcrListing(true).foreignDigestHeader(true),
                        TestRegistry.builder())
                .with(Hurry.TO_RETRY);
        offer();

        assertAllIsMirrored(stage.run("sync"));
        stage.metadata()
                .digests()
                .forEach((image, digest) -> assertThat(Held.digest(
                                stage.destination().manifestBytes("mirror/" + image.replaceFirst(":.*", ""), digest)))
                        .isEqualTo(digest));
    }

    @Test
    void pushesGarbageCollectedContentAgain() throws Exception {
        SampleLayer layer = SampleImages.layer(1, 2);
        SampleImage image = SampleImages.oci("linux/amd64", layer);
        stage.source().put("ns/a", "1", image);
        CountDownLatch collected = new CountDownLatch(1);
        stage.destination().fault(Fault.on("PUT", "/manifests/1").delayUntil(collected));
        try (ChildCommand run = stage.start(folder, "sync")) {
            run.until("the manifest", () -> stage.destination().log().count("PUT", "/manifests/1") > 0);
            stage.destination().deleteBlob("mirror/a", layer.digest());
            collected.countDown();
            Result result = run.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
        }
        assertThat(stage.destination().hasBlob("mirror/a", layer.digest())).isTrue();
        assertThat(stage.mirrored("a:1")).isEqualTo(image.digest());
    }

    @Test
    void recordsCopiedDigestOfTagThatMovesDuringCopy() throws Exception {
        SampleImage before = stage.offer("a:1", 1);
        CountDownLatch moved = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(moved));
        try (ChildCommand run = stage.start(folder, "sync")) {
            run.until("a blob", () -> stage.source().log().count("GET", "/blobs/") > 0);
            stage.offer("a:1", 2);
            moved.countDown();
            assertThat(run.await().exitCode()).isZero();
        }
        assertThat(stage.metadata().digests()).containsEntry("a:1", before.digest());
        assertThat(stage.mirrored("a:1")).isEqualTo(before.digest());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "507 | disk full",
                "403 | {\"errors\":[{\"code\":\"DENIED\",\"message\":\"adding 1 MiB will exceed the configured upper limit of 10 MiB\"}]}",
                "403 | {\"errors\":[{\"code\":\"DENIED\",\"message\":\"Quota has been exceeded on namespace\"}]}",
                "405 | {\"errors\":[{\"code\":\"UNSUPPORTED\"}]}"
            })
    void endsRunEarlyIfDestinationIsFullOrReadOnly(int status, String body) {
        offer();
        stage.destination()
                .fault(Fault.on("POST", "/blobs/uploads/")
                        .skip(3)
                        .status(status, body)
                        .always());

        Result result = stage.run("sync", "--processlimit=2");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.out())
                .containsPattern("(?m)^  failed +1$")
                .containsPattern("(?m)^gave up: the destination accepts no more data: HTTP " + status)
                .contains("free space at the destination");
        assertThat(result.err().lines())
                .filteredOn(line -> line.contains("FAILED"))
                .hasSize(1);
        assertThat(stage.destination().log().count("POST", "/blobs/uploads/")).isLessThan(2 * IMAGES);

        stage.destination().clearFaults();
        assertAllIsMirrored(stage.run("sync"));
    }

    @Test
    void endsRunIfRealRegistryIsReadOnly() {
        offer();
        try (DockerRegistry readOnly =
                DockerRegistry.in(folder.resolve("registry")).readOnly(true).start()) {
            Result result = stage.run("sync", "--destination=" + readOnly.host() + "/mirror", "--processlimit=1");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.out())
                    .containsPattern("(?m)^  failed +1$")
                    .contains("gave up: the destination accepts no more data: HTTP 405");
        }
    }

    private void offer() {
        IntStream.range(0, IMAGES).forEach(i -> stage.offer("r" + i % REPOSITORIES + ":" + i, i));
    }

    private void assertAllIsMirrored(Result result) {
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.metadata().digests()).hasSize(IMAGES);
        stage.metadata()
                .digests()
                .forEach((image, digest) -> assertThat(stage.mirrored(image)).isEqualTo(digest));
    }
}
