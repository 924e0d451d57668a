package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How far sync trusts its ledger, what it repairs, and the names at the destination. */
final class SyncTest extends OnStage {
    @Test
    void trustsRecordedDigest() {
        sixImages();
        damage();

        Result result = sync();

        assertThat(result.out()).containsPattern("up to date +6\n");
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void repairsWithOneHeadPerRecordedTag() {
        Map<String, String> images = sixImages();
        damage();

        Result result = sync("--check-destination");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +2 ").containsPattern("up to date +4\n");
        images.forEach(
                (image, digest) -> assertThat(stage.mirrored(image)).as(image).isEqualTo(digest));
        assertThat(headsByPath())
                .hasSize(6)
                .allSatisfy((path, count) -> assertThat(count).isEqualTo(1));
        assertThat(stage.destination().log().count("GET", ".*")).isZero();
        assertThat(stage.source().log().count("GET", "/manifests/"))
                .as("of what is repaired")
                .isEqualTo(2);
        assertThat(stage.metadata().digests()).isEqualTo(images);
        assertThat(result.out()).as("the ledger was right").contains("nothing new to record");
    }

    @Test
    void forgetsUnrepairedImagesForNextRun() {
        Map<String, String> images = sixImages();
        damage();

        Result first = sync("--check-destination", "--processcount=1");

        assertThat(first.out()).containsPattern("copied +1 ").containsPattern("waiting +1 ");
        assertThat(stage.metadata().digests()).hasSize(5);
        assertThat(stage.metadata().images()).as("listed all the same").hasSize(6);

        Result second = sync();
        assertThat(second.out()).containsPattern("copied +1 ").containsPattern("up to date +5\n");
        assertThat(stage.metadata().digests()).isEqualTo(images);
        images.forEach(
                (image, digest) -> assertThat(stage.mirrored(image)).as(image).isEqualTo(digest));
    }

    @Test
    void reportsImagesLostOnBothSides() {
        sixImages();
        for (String tag : List.of("1", "2", "3")) {
            stage.source().delete("ns/a", tag);
        }
        stage.destination().delete("mirror/a", "1");
        stage.place("a:2", SampleImages.oci(99));
        stage.destination().log().clear();

        Result result = sync("--check-destination");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("lost +2 .*\n    a:1\n    a:2\n");
        assertThat(headsByPath())
                .hasSize(6)
                .allSatisfy((path, count) -> assertThat(count).isEqualTo(1));
        assertThat(stage.metadata().digests()).containsOnlyKeys("a:3", "b:1", "b:2", "b:3");
        assertThat(stage.metadata().images()).as("was mirrored once").contains("a:1", "a:2");
        assertThat(stage.metadata().readme()).as("nothing was mirrored").containsOnlyOnce("### ");
        assertThat(stage.run("log", "a:1").out())
                .containsPattern("forgotten +a:1 +sha256:\\w{12}  \\(")
                .containsPattern("mirrored +a:1 ");
        assertThat(sync("--check-destination").out()).as("told once").doesNotContain("lost");
    }

    @Test
    void copiesSelectionAgainWithForce() {
        Map<String, String> images = sixImages();
        damage();

        Result result = sync("--force", "--exclude-repository=b");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +3 ");
        assertThat(stage.destination().log().count("PUT", "/v2/mirror/a/manifests/"))
                .isEqualTo(3);
        assertThat(stage.destination().log().count("PUT", "/v2/mirror/b/manifests/"))
                .isZero();
        assertThat(stage.mirrored("a:1")).isEqualTo(images.get("a:1"));
        assertThat(stage.mirrored("b:2")).as("not selected").isNotEqualTo(images.get("b:2"));
    }

    @Test
    void doesNotTrustRecordsForAnotherDestination() {
        Map<String, String> images = sixImages();
        try (TestRegistry other = TestRegistry.start()) {
            String there = "--destination=" + other.host() + "/mirror";

            Result result = sync(there);

            assertThat(result.exitCode()).as("%s", result).isZero();
            images.forEach((image, digest) -> assertThat(
                            other.manifestDigest("mirror/" + image.split(":")[0], image.split(":")[1]))
                    .isEqualTo(digest));
            String file = "ImageDigests." + other.host().replace(':', '-') + "-mirror";
            assertThat(stage.metadata().file(file)).contains("# destination " + other.host() + "/mirror\n");
            assertThat(stage.metadata().file("ImageDigests"))
                    .contains("# destination " + stage.destination().host() + "/mirror\n");
            assertThat(stage.metadata().digests()).isEqualTo(images);
            assertThat(sync(there).out()).containsPattern("up to date +6\n");
        }
    }

    @Test
    void doesNotTrustRecordsForOtherNames() {
        Map<String, String> images = sixImages();
        String renaming = "--name-template={namespace}/{repository}-copy:v{tag}";

        Result result = sync(renaming);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +6 ");
        images.forEach((image, digest) -> assertThat(stage.destination()
                        .manifestDigest(
                                "mirror/ns/" + image.replaceFirst(":.*", "-copy"), image.replaceFirst(".*:", "v")))
                .isEqualTo(digest));
        assertThat(stage.metadata().images())
                .as("by its name at the source")
                .containsExactlyElementsOf(images.keySet());
        stage.destination().log().clear();
        assertThat(sync(renaming).out()).containsPattern("up to date +6\n");
        assertThat(stage.destination().log().count()).isZero();
        assertThat(stage.run("compare", renaming, "--output=" + folder.resolve("same.json"))
                        .exitCode())
                .as("the first names are extra now")
                .isEqualTo(4);
    }

    @Test
    void expandsRegistryInTemplate() {
        stage.offer("a:1", 1);

        Result result = sync("--name-template={registry}/{namespace}/{repository}");

        assertThat(result.exitCode()).as("%s", result).isZero();
        String registry = stage.source().host().replace(':', '-');
        assertThat(stage.destination().tags("mirror/" + registry + "/ns/a")).containsExactly("1");
    }

    @Test
    void refusesImagesWithSameName() {
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);

        Result result = sync("--name-template={repository}:latest");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .startsWith("gcrsync: a:1 and a:2 would both become mirror/a:latest")
                .contains("--exclude-tag", "--name-template");
        assertThat(stage.destination().log().count()).isZero();
        assertThat(stage.metadata().exists() ? stage.metadata().git("rev-list", "--all") : "")
                .isEmpty();
    }

