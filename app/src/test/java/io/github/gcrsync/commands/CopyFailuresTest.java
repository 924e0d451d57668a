package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What copy reports, and its exit code, if something fails or is wrong. */
final class CopyFailuresTest extends CopyOfImage {
    @Test
    void namesImagesOfFolderThatIsNotClear() throws IOException {
        String layout = "oci:" + folder.resolve("layout");
        copy(from(), layout);
        copy(from(), layout + ":2.0");

        assertThat(copy(layout, to("app")).err()).contains("holds 2 images; name one: " + layout + ":1.0 (1.0, 2.0)");
        assertThat(copy("oci:" + folder, to("app")).err())
                .contains("is a folder of image layouts, not one layout; name one of them, such as " + layout + ":TAG");
        Files.createDirectories(folder.resolve("empty"));
        Result empty = copy("oci:" + folder.resolve("empty"), to("app"));
        assertThat(empty.exitCode()).isEqualTo(3);
        assertThat(empty.err()).contains("empty is not an OCI image layout; check the path");
        assertThat(copy(layout + ":3.0", to("app")).exitCode()).isEqualTo(1);
        assertThat(copy(from(), layout + "@" + image.digest()).exitCode()).isEqualTo(2);
    }

    @Test
    void copiesToOtherDestinationsIfOneFails() {
        destination.fault(Fault.on("POST", "/v2/denied/").status(403).always());

        Result result = copy(from(), to("denied/app"), to("good/app"), "oci:" + folder.resolve("layout"));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("failed      .* -> " + to("denied/app:1.0")
                        + "  sha256:[0-9a-f]{64}\n  destination: .*403.*\n"
                        + "  what to do: log in to the destination as a user that may push")
                .containsPattern("copied      .* -> " + to("good/app:1.0"))
                .containsPattern("copied      .* -> oci:");
        assertThat(result.err()).contains("FAILED   " + to("denied/app:1.0") + "  destination: ");
        assertThat(destination.manifestDigest("good/app", "1.0")).isEqualTo(image.digest());
    }

    @Test
    void reportsUnknownTag() {
        Result result = copy(source.host() + "/team/app:nope", to("app"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains("  source: ", "404", "what to do: check the name and the tag")
                .doesNotContain("--exclude-tag");
        assertThat(destination.log().count()).isZero();
    }

    @Test
    void reportsDamagedBlob() {
        source.fault(Fault.on("GET", "/blobs/").corruptByte(3).always());

        Result result = copy(from(), to("app"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).startsWith("failed  ").contains("  source: ", "what to do: run again");
        assertThat(destination.tags("app")).isEmpty();
    }

    @Test
    void retriesBrokenTransfer() {
        source.fault(Fault.on("GET", "/blobs/").cutAfter(10).times(2));

        assertThat(copy(from(), to("app")).exitCode()).isZero();
        assertThat(destination.manifestDigest("app", "1.0")).isEqualTo(image.digest());
    }

    @Test
    void reportsSideThatIsLostAsAWhole() {
        Fault down =
                Fault.on("*", "/v2/").status(503).header("Retry-After", "0").always();
        destination.fault(down);
        assertThat(copy(from(), to("app")).exitCode()).as("destination").isEqualTo(3);
        assertThat(copy(from(), to("app"), "oci:" + folder.resolve("layout")).exitCode())
                .as("only one of two destinations")
                .isEqualTo(1);
        source.fault(down);
        Result result = copy(from(), to("app"), "oci:" + folder.resolve("other"));
        assertThat(result.exitCode()).as("source").isEqualTo(3);
        assertThat(result.out()).contains("  source: ", "503");
    }

    @Test
    void logsInToBothSides() {
        try (TestRegistry here =
                        TestRegistry.builder().basicAuth("reader", "secret-1").start();
                TestRegistry there =
                        TestRegistry.builder().basicAuth("writer", "secret-2").start()) {
            here.put("app", "1", image);
            String from = here.host() + "/app:1";
            String to = there.host() + "/app";
            place.set("GCRSYNC_SOURCE_PASSWORD", "secret-1");

            assertThat(copy(from, to).exitCode()).as("no user").isEqualTo(3);
            place.typing("secret-2\n");
            Result result =
                    copy("--source-user=reader", "--dockeruser=writer", "--dockerpassword-stdin", from, to, to + ":2");
            assertThat(result.exitCode()).as("%s", result).isZero();
            place.typing("wrong\n");
            Result wrong = copy("--source-user=reader", "--dockeruser=writer", "--dockerpassword-stdin", from, to);
            assertThat(wrong.exitCode()).isEqualTo(3);
            assertThat(wrong.out() + wrong.err()).contains("writer").doesNotContain("secret", "wrong\n");
            Result several = copy("--dockeruser=writer", "--dockerpassword=secret-2", from, to, "127.0.0.1:1/app");
            assertThat(several.exitCode()).isEqualTo(2);
            assertThat(several.err()).contains(there.host(), "127.0.0.1:1", "use docker login");
            place.set("GCRSYNC_DOCKERUSER", "writer").set("GCRSYNC_DOCKERPASSWORD", "secret-2");
            assertThat(copy("--source-user=reader", from, to).exitCode())
                    .as("a login that is set for a mirror")
                    .isEqualTo(3);
        }
    }

    @Test
    void endsWithCodeOfUsedUpQuota() {
        try (TestRegistry limited = TestRegistry.builder().pullQuota(1).start()) {
            limited.put("app", "1", SampleImages.oci(1));
            limited.put("app", "2", SampleImages.oci(2));

            assertThat(copy(limited.host() + "/app:1", to("app")).exitCode()).isZero();
            Result result = copy(limited.host() + "/app:2", to("app"));

            assertThat(result.exitCode()).as("%s", result).isEqualTo(5);
            assertThat(result.out()).contains("over quota  ", "the source's pull quota is used up");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "registry.example.com|a host without a repository",
                "localhost:5000|a host without a repository",
                "./folder|oci:DIR:TAG for a folder",
                "/tmp/folder|oci:DIR:TAG for a folder",
                "https://registry.example.com/app|a URL",
                "docker-archive:/tmp/app.tar|not a registry host: docker-archive:",
                "registry.example.com/App|not a repository name: App",
                "registry.example.com/app@sha256:12|not a sha256 or sha512 digest",
                "oci:|names no folder",
                "oci:/tmp/x:a b|not a tag: a b"
            })
    void explainsWrongImageNames(String wrong, String words) {
        for (Result result : List.of(copy(wrong, to("app")), copy(from(), wrong))) {
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("'" + wrong + "' names no image: ", words);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "copy --quiet registry.example.com/app"})
    void refusesMissingArguments(String line) {
        Result result = place.run(line.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("Missing required parameter", "'gcrsync copy --help'");
    }

    @Test
    void stopsOnCtrlCAndCopiesRestLater() throws Exception {
        CountDownLatch blobsMayCome = new CountDownLatch(1);
        source.fault(Fault.on("GET", "/blobs/").delayUntil(blobsMayCome).always());
        try (ChildCommand run = place.start("copy", from(), to("first/app"), to("second/app"))) {
            run.until("a blob", () -> source.log().count("GET", "/blobs/") > 0);
            run.interrupt();
            run.until("the message", () -> run.err().contains("stopping after the blobs in flight; run it again"));
            blobsMayCome.countDown();
            Result result = run.await();

            assertThat(result.exitCode()).as("%s", result).isEqualTo(130);
            assertThat(result.out()).contains("not finished  ");
        }
        source.clearFaults();
        assertThat(copy(from(), to("first/app"), to("second/app")).exitCode()).isZero();
    }
}
