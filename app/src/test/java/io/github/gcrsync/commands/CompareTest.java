package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * compare reports the state of the destination itself, whatever the ledger says, and sends no request that counts as a
 * pull.
 */
final class CompareTest extends OnStage {
    @ParameterizedTest
    @CsvSource({
        "HEAD, /v2/mirror/b/manifests/, 403",
        "HEAD, /v2/mirror/b/manifests/, 500",
        "GET, /v2/mirror/b/tags/, 500"
    })
    void reportsEveryKindOfDifference(String method, String path, int status) {
        SampleImage other = different();
        stage.destination()
                .fault(Fault.on(method, path)
                        .status(status)
                        .header("Retry-After", "0")
                        .always());

        Result result = compare();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(4);
        assertThat(result.out())
                .containsPattern("same +1\n")
                .containsPattern("different +1\n")
                .containsPattern("missing +1\n")
                .containsPattern("extra +1\n")
                .containsPattern("unknown +1\n")
                .containsPattern("different +a:2 +source " + stage.source().manifestDigest("ns/a", "2")
                        + ", destination " + other.digest())
                .containsPattern("missing +a:3\n")
                .containsPattern("extra +mirror/a:4\n")
                .containsPattern("unknown +b:1 +destination: .*" + status);
        assertThat(list()).isEqualTo("[\n    \"a:1\"\n]");
    }

    @Test
    void printsSameResultAsJson() {
        SampleImage other = different();
        stage.destination().fault(Fault.on("HEAD", "/v2/mirror/b/").status(403).always());

        Result result = compare("--format", "json");

        Map<?, ?> json =
                (Map<?, ?>) Objects.requireNonNull(Json.tree(result.out().getBytes(StandardCharsets.UTF_8)));
        assertThat(((Map<?, ?>) Objects.requireNonNull(json.get("counts"))))
                .hasToString("{same=1, different=1, missing=1, damaged=0, incomplete=0, extra=1, gone=0, unknown=1}");
        List<?> images = (List<?>) Objects.requireNonNull(json.get("images"));
        assertThat(images).hasSize(5);
        assertThat(images.get(1))
                .isEqualTo(Map.of(
                        "image",
                        "a:2",
                        "state",
                        "different",
                        "source",
                        stage.source().manifestDigest("ns/a", "2"),
                        "destination",
                        other.digest()));
        assertThat(String.valueOf(images.get(3))).contains("b:1", "unknown", "reason");
    }

    @Test
    void writesIdenticalImagesInFormatOfImageList() {
        stage.offer("b:2", 1);
        stage.offer("b:10", 2);
        stage.offer("a/c:1", 3);
        assertThat(stage.run("sync").exitCode()).isZero();

        Result result = compare();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(list()).isEqualTo("[\n    \"a/c:1\",\n    \"b:10\",\n    \"b:2\"\n]");
        assertThat(list()).isEqualTo(stage.metadata().file("ImageList"));
    }

    @Test
    void ignoresLedger() throws Exception {
        stage.place("a:1", stage.offer("a:1", 1));
        Files.writeString(folder.resolve("metadata"), "no repository");

        Result result = compare();

        assertThat(result.exitCode()).as("%s", result).isZero();
    }

    @Test
    void reportsFailedComparison() {
        stage.place("a:1", stage.offer("a:1", 1));
        stage.destination().fault(Fault.on("HEAD", "/v2/mirror/a/").status(403).always());

        assertThat(compare().exitCode()).as("all unknown").isEqualTo(3);
        assertThat(compare("--namespace=nothing").exitCode())
                .as("no such source")
                .isEqualTo(3);

        stage.destination()
                .fault(Fault.on("GET", "_catalog")
                        .status(500)
                        .header("Retry-After", "0")
                        .always());
        Result noListing = compare();
        assertThat(noListing.exitCode()).as("%s", noListing).isEqualTo(3);
        assertThat(noListing.err()).startsWith("gcrsync: ").contains("500");
    }