    @Test
    void failsOnlyImageWithInvalidName() {
        stage.offer("a:1", 1);
        stage.offer("a:" + "x".repeat(125), 2);

        Result result = sync("--max-tag-length=0", "--name-template={repository}:copy-of-{tag}");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).contains("invalid name at the destination");
        assertThat(stage.destination().tags("mirror/a")).containsExactly("copy-of-1");
    }

    @Test
    void reportsUnknownPlaceholder() {
        Result result = sync("--name-template={repo}:{tag}");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        "--name-template",
                        "{repo} is not a placeholder",
                        "{registry}, {namespace}, {repository}, {repository.last} and {tag}");
    }

    /** Mirrors a:1 to b:3 and clears both logs. */
    private Map<String, String> sixImages() {
        Map<String, String> digests = new java.util.TreeMap<>();
        for (String repository : List.of("a", "b")) {
            for (int tag = 1; tag <= 3; tag++) {
                String image = repository + ":" + tag;
                SampleImage made = stage.offer(image, image.hashCode());
                digests.put(image, made.digest());
            }
        }
        Result result = sync();
        assertThat(result.exitCode()).as("%s", result).isZero();
        stage.source().log().clear();
        stage.destination().log().clear();
        return digests;
    }

    /** Without gcrsync's knowledge, deletes a:1 and replaces b:2. */
    private void damage() {
        stage.destination().delete("mirror/a", "1");
        stage.place("b:2", SampleImages.oci(77));
    }

    private Map<String, Long> headsByPath() {
        return stage.destination().log().exchanges().stream()
                .filter(exchange -> exchange.method().equals("HEAD"))
                .map(Exchange::path)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private Result sync(String... flags) {
        return stage.run("sync", flags);
    }
}
