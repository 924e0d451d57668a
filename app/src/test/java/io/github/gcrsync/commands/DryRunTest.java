package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RequestLog;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The command test predicts everything that sync does, and changes nothing. */
final class DryRunTest extends OnStage {
    private static final Pattern FORECAST =
            Pattern.compile("forecast: at most (.*), (\\d+) requests at the source and (\\d+) at the destination\n");

    @Override
    protected Stage open() {
        return new Stage(folder).at(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));
    }

    @Test
    void doesNotContactDestination() {
        stage.close();
        stage = new Stage(
                folder,
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder().basicAuth("user", "secret"));
        stage.offer("a:1", 1);

        Result result = test();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copy +a:1 -> \\S+ +\\(new\\)");
        assertThat(stage.destination().log().count()).isZero();

        Result asking = test("--check-destination");
        assertThat(stage.destination().log().count()).isPositive();
        assertThat(asking.exitCode()).as("%s", asking).isEqualTo(3);
    }

    @Test
    void printsReasonForEachCopy() {
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
                .contains(copy("a:moved", "moved"), copy("a:new", "new"))
                .contains("2 to copy, 3 up to date,")
                .doesNotContain("a:gone", "a:other");

        Result checking = test("--check-destination");
        assertThat(checking.out())
                .contains(copy("a:moved", "moved"), copy("a:new", "new"))
                .contains(copy("a:gone", "gone at the destination"))
                .contains(copy("a:other", "different at the destination"))
                .contains("4 to copy, 1 up to date,");
    }

    @Test
    void printsDestinationOfEachImage() {
        stage.offer("a/b:1", 1);

        assertThat(test("--name-template={namespace}-{repository}:{tag}-x").out())
                .contains("  copy  a/b:1 -> " + stage.destination().host() + "/mirror/ns-a/b:1-x  (new)\n");
        assertThat(test("--destination=oci:folder").out()).contains("  copy  a/b:1 -> oci:folder/a/b:1  (new)\n");
    }

    @Test
    void acceptsEveryFlagOfSync() {
        List<String> sync = stage.run("sync", "--help").out().lines().toList();
        List<String> test = stage.run("test", "--help").out().lines().toList();

        assertThat(flags(sync)).contains("--report", "--processlimit", "--check-destination");
        assertThat(flags(test)).containsAll(flags(sync));
    }

    @Test
    void plansRecordedImagesWithForce() throws Exception {
        stage.offer("a:1", 1);
        assertTheSameFilesAsASync();

        assertThat(test("--force").out()).contains(copy("a:1", "forced"));
        assertTheSameFilesAsASync(
                "--force", "--processlimit=3", "--checkpoint=5,1m", "--wait-for-quota", "--no-progress");
    }

    @Test
    void printsExcludedImagesWithRule() {
        for (String tag : List.of("alpha1", "alpha2", "alpha3", "latest", "v1.0.0-20200101")) {
            stage.offer("a:" + tag, 1);
        }
        stage.offer("a-arm:1", 1);

        assertThat(test().out())
                .contains("0 to copy, 0 up to date, 0 already there, 6 excluded,")
                .containsPattern("(?m)^ +4  tag contains alpha, .*\n +a:alpha1, a:alpha2, a:alpha3, \\.\\.\\.$");
        assertThat(test("--verbose").out())
                .contains("  exclude  a-arm:1  repository name contains -arm, -ppc or -s390x (--exclude-repository)\n")
                .contains("  exclude  a:latest  tag contains alpha, beta, rc or test, as latest does (--exclude-tag)\n")
                .contains("  exclude  a:v1.0.0-20200101  tag is longer than 12 characters (--max-tag-length)\n");
    }

    @Test
    void printsPlanAsJson() {
        stage.offer("a:1", 1);
        stage.offer("a:latest", 2);
        stage.place("a:there", stage.offer("a:there", 3));

        Result result = test("--format=json", "--check-destination");

        Map<?, ?> json =
                (Map<?, ?>) Objects.requireNonNull(Json.tree(result.out().getBytes(StandardCharsets.UTF_8)));
        assertThat(json.keySet().stream().map(Object::toString))
                .containsExactlyInAnyOrder(
                        "source",
                        "destination",
                        "images",
                        "toCopy",
                        "adopted",
                        "listed",
                        "heldBack",
                        "referrers",
                        "excluded",
                        "failures",
                        "gone",
                        "lost",
                        "quarantined",
                        "forecast",
                        "files");
        assertThat(String.valueOf(json.get("images")))
                .isEqualTo(
                        "{toCopy=1, upToDate=0, referrers=1, kept=0, adopted=1, excluded=1, heldBack=0, gone=0, lost=0, waiting=0, quarantined=0, failed=0}");
        assertThat(String.valueOf(json.get("toCopy"))).contains("image=a:1", "to=mirror/a:1", "reason=new");
        assertThat(String.valueOf(json.get("adopted"))).contains("a:there");
        assertThat(String.valueOf(json.get("excluded"))).contains("[a:latest]");
        assertThat(json.get("files")).isEqualTo(folder.resolve("out").toString());
    }

    @Test
    void printsOnlyFailuresWithQuiet() {
        stage.offer("a:1", 1);
        assertThat(test("--quiet")).isEqualTo(new Result(0, "", ""));

        stage.source().fault(Fault.on("GET", ".*/a/tags/list").status(403, "").always());
        Result failing = test("--quiet");
        assertThat(failing.exitCode()).isEqualTo(1);
        assertThat(failing.out()).isEmpty();
        assertThat(failing.err()).startsWith("FAILED   a  source: ");
    }

    @Test
    void printsErrorsAsEventsOnRequest() {
        Result result = test("--log-format=json", "--namespace=nowhere");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).startsWith("{").contains("\"event\":\"error\"");
    }

    @Test
    void printsPlanEvenIfFilesCannotBeWritten() throws Exception {
        stage.offer("a:1", 1);
        Files.writeString(folder.resolve("out"), "in the way");

        Result result = test();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).contains(copy("a:1", "new"));
        assertThat(result.err()).contains("use another folder with --output");
    }

    /**
     * The forecast counts manifests and blobs read at the source, and blobs created and manifests put at the
     * destination. It excludes the listing of the source and the request for the tags of each destination repository,
     * which do not depend on the plan.
     */
    @Test
    void forecastsCostOfFirstSync() {
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
    void readsNoManifestWithoutForecast() {
        stage.offer("a:1", 1);

        Result result = test("--no-forecast");

        assertThat(result.out()).doesNotContain("forecast");
        assertThat(stage.source().log().count("GET", "/manifests/")).isZero();
    }

    @Test
    void writesFilesThatSyncCommits() throws Exception {
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
    void checksFolderOfLayouts() throws Exception {
        String layouts = "--destination=oci:" + folder.resolve("layouts");
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);
        assertTheSameFilesAsASync(layouts);
        stage.offer("a:3", 3);

        assertThat(test(layouts).out()).contains("1 to copy, 2 up to date");
        assertTheSameFilesAsASync(layouts);
    }

    @Test
    void writesNothingElse() throws Exception {
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
    void writesSeenOnlyIfTagIsHeldBack() throws Exception {
        stage.offer("a:1", 1);
        stage.offer("b:1-test", 2);
        assertThat(stage.run("sync").exitCode()).isZero();
        String seen = "# gcrsync Seen 1\nb:1-test sha256:" + "0".repeat(64) + " 2026-01-02T00:00:00Z\n";
        Path committed = stage.metadata().path().resolve(Stage.NAMESPACE).resolve("Seen");
        Files.writeString(committed, seen);
        stage.metadata().commitAll("Hold a tag back");

        assertThat(test().exitCode()).isZero();
        assertThat(Files.readString(folder.resolve("out/Seen"))).isEqualTo(seen);

        Files.writeString(committed, "# gcrsync Seen 1\n");
        stage.metadata().commitAll("Release the tag");
        assertThat(test().exitCode()).isZero();
        assertThat(folder.resolve("out/Seen")).doesNotExist();
    }

    @Test
    void writesFilesToFolderThatGitIgnores() {
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
    void createsNoMetadataRepository() {
        stage.offer("a:1", 1);

        Result result = stage.run("test");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(folder.resolve("metadata")).doesNotExist();
        assertThat(result.out()).contains("what a sync would commit: " + folder.resolve("state"));
    }

    private String copy(String image, String reason) {
        return "  copy  " + image + " -> " + stage.destination().host() + "/mirror/" + image + "  (" + reason + ")\n";
    }

    private static List<String> flags(List<String> help) {
        return help.stream()
                .map(String::strip)
                .filter(line -> line.startsWith("-"))
                .map(line -> line.replaceFirst("^-h, ", "").split("[= ]", -1)[0])
                .toList();
    }

    private void assertTheSameFilesAsASync(String... flags) throws Exception {
        assertThat(test(flags).exitCode()).isZero();

        Result sync = stage.run("sync", flags);

        assertThat(sync.exitCode()).as("%s", sync).isZero();
        for (String file : List.of("ImageList", "README.md", "ImageDigests")) {
            // Only copying shows what refers to an image.
            assertThat(Files.readString(folder.resolve("out").resolve(file)).replaceAll(" refs=[^ \n]+", ""))
                    .as(file)
                    .isEqualTo(stage.metadata().file(file).replaceAll(" refs=[^ \n]+", ""));
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
