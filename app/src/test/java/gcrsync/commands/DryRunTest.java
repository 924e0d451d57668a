package gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import gcrsync.cli.InProcess.Result;
import gcrsync.testkit.Exchange;
import gcrsync.testkit.RequestLog;
import gcrsync.testkit.SampleImages;
import gcrsync.testkit.SampleNamespace;
import gcrsync.testkit.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command test: everything that sync would do, told beforehand and rightly, and nothing of it done. */
final class DryRunTest {
    private static final Pattern FORECAST =
            Pattern.compile("forecast: at most (.*), (\\d+) requests at the source and (\\d+) at the destination\n");

    @TempDir
    private Path folder;

    private Stage stage;

    @BeforeEach
    void start() {
        stage = new Stage(folder).at(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    @Test
    void aDestinationThatRefusesEverythingIsNotEvenContacted() {
        stage.close();
        stage = new Stage(
                folder,
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder().basicAuth("user", "secret"));
        stage.offer("a:1", 1);

        Result result = test();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copy +a:1 +\\(new\\)");
        assertThat(stage.destination().log().count()).isZero();

        Result asking = test("--check-destination");
        assertThat(stage.destination().log().count()).isPositive();
        assertThat(asking.exitCode()).as("%s", asking).isEqualTo(3);
    }

    @Test
    void thePlanSaysWhyEachImageIsCopied() {
        for (String image : List.of("a:gone", "a:moved", "a:other", "a:same")) {
            stage.offer(image, image.hashCode());
        }
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.destination().delete("mirror/a", "gone");
        stage.destination().put("mirror/a", "other", SampleImages.oci(99));
        stage.offer("a:moved", 50);
        stage.offer("a:new", 51);

        Result trusting = test();
        assertThat(trusting.out())
                .contains("  copy  a:moved  (moved)\n", "  copy  a:new  (new)\n")
                .contains("2 to copy, 3 up to date,")
                .doesNotContain("a:gone", "a:other");

        Result checking = test("--check-destination");
        assertThat(checking.out())
                .contains("  copy  a:moved  (moved)\n", "  copy  a:new  (new)\n")
                .contains("  copy  a:gone  (gone at the destination)\n")
                .contains("  copy  a:other  (different at the destination)\n")
                .contains("4 to copy, 1 up to date,");
    }

    /**
     * The forecast counts what is moved: manifests and blobs read at the source; blobs made to be there and manifests
     * put at the destination. Not the listing of the source, nor the one request for the tags of each destination
     * repository, which do not depend on what there is to copy.
     */
    @Test
    void theForecastIsWhatAColdSyncThenCosts() {
        SampleNamespace.fill(stage.source(), Stage.NAMESPACE, 9, 3, 5);

        Result forecast = test();
        RequestLog source = stage.source().log();
        source.clear();
        Result sync = stage.run("sync");

        assertThat(sync.exitCode()).as("%s", sync).isZero();
        Matcher told = FORECAST.matcher(forecast.out());
        assertThat(told.find()).as(forecast.out()).isTrue();
        RequestLog destination = stage.destination().log();
        assertThat(source.count("GET", "/(manifests|blobs)/"))
                .as(source::toString)
                .isEqualTo(Integer.parseInt(told.group(2)));
        assertThat(destination.count() - destination.count("GET", "/tags/list$"))
                .as(destination::toString)
                .isEqualTo(Integer.parseInt(told.group(3)));
        assertThat(destination.count("GET", "/tags/list$")).isEqualTo(9);
        long bytes = source.exchanges().stream()
                .filter(exchange -> exchange.path().matches(".*/(manifests|blobs)/.*"))
                .mapToLong(Exchange::responseBytes)
                .sum();
        assertThat(told.group(1)).isEqualTo(String.format(Locale.ROOT, "%.1f kB", bytes / 1000.0));
    }

    @Test
    void withoutAForecastNoManifestIsRead() {
        stage.offer("a:1", 1);

        Result result = test("--no-forecast");

        assertThat(result.out()).doesNotContain("forecast");
        assertThat(stage.source().log().count("GET", "/manifests/")).isZero();
    }

    @Test
    void theFilesAreThoseThatASyncThenCommits() throws Exception {
        SampleNamespace.fill(stage.source(), Stage.NAMESPACE, 3, 3, 5);
        assertTheSameFilesAsASync();

        stage.offer("coredns:v9", 1);
        stage.offer("pause:v1.0.0", 2);
        assertTheSameFilesAsASync();

        stage.offer("coredns:gone", 3);
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.source().delete("ns/coredns", "gone");
        stage.destination().delete("mirror/coredns", "gone");
        stage.destination().delete("mirror/pause", "v1.0.1");
        stage.place("adopted:1", stage.offer("adopted:1", 4));
        assertTheSameFilesAsASync("--check-destination");

        stage.offer("a:1", 6);
        stage.offer("a:2", 7);
        stage.destination().delete("mirror/pause", "v1.0.2");
        assertTheSameFilesAsASync("--check-destination", "--processcount=1");
    }

    @Test
    void aFolderOfLayoutsIsAskedSinceThatCostsNothing() throws Exception {
        String layouts = "--destination=oci:" + folder.resolve("layouts");
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);
        assertTheSameFilesAsASync(layouts);
        stage.offer("a:3", 3);

        assertThat(test(layouts).out()).contains("1 to copy, 2 up to date");
        assertTheSameFilesAsASync(layouts);
    }

    @Test
    void nothingIsWrittenElsewhere() throws Exception {
        stage.offer("a:1", 1);
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.offer("a:2", 2);
        List<Path> before = files();
        String head = stage.metadata().git("rev-parse", "HEAD");
        stage.destination().log().clear();

        assertThat(test().exitCode()).isZero();

        List<Path> written = files();
        written.removeAll(before);
        assertThat(written)
                .containsExactlyInAnyOrder(
                        folder.resolve("out/ImageList"),
                        folder.resolve("out/README.md"),
                        folder.resolve("out/ImageDigests"));
        assertThat(stage.metadata().git("rev-parse", "HEAD")).isEqualTo(head);
        assertThat(stage.metadata().git("status", "--porcelain")).isEmpty();
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void withoutAnOutputTheFilesGoToAPrintedFolderThatGitDoesNotSee() {
        stage.offer("a:1", 1);
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.offer("a:2", 2);

        Result result = stage.run("test");

        Path where = Path.of(result.out().replaceAll("(?s).*what a sync would commit: (\\S+)\n.*", "$1"));
        assertThat(where).startsWith(folder.resolve("metadata"));
        assertThat(where.resolve("ImageList")).hasContent("[\n    \"a:1\",\n    \"a:2\"\n]");
        assertThat(stage.metadata().git("status", "--porcelain")).isEmpty();
        assertThat(stage.run("sync").exitCode()).as("is no obstacle").isZero();
    }

    @Test
    void whereThereIsNoMetadataRepositoryNoneIsMade() {
        stage.offer("a:1", 1);

        Result result = stage.run("test");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(folder.resolve("metadata")).doesNotExist();
        assertThat(result.out()).contains("what a sync would commit: " + folder.resolve("state"));
    }

    private void assertTheSameFilesAsASync(String... flags) throws Exception {
        assertThat(test(flags).exitCode()).isZero();

        Result sync = stage.run("sync", flags);

        assertThat(sync.exitCode()).as("%s", sync).isZero();
        for (String file : List.of("ImageList", "README.md", "ImageDigests")) {
            assertThat(Files.readString(folder.resolve("out").resolve(file)))
                    .as(file)
                    .isEqualTo(stage.metadata().file(file));
        }
    }

    private Result test(String... flags) {
        return stage.run(
                "test",
                Stream.concat(Stream.of(flags), Stream.of("--output=" + folder.resolve("out")))
                        .toArray(String[]::new));
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return new java.util.ArrayList<>(files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".lock"))
                    .toList());
        }
    }
}
