package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Namespaces of unusual sizes and names. */
final class EdgeCasesTest extends OnStage {
    private static final int MANY = 10_000;

    @Test
    void reportsEmptyNamespace() {
        stage.source().createRepository("ns");

        Result sync = stage.run("sync");
        assertThat(sync.exitCode()).as("%s", sync).isZero();
        assertThat(sync.out()).contains("the namespace holds no images").contains("nothing new to record");

        assertThat(stage.run("test").exitCode()).isZero();
        assertThat(stage.run("monitor", "--count=1").out()).contains("0 images at the source, 0 waiting");
        assertThat(stage.run("compare", "--output=" + folder.resolve("same.json"))
                        .exitCode())
                .isZero();
        assertThat(folder.resolve("same.json")).hasContent("[]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsMissingNamespace(boolean listsAsGcr) {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder().gcrListing(listsAsGcr), TestRegistry.builder());
        stage.source().put("other/a", "1", SampleImages.oci(1));

        for (String command : List.of("sync", "test", "compare")) {
            Result result = stage.run(command);
            assertThat(result.exitCode()).as("%s: %s", command, result).isEqualTo(3);
            assertThat(result.err()).contains("begins with ns/").contains("--namespace");
        }
    }

    @Test
    void mirrorsOneTag() {
        SampleImage image = stage.offer("a:1", 1);

        Result result = stage.run("sync");

        assertThat(result.exitCode()).isZero();
        assertThat(stage.mirrored("a:1")).isEqualTo(image.digest());
        assertThat(stage.metadata().file("ImageList")).isEqualTo("[\n    \"a:1\"\n]");
    }

    @Test
    void mirrors10000TagsOfOneRepository() {
        SampleImage image = SampleImages.oci("linux/amd64", SampleImages.layer(1, 1));
        for (int tag = 0; tag < MANY; tag++) {
            stage.source().put("ns/a", "v" + tag, image);
        }

        Result result = stage.run("sync", "--processcount=-1", "--checkpoint=2500");

        assertThat(result.exitCode()).as("%s", result.out()).isZero();
        assertThat(result.out()).containsPattern("copied +" + MANY + " ");
        assertThat(stage.destination().tags("mirror/a")).hasSize(MANY);
        assertThat(stage.source().log().count("GET", "/tags/list$"))
                .as("listings")
                .isEqualTo(2);
        assertThat(stage.source().log().count("GET", "/blobs/"))
                .as("each blob once")
                .isEqualTo(2);
        assertThat(stage.metadata().images()).hasSize(MANY);
        assertThat(stage.metadata().digests()).hasSize(MANY).containsEntry("a:v77", image.digest());
        assertThat(stage.metadata().readme())
                .contains("Update(num: " + MANY + ")")
                .containsOnlyOnce("### ");
        stage.destination().log().clear();

        Result again = stage.run("sync", "--processcount=-1");

        assertThat(again.out()).containsPattern("up to date +" + MANY + "\n");
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void mirrors10000TagsInPagesWithoutDigests() {
        stage.close();
        stage = new Stage(
                folder,
                TestRegistry.builder().pageSize(1000),
                TestRegistry.builder().pageSize(1000));
        SampleImage image = SampleImages.oci("linux/amd64", SampleImages.layer(1, 1));
        for (int tag = 0; tag < MANY; tag++) {
            stage.source().put("ns/a", "v" + tag, image);
        }

        Result result = stage.run("test", "--no-forecast", "--processcount=-1");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains(MANY + " to copy, 0 up to date");
        assertThat(stage.source().log().count("HEAD", "/manifests/")).isEqualTo(MANY);
    }

    @Test
    void mirrorsAllValidNamesAndTags() {
        List<String> images = List.of(
                "a.b:1",
                "a_b:1",
                "a__b:1",
                "a-b:1",
                "a--b:1",
                "a/b.c/d__e:1",
                "a.b:V1.0",
                "a.b:v1.0",
                "a.b:_x",
                "a.b:LATEST",
                "0:A-b_C.9");
        for (int i = 0; i < images.size(); i++) {
            stage.offer(images.get(i), i);
        }

        for (String destination :
                List.of(stage.destination().host() + "/" + Stage.MIRROR, "oci:" + folder.resolve("layouts"))) {
            String there = "--destination=" + destination;
            Result result = stage.run("sync", there);

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out()).containsPattern("copied +" + images.size() + " ");
            assertThat(stage.run("compare", there, "--output=" + folder.resolve("same.json"))
                            .exitCode())
                    .isZero();
        }
        images.forEach(image -> assertThat(stage.mirrored(image)).as(image).isNotEmpty());
        assertThat(stage.metadata().images())
                .as("by bytes: upper case first")
                .containsExactlyElementsOf(images.stream().sorted().toList())
                .containsSubsequence("a.b:LATEST", "a.b:V1.0", "a.b:_x", "a.b:v1.0");
    }

    @Test
    void ignoresRepositoryWithoutTags() {
        stage.offer("a:1", 1);
        stage.source().createRepository("ns/empty");
        stage.source().put("ns/untagged", SampleImages.oci(2));

        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +1 ").doesNotContain("failed");
        assertThat(stage.destination().repositories()).containsExactly("mirror/a");
    }

    @Test
    void reportsTagDeletedBeforeCopyAsGone() throws Exception {
        stage.offer("a:1", 1);
        SampleImage deleted = stage.offer("a:2", 2);
        CountDownLatch until = new CountDownLatch(1);
        String manifest = "/v2/ns/a/manifests/" + deleted.digest();
        stage.source().fault(Fault.on("GET", manifest).delayUntil(until));

        CompletableFuture<Result> run = CompletableFuture.supplyAsync(() -> stage.run("sync"));
        Waiting.until("the copy", () -> stage.source().log().count("GET", manifest) == 1);
        stage.source().delete("ns/a", deleted.digest());
        until.countDown();
        Result result = run.get(1, TimeUnit.MINUTES);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("copied +1 ")
                .containsPattern("gone +1 +listed by the source, but deleted there\n +a:2")
                .doesNotContain("failed");
        assertThat(stage.metadata().images()).containsExactly("a:1");
    }

    @Test
    void toleratesTagDeletedBeforeDigestIsKnown() {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder(), TestRegistry.builder());
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);
        stage.source().fault(Fault.on("GET", "/v2/ns/a/manifests/2$").status(404, ""));

        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +1 ").doesNotContain("failed");
        assertThat(stage.metadata().images()).containsExactly("a:1");
    }

    @Test
    void mirrorsCurrentDigestOfTagMovedBeforeCopy() throws Exception {
        SampleImage old = stage.offer("a:1", 1);
        CountDownLatch until = new CountDownLatch(1);
        String manifest = "/v2/ns/a/manifests/" + old.digest();
        stage.source().fault(Fault.on("GET", manifest).delayUntil(until));

        CompletableFuture<Result> run = CompletableFuture.supplyAsync(() -> stage.run("sync"));
        Waiting.until("the copy", () -> stage.source().log().count("GET", manifest) == 1);
        stage.source().delete("ns/a", old.digest());
        SampleImage now = stage.offer("a:1", 2);
        until.countDown();
        Result result = run.get(1, TimeUnit.MINUTES);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.mirrored("a:1")).isEqualTo(now.digest());
        assertThat(stage.metadata().digests()).containsEntry("a:1", now.digest());
    }
}
