package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A source with a pull quota, and rate limits set by the user. */
@Timeout(120)
final class QuotaTest {
    @TempDir
    private Path folder;

    @Test
    void copiesImagesWithinQuotaAndLeavesRest() {
        try (Stage stage =
                new Stage(folder, TestRegistry.builder().gcrListing(true).pullQuota(3), TestRegistry.builder())) {
            for (int i = 0; i < 7; i++) {
                stage.offer("app:v" + i, i);
            }
            Result result = stage.run("sync", "--processlimit", "2");

            assertThat(result.exitCode()).as(result.err()).isEqualTo(5);
            assertThat(result.err())
                    .contains("allows 3 more pulls (3 in 6 h 00 min")
                    .contains("7 images need at least as many, about 12 h")
                    .contains("--wait-for-quota");
            assertThat(result.out())
                    .containsPattern("copied +3 ")
                    .containsPattern("over quota +4 ")
                    .doesNotContain("failed");
        }
    }

    @Test
    void leavesReferrersBeyondQuotaToNextRun() {
        try (Stage stage =
                new Stage(folder, TestRegistry.builder().gcrListing(true).pullQuota(4), TestRegistry.builder())) {
            for (int i = 0; i < 2; i++) {
                SampleImage image = stage.offer("app:v" + i, i);
                stage.source()
                        .put(
                                Stage.NAMESPACE + "/app",
                                SampleImages.cosignTag(image),
                                SampleImages.artifact(50 + i, ""));
            }
            assertThat(stage.run("sync", "--referrers=false").exitCode()).isZero();

            Result result = stage.run("sync", "--processlimit=1");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(5);
            assertThat(result.out()).containsPattern("referrers +1 ").containsPattern("over quota +1 ");
        }
    }

    @Test
    void recordsImagesWhenCtrlCEndsWaiting() throws Exception {
        try (Stage stage =
                new Stage(folder, TestRegistry.builder().gcrListing(true).pullQuota(3), TestRegistry.builder())) {
            for (int i = 0; i < 5; i++) {
                stage.offer("app:v" + i, i);
            }
            try (ChildCommand run =
                    stage.start(folder.resolve("here"), "sync", "--wait-for-quota", "--processlimit=1")) {
                run.until("three images", () -> stage.destination().log().count("PUT", "/manifests/v") == 3);
                run.interrupt();
                Result result = run.await();

                assertThat(result.exitCode()).as("%s", result).isEqualTo(130);
                assertThat(result.err()).contains("sleeps until the quota is renewed");
            }
            assertThat(stage.metadata().digests()).hasSize(3);
        }
    }

    @Test
    void printsNothingIfQuotaSuffices() {
        try (Stage stage =
                new Stage(folder, TestRegistry.builder().gcrListing(true).pullQuota(3), TestRegistry.builder())) {
            stage.offer("app:v1", 1);
            Result result = stage.run("sync");
            assertThat(result.exitCode()).isZero();
            assertThat(result.err()).doesNotContain("pulls");
        }
    }

    @Test
    void appliesRateLimits() {
        try (Stage stage = new Stage(folder)) {
            String digest = stage.offer("app:v1", 1).digest();
            Result result = stage.run(
                    "sync",
                    "--max-rate",
                    "100MB/s",
                    "--requests-per-second",
                    stage.source().host() + "=1000",
                    "--requests-per-second",
                    "docker.io=5");
            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(stage.mirrored("app:v1")).isEqualTo(digest);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--max-rate, 50, is not a rate",
        "--max-rate, 0MB/s, is not a rate",
        "--max-rate, 5mb, is not a rate",
        "--requests-per-second, docker.io, has no host",
        "--requests-per-second, docker.io=0, is not a number"
    })
    void refusesInvalidRate(String flag, String value, String message) {
        try (Stage stage = new Stage(folder)) {
            Result result = stage.run("sync", flag, value);
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains(message);
        }
    }
}
