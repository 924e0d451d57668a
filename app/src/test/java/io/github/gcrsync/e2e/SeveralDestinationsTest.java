package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One mirror at two registries and in a folder. */
final class SeveralDestinationsTest {
    private static final SampleLayer BASE = SampleImages.layer(1, 100);

    @TempDir
    private Path folder;

    private Stage stage;
    private final TestRegistry us = TestRegistry.start();
    private final Map<String, SampleImage> images = new TreeMap<>();

    @BeforeEach
    void open() {
        stage = new Stage(folder).with(Hurry.TO_RETRY);
    }

    @AfterEach
    void close() {
        stage.close();
        us.close();
    }

    private void offer(int count) {
        for (int i = 0; i < count; i++) {
            SampleLayer own = SampleImages.layer(100 + i, 3);
            put(
                    "r" + i % 4 + ":v" + i,
                    i % 3 == 0
                            ? SampleImages.index(
                                    SampleImages.oci("linux/amd64", BASE, own),
                                    SampleImages.oci("linux/arm64", BASE, SampleImages.layer(500 + i, 2)))
                            : SampleImages.oci("linux/amd64", BASE, own));
        }
    }

    private void put(String image, SampleImage made) {
        String[] parts = image.split(":");
        stage.source().put(Stage.NAMESPACE + "/" + parts[0], parts[1], made);
        images.put(image, made);
    }

    private String eu() {
        return "--destination=" + stage.destination().host() + "/mirror";
    }

    private String us() {
        return "--destination=" + us.host() + "/copy";
    }

    private Result sync(String... more) {
        return stage.run(
                "sync", Stream.concat(Stream.of(eu(), us()), Stream.of(more)).toArray(String[]::new));
    }

    private void assertMirrored(TestRegistry registry, String prefix) {
        images.forEach((name, image) -> {
            String[] parts = name.split(":");
            String repository = prefix + parts[0];
            assertThat(registry.manifestDigest(repository, parts[1])).as(name).isEqualTo(image.digest());
            assertThat(image.blobs().keySet()).as(name).allMatch(digest -> registry.hasBlob(repository, digest));
        });
    }

    private long blobBytesRead() {
        return stage.source().log().exchanges().stream()
                .filter(e -> e.path().contains("/blobs/"))
                .mapToLong(Exchange::responseBytes)
                .sum();
    }

    private long uniqueBytes() {
        Map<String, Long> unique = new HashMap<>();
        images.values()
                .forEach(image -> image.blobs().forEach((digest, content) -> unique.put(digest, content.size())));
        return unique.values().stream().mapToLong(Long::longValue).sum();
    }

    private long requests(String method, String path) {
        return stage.source().log().count(method, path);
    }

    /** Returns how often the changelog lists an image. */
    private long linesOf(String image) {
        return stage.metadata()
                .readme()
                .lines()
                .filter(line -> line.contains("/" + image + "]"))
                .count();
    }

    private List<String> files() {
        return stage.metadata()
                .git("ls-tree", "-r", "--name-only", "HEAD")
                .lines()
                .toList();
    }