    @Test
    void truncatesManyDifferences() {
        for (int i = 0; i < 25; i++) {
            stage.offer("a:" + i, 1);
        }

        Result result = compare();

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out().lines().filter(line -> line.startsWith("    missing")))
                .hasSize(20);
        assertThat(result.out()).contains("and 5 more");
        assertThat(list()).isEqualTo("[]");
    }

    @Test
    void writesListToCurrentFolder() throws Exception {
        stage.place("a:1", stage.offer("a:1", 1));
        stage.source().put("deep/er/a", "1", SampleImages.oci(7));
        Path here = folder.resolve("here");

        try (ChildCommand plain = stage.start(here, "compare");
                ChildCommand deep = stage.start(here, "compare", "--namespace=deep/er")) {
            Result result = plain.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out()).endsWith("images that are the same: ns.json\n");
            assertThat(deep.await().exitCode()).isEqualTo(4);
        }
        assertThat(here.resolve("ns.json")).hasContent("[\n    \"a:1\"\n]");
        assertThat(here.resolve("deep_er.json")).exists();
        assertThat(folder.resolve("metadata")).doesNotExist();
    }

    @Test
    void refusesFolderAsOutputBeforeAnyRequest() {
        stage.offer("a:1", 1);

        Result result = stage.run("compare", "--output=" + folder);

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains(folder + ": it is a folder; use --output with a file");
        assertThat(stage.source().log().count()).isZero();
    }

    @Test
    void printsResultIfListCannotBeWritten() throws Exception {
        stage.place("a:1", stage.offer("a:1", 1));
        Path here = folder.resolve("here");
        Files.createDirectories(here.resolve("ns.json")); // A folder is in its place, because root may write anywhere.

        try (ChildCommand comparing = stage.start(here, "compare")) {
            Result result = comparing.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out()).containsPattern("same +1\n").doesNotContain("images that are the same");
            assertThat(result.err())
                    .contains("cannot write the list of identical images to ns.json", "use another file with --output");
        }
        Result asked = stage.run("compare", "--output=" + folder.resolve("no/same.json"), "--format=json");
        assertThat(asked.exitCode()).as("the file was requested").isEqualTo(3);
        assertThat(asked.out()).contains("\"same\":1");
        assertThat(asked.err()).contains("use another file with --output");
    }

    @Test
    void requestsManifestsOnlyByHeadWithinLimit() throws Exception {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder(), TestRegistry.builder());
        for (int i = 0; i < 40; i++) {
            stage.place("a:" + i, stage.offer("a:" + i, i));
        }
        CountDownLatch hold = new CountDownLatch(1);
        stage.destination()
                .fault(Fault.on("HEAD", "/manifests/").delayUntil(hold).always());

        CompletableFuture<Result> comparing = CompletableFuture.supplyAsync(() -> compare("--querylimit=3"));
        Waiting.until("three requests at once", () -> stage.destination().log().count("HEAD", "/manifests/") >= 3);
        hold.countDown();
        Result result = comparing.get(1, TimeUnit.MINUTES);

        assertThat(result.exitCode()).as("%s", result).isZero();
        for (TestRegistry registry : List.of(stage.source(), stage.destination())) {
            assertThat(registry.log().count("GET", "/manifests/")).isZero();
            assertThat(registry.log().count("GET", "/blobs/")).isZero();
            assertThat(registry.log().count("HEAD", "/manifests/")).isEqualTo(40);
            assertThat(registry.log().maxInFlight()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void requestsNoManifestIfDestinationListsDigests() {
        stage.close();
        stage = new Stage(
                folder,
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder().gcrListing(true));
        different();

        Result result = compare();

        assertThat(result.out())
                .containsPattern("same +2\n")
                .containsPattern("different +1\n")
                .containsPattern("missing +1\n")
                .containsPattern("extra +1\n");
        assertThat(stage.destination().log().count("HEAD", ".*")).isZero();
        assertThat(stage.destination().log().count())
                .as("the namespace and two repositories")
                .isEqualTo(3);
    }

    @Test
    void queriesEachRepositoryWithoutCatalog() {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder(), TestRegistry.builder().catalog(false));
        different();

        Result result = compare();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(4);
        assertThat(result.out())
                .containsPattern("same +2\n")
                .containsPattern("different +1\n")
                .containsPattern("missing +1\n")
                .containsPattern("extra +mirror/a:4\n");
    }

    @Test
    void queriesEachRepositoryOfRegistryWithoutPath() {
        stage.destination().put("a", "1", stage.offer("a:1", 1));
        stage.offer("b:1", 2);

        Result result = compare("--destination=" + stage.destination().host());

        assertThat(result.exitCode()).as("%s", result).isEqualTo(4);
        assertThat(result.out()).containsPattern("same +1\n").containsPattern("missing +b:1\n");
    }

    @Test
    void comparesFolderOfLayouts() {
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);
        stage.offer("a:3", 3);
        String layouts = "--destination=oci:" + folder.resolve("layouts");
        assertThat(stage.run("sync", layouts).exitCode()).isZero();

        assertThat(compare(layouts).exitCode()).isZero();

        stage.offer("a:2", 12);
        stage.source().delete("ns/a", "3");
        stage.offer("b:1", 4);
        Result result = compare(layouts);
        assertThat(result.exitCode()).as("%s", result).isEqualTo(4);
        assertThat(result.out())
                .containsPattern("same +1\n")
                .containsPattern("different +a:2 ")
                .containsPattern("extra +a:3\n")
                .containsPattern("missing +b:1\n");
    }

    @Test
    void ignoresImagesThatAreNotSelected() {
        stage.place("a:1", stage.offer("a:1", 1));
        stage.place("a:1-beta", stage.offer("a:1-beta", 2));
        stage.offer("a:2-beta", 3);

        Result result = compare();

        assertThat(result.exitCode()).as("%s", result).isZero();
    }

    /** a:1 and b:1 are the same on both sides, a:2 is different, a:3 is missing, a:4 is extra. */
    private SampleImage different() {
        stage.place("a:1", stage.offer("a:1", 1));
        stage.offer("a:2", 2);
        SampleImage other = SampleImages.oci(12);
        stage.place("a:2", other);
        stage.offer("a:3", 3);
        stage.place("a:4", SampleImages.oci(4));
        stage.place("b:1", stage.offer("b:1", 5));
        return other;
    }

    private Result compare(String... flags) {
        List<String> all = new java.util.ArrayList<>(List.of(flags));
        all.add("--output=" + folder.resolve("same.json"));
        return stage.run("compare", all.toArray(String[]::new));
    }

    private String list() {
        try {
            return Files.readString(folder.resolve("same.json"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