    @Test
    void fillsAllDestinationsByOneRead() {
        offer(12);
        String oci = "--destination=oci:" + folder.resolve("layouts");

        Result result = sync(oci);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertMirrored(stage.destination(), "mirror/");
        assertMirrored(us, "copy/");
        images.forEach((name, image) -> assertThat(folder.resolve("layouts")
                        .resolve(name.split(":")[0])
                        .resolve("blobs")
                        .resolve(image.digest().replace(':', '/')))
                .exists());
        assertThat(blobBytesRead()).isEqualTo(uniqueBytes());
        long manifests = images.values().stream()
                .mapToLong(image -> image.manifests().size())
                .sum();
        assertThat(requests("GET", "/manifests/") + requests("HEAD", "/manifests/"))
                .isLessThanOrEqualTo(manifests);
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "ns/ImageDigests",
                        "ns/ImageDigests." + us.host().replace(':', '-') + "-copy",
                        "ns/ImageDigests."
                                + folder.resolve("layouts")
                                        .toString()
                                        .replaceAll("[^a-z0-9._-]", "-")
                                        .replaceFirst("^-+", ""),
                        "ns/ImageList",
                        "ns/README.md");
        assertThat(stage.metadata().images()).hasSize(12);
        assertThat(result.out())
                .contains(" -> " + stage.destination().host() + "/mirror", " -> " + us.host() + "/copy")
                .contains("total of 1 mirror at 3 destinations");
    }

    @Test
    void asksDestinationsNothingIfNothingChanged() {
        offer(6);
        assertThat(sync().exitCode()).isZero();
        int commits = stage.metadata().commits().size();
        stage.source().log().clear();
        stage.destination().log().clear();
        us.log().clear();

        Result again = sync();

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(stage.destination().log().count()).isZero();
        assertThat(us.log().count()).isZero();
        assertThat(requests("GET", "/manifests/") + requests("GET", "/blobs/")).isZero();
        assertThat(stage.metadata().commits()).hasSize(commits);
    }

    @Test
    void copiesWhatOnlyOneDestinationLacks() {
        offer(6);
        assertThat(stage.run("sync", eu()).exitCode()).isZero();
        stage.destination().log().clear();

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertMirrored(us, "copy/");
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void doesNotAdoptAgainWhenDestinationsAlternate() {
        offer(6);
        assertThat(stage.run("sync", eu()).exitCode()).isZero();
        assertThat(stage.run("sync", us()).exitCode()).isZero();
        stage.destination().log().clear();
        us.log().clear();

        assertThat(stage.run("sync", eu()).exitCode()).isZero();
        assertThat(stage.run("sync", us()).exitCode()).isZero();

        assertThat(stage.destination().log().count()).isZero();
        assertThat(us.log().count()).isZero();
        assertThat(stage.metadata().digests()).hasSize(6);
    }

    @Test
    void showsMovesAtDestinationThatReplacedTheFirst() {
        offer(1);
        assertThat(stage.run("sync", eu()).exitCode()).isZero();
        assertThat(stage.run("sync", us()).exitCode()).isZero();
        long before = linesOf("r0:v0");
        put("r0:v0", SampleImages.oci("linux/amd64", SampleImages.layer(900, 2)));

        assertThat(stage.run("sync", us()).exitCode()).isZero();

        assertThat(linesOf("r0:v0")).isEqualTo(before + 1);
    }

    @Test
    void copiesFirstForDestinationThatLacksLess() {
        put("z:1", SampleImages.oci(1));
        assertThat(stage.run("sync", eu()).exitCode()).isZero();
        offer(8);
        assertThat(stage.run("sync", us(), "--exclude-repository=^z$").exitCode())
                .isZero();
        stage.source().log().clear();

        Result result = sync("--processlimit=1");

        assertThat(result.exitCode()).as("%s", result).isZero();
        List<String> blobs = stage.source().log().exchanges().stream()
                .map(Exchange::path)
                .filter(path -> path.contains("/blobs/"))
                .toList();
        assertThat(blobs).hasSizeGreaterThan(8);
        assertThat(blobs.getFirst()).contains("/z/blobs/");
    }

    @Test
    void completesOthersIfNamesCollideAtOne() {
        put("a/b:1", SampleImages.oci(1));
        put("a_b:1", SampleImages.oci(2));

        Result result = stage.run("sync", eu(), "--destination=docker.io/me");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertMirrored(stage.destination(), "mirror/");
        assertThat(result.err()).contains("a/b:1 and a_b:1 would both become me/a_b:1");
    }

    @Test
    void completesOthersIfOneFolderIsAFile() throws IOException {
        offer(3);
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        Result result = stage.run("sync", eu(), "--destination=oci:" + file);

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertMirrored(stage.destination(), "mirror/");
        assertThat(result.err()).contains(file.toString());
    }

    @Test
    void completesOthersIfOneIsUnreachable() {
        offer(6);
        us.fault(Fault.on("*", ".*").always().resetConnection());

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertMirrored(stage.destination(), "mirror/");
        assertThat(result.out() + result.err()).contains(us.host());

        us.clearFaults();
        stage.destination().log().clear();
        Result next = sync();
        assertThat(next.exitCode()).as("%s", next).isZero();
        assertMirrored(us, "copy/");
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void completesOthersIfOneIsLostInMidRun() {
        offer(12);
        us.fault(Fault.on("*", ".*").skip(40).always().resetConnection());

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertMirrored(stage.destination(), "mirror/");
        assertThat(result.out()).contains("gave up: the destination is unreachable");

        us.clearFaults();
        assertThat(sync().exitCode()).isZero();
        assertMirrored(us, "copy/");
    }

    @Test
    void completesOthersIfLedgerOfOneIsDamaged() throws IOException {
        offer(3);
        assertThat(sync().exitCode()).isZero();
        Path digests =
                stage.metadata().path().resolve("ns/ImageDigests." + us.host().replace(':', '-') + "-copy");
        Files.writeString(digests, Files.readString(digests) + "damaged\n");
        stage.metadata().commitAll("damage");
        offer(6);

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertMirrored(stage.destination(), "mirror/");
        assertThat(result.err().lines().filter(line -> line.contains("ImageDigests.")))
                .as("reported once")
                .hasSize(1);
    }

    @Test
    void givesUpIfAllAreUnreachable() {
        offer(3);
        us.fault(Fault.on("*", ".*").always().resetConnection());
        stage.destination().fault(Fault.on("*", ".*").always().resetConnection());

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
    }

    @Test
    void namesImageThatOneDestinationRefuses() {
        offer(6);
        us.fault(Fault.on("PUT", "/v2/copy/r1/manifests/").status(403).always());

        Result result = sync("--report=" + folder.resolve("report.json"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertMirrored(stage.destination(), "mirror/");
        Map<?, ?> report = json(folder.resolve("report.json"));
        List<?> mirrors = Objects.requireNonNull((List<?>) report.get("mirrors"));
        assertThat(mirrors).hasSize(2);
        Map<?, ?> first = (Map<?, ?>) mirrors.get(0);
        Map<?, ?> second = (Map<?, ?>) mirrors.get(1);
        assertThat(first.get("exitCode")).hasToString("0");
        assertThat(second.get("exitCode")).hasToString("1");
        assertThat(second.get("destinationName")).isEqualTo(us.host().replace(':', '-') + "-copy");
        assertThat((List<?>) second.get("failures")).hasSize(2);
        assertThat(report.get("bytesPulled")).hasToString(Long.toString(uniqueBytes()));
    }

    private static Map<?, ?> json(Path file) {
        try {
            return Objects.requireNonNull((Map<?, ?>) Json.tree(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void servesThrottledDestinationByReadsOfItsOwn() {
        stage.with(Hurry.PAST_SLOW);
        for (int i = 0; i < 3; i++) {
            put("big:v" + i, SampleImages.oci("linux/amd64", SampleImages.bigLayer(70 + i, 6 << 20)));
        }
        us.fault(Fault.on("PUT", "/blobs/uploads/").throttleUpload(2 << 20).always());

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertMirrored(stage.destination(), "mirror/");
        assertMirrored(us, "copy/");
        assertThat(blobBytesRead()).isBetween(uniqueBytes(), 2 * uniqueBytes());
    }

    @Test
    void writesEventsOfEachDestination() {
        offer(2);

        Result result = sync("--log-format=json");

        Map<String, List<String>> copied = new HashMap<>();
        result.err()
                .lines()
                .map(line -> (Map<?, ?>) Json.tree(line.getBytes(StandardCharsets.UTF_8)))
                .filter(event -> "image-copied".equals(event.get("event")))
                .forEach(event -> copied.computeIfAbsent(
                                String.valueOf(event.get("destination")), _ -> new ArrayList<>())
                        .add(String.valueOf(event.get("image"))));
        assertThat(copied.keySet())
                .containsExactlyInAnyOrder(
                        us.host().replace(':', '-') + "-copy",
                        stage.destination().host().replace(':', '-') + "-mirror");
        assertThat(copied.values()).allSatisfy(all -> assertThat(all).containsExactlyInAnyOrder("r0:v0", "r1:v1"));
    }

    @Test
    void testsAndComparesEachDestination() throws Exception {
        offer(3);
        assertThat(stage.run("sync", eu()).exitCode()).isZero();

        Result test = stage.run("test", eu(), us(), "--no-forecast");
        assertThat(test.exitCode()).as("%s", test).isZero();
        assertThat(test.out()).contains("copy  r0:v0 -> " + us.host() + "/copy/r0:v0");
        assertThat(test.out())
                .doesNotContain("copy  r0:v0 -> " + stage.destination().host());

        try (ChildCommand child = stage.start(folder, "compare", eu(), us())) {
            Result compare = child.await();
            assertThat(compare.exitCode()).as("%s", compare).isEqualTo(4);
            assertThat(compare.out()).contains("missing          3", "same             3");
        }
        assertThat(folder.resolve("ns." + us.host().replace(':', '-') + "-copy.json"))
                .hasContent("[]");
    }

    @Test
    void mirrorsFileWithNamedDestinations() throws IOException {
        offer(4);
        try (DockerRegistry real = DockerRegistry.start(Files.createDirectories(folder.resolve("real")))) {
            Path file = Files.writeString(folder.resolve("mirrors.yaml"), """
                    defaults:
                      destination: %1$s/unused
                    mirrors:
                      - name: base
                        source: %2$s/ns
                        destinations:
                          - {name: eu, to: %1$s/mirror}
                          - {name: us, to: %3$s/copy}
                          - {name: disk, to: "oci:%4$s"}
                    """.formatted(
                            stage.destination().host(), stage.source().host(), real.host(), folder.resolve("disk")));
            String[] arguments = {
                "sync", "--config=" + file, "--metadata=" + stage.metadata().path()
            };

            Result result = new Workplace(folder).run(arguments);

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertMirrored(stage.destination(), "mirror/");
            assertThat(blobBytesRead()).isEqualTo(uniqueBytes());
            assertThat(files())
                    .containsExactlyInAnyOrder(
                            "base/ImageDigests",
                            "base/ImageDigests.disk",
                            "base/ImageDigests.us",
                            "base/ImageList",
                            "base/README.md");
            for (String image : images.keySet()) {
                assertThat(OtherTools.digest("docker://" + real.host() + "/copy/" + image))
                        .isEqualTo(images.get(image).digest());
            }
        }
    }

    @Test
    void refusesSameDestinationTwice() {
        offer(1);
        Result result = stage.run("sync", eu(), eu());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("is given twice");
    }
}
