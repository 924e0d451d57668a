package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs that share a mirror of a source with a catalog. So many repositories that each shard has some. */
final class ShardsTest extends OnStage {
    private static final int REPOSITORIES = 40;
    private static final int SHARDS = 3;

    @Override
    protected Stage open() {
        Stage opened = new Stage(folder, TestRegistry.builder(), TestRegistry.builder());
        for (int i = 0; i < REPOSITORIES; i++) {
            opened.offer(repository(i) + ":1.0", i);
        }
        return opened;
    }

    private static String repository(int i) {
        return "app-%02d".formatted(i);
    }

    private static List<String> all() {
        return IntStream.range(0, REPOSITORIES).mapToObj(ShardsTest::repository).toList();
    }

    private List<String> own(int shard) {
        return all().stream()
                .filter(name -> new Shard(shard, SHARDS).includes(stage.source().host() + "/ns/" + name))
                .toList();
    }

    private List<String> others(int shard) {
        return all().stream().filter(name -> !own(shard).contains(name)).toList();
    }

    private static String flag(int shard) {
        return "--shard=" + shard + "/" + SHARDS;
    }

    private void syncEachShard() {
        for (int shard = 1; shard <= SHARDS; shard++) {
            assertThat(stage.run("sync", flag(shard)).exitCode()).isZero();
        }
    }

    private static long requests(TestRegistry registry, String name) {
        return registry.log().exchanges().stream()
                .filter(each -> each.path().contains("/" + name + "/"))
                .count();
    }

    private static Map<?, ?> json(String text) {
        return Objects.requireNonNull((Map<?, ?>) Json.tree(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void copyEverythingOnceAtTheSameTime() throws Exception {
        MetadataFiles remote = MetadataFiles.bare(
                Files.createDirectories(folder.resolve("git")).resolve("metadata.git"));
        List<ChildCommand> runs = new ArrayList<>();
        try (GitHttpServer git = GitHttpServer.serve(folder.resolve("git"))) {
            for (int shard = 1; shard <= SHARDS; shard++) {
                List<String> arguments = stage.arguments(
                        "sync",
                        flag(shard),
                        "--checkpoint=2,1m",
                        "--metadata=" + git.url("metadata.git"),
                        "--report=report.json");
                Path machine = folder.resolve("machine-" + shard);
                runs.add(new Workplace(machine).start(machine, arguments));
            }
            for (ChildCommand run : runs) {
                Result result = run.await();
                assertThat(result.exitCode()).as("%s", result).isZero();
            }
        }

        List<String> copied = new ArrayList<>();
        for (int shard = 1; shard <= SHARDS; shard++) {
            Map<?, ?> report = json(Files.readString(folder.resolve("machine-" + shard + "/report.json")));
            List<String> names = Objects.requireNonNull((List<?>) report.get("copied")).stream()
                    .map(image -> String.valueOf(((Map<?, ?>) image).get("image")))
                    .toList();
            assertThat(names).hasSameSizeAs(own(shard));
            copied.addAll(names);
            assertThat(report.get("shard"))
                    .hasToString("{number=" + shard + ", count=3, otherRepositories="
                            + others(shard).size() + "}");
        }
        assertThat(copied).hasSize(REPOSITORIES).doesNotHaveDuplicates();
        List<String> images = all().stream().map(name -> name + ":1.0").toList();
        assertThat(images).allSatisfy(image -> assertThat(stage.mirrored(image)).isNotEmpty());
        assertThat(remote.images()).containsExactlyElementsOf(images);
        assertThat(remote.digests().keySet()).containsExactlyElementsOf(images);
        assertThat(images).allSatisfy(image -> assertThat(remote.readme()).contains("/ns/" + image + "]("));
        remote.assertSound();
    }

    @Test
    void askNothingAboutRepositoriesOfOthers() {
        Result result = stage.run("sync", flag(2), "--report=" + folder.resolve("report.html"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        String words = "shard 2 of 3; " + others(2).size() + " repositories are left to the other shards";
        assertThat(result.out()).contains(words).containsPattern("copied +" + own(2).size() + " ");
        assertThat(folder.resolve("report.html")).content().contains(words);
        assertThat(own(2)).isNotEmpty();
        assertThat(others(2)).isNotEmpty().allSatisfy(name -> {
            assertThat(requests(stage.source(), name)).isZero();
            assertThat(requests(stage.destination(), name)).isZero();
        });
        assertThat(stage.metadata().images())
                .containsExactlyElementsOf(
                        own(2).stream().map(name -> name + ":1.0").toList());
    }

    @Test
    void leaveRowsOfOthersAlone() {
        syncEachShard();
        SortedMap<String, String> before = stage.metadata().digests();
        assertThat(before).hasSize(REPOSITORIES);
        // Gone at both sides: only the shard that has it may report it as lost, and forget it.
        String gone = own(2).getFirst();
        stage.source().delete("ns/" + gone, stage.mirrored(gone + ":1.0"));
        stage.destination().delete("mirror/" + gone, stage.mirrored(gone + ":1.0"));
        stage.destination().log().clear();

        Result other = stage.run("sync", flag(1), "--check-destination");

        assertThat(other.exitCode()).as("%s", other).isZero();
        assertThat(other.out()).doesNotContain("lost").doesNotContain("gone").doesNotContain(gone);
        assertThat(stage.metadata().digests()).isEqualTo(before);
        assertThat(others(1))
                .allSatisfy(
                        name -> assertThat(requests(stage.destination(), name)).isZero());

        Result owner = stage.run("sync", flag(2), "--check-destination");

        assertThat(owner.out()).containsPattern("lost +1 ");
        assertThat(stage.metadata().digests()).hasSize(REPOSITORIES - 1).doesNotContainKey(gone + ":1.0");
    }

    @Test
    void holdBackOnlyTheirOwn() {
        String[] young = {"--min-age=3d", "--first-run=wait"};
        for (int shard = 1; shard <= SHARDS; shard++) {
            assertThat(stage.run("sync", flag(shard), young[0], young[1]).exitCode())
                    .isZero();
        }

        assertThat(stage.run("sync", flag(1), young[0], young[1]).exitCode()).isZero();

        assertThat(stage.metadata().file("Seen").lines().filter(line -> !line.startsWith("#")))
                .hasSize(REPOSITORIES);
    }

    @Test
    void previewCompareAndExplainOnlyTheirOwn() {
        String words = "shard 3 of 3; " + others(3).size() + " repositories are left to the other shards";

        Result test = stage.run("test", flag(3), "--no-forecast");
        assertThat(test.out()).contains(words).contains(own(3).size() + " to copy");
        Map<?, ?> plan = json(
                stage.run("test", flag(3), "--no-forecast", "--format=json").out());
        assertThat(plan.get("shard"))
                .hasToString(
                        "{number=3, count=3, otherRepositories=" + others(3).size() + "}");
        syncEachShard();
        stage.place("stranger:1", SampleImages.oci(7));
        stage.place(own(3).getFirst() + ":extra", SampleImages.oci(8));
        stage.destination().log().clear();

        Path list = folder.resolve("same.json");
        Result compare = stage.run("compare", flag(3), "--output=" + list);

        assertThat(compare.exitCode()).as("%s", compare).isEqualTo(4);
        assertThat(compare.out())
                .contains(words)
                .containsPattern("same +" + own(3).size() + "\n")
                .containsPattern("missing +0\n")
                .containsPattern("extra +1\n");
        assertThat(others(3))
                .allSatisfy(
                        name -> assertThat(requests(stage.destination(), name)).isZero());
        assertThat(explain(own(3).getFirst())).startsWith("mirror ");
        assertThat(explain(own(2).getFirst()))
                .isEqualTo("other    " + own(2).getFirst() + "  shard 2 of 3 mirrors it, if the rule allows\n");
    }

    private String explain(String name) {
        return new Workplace(folder)
                .run(
                        "explain",
                        name,
                        flag(3),
                        "--source=" + stage.source().host(),
                        "--namespace=ns",
                        "--no-default-excludes")
                .out();
    }

    @Test
    void shareTheMirrorsOfAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("mirrors.yaml"), """
                mirrors:
                  - {name: base, source: %1$s, destination: %2$s/base, images: [ns/app-00, ns/app-01:1.0, ns/app-02]}
                  - {name: all, source: %1$s/ns, destination: %2$s/all}
                """.formatted(
                        stage.source().host(), stage.destination().host()));
        Workplace place = new Workplace(folder);
        for (int shard = 1; shard <= SHARDS; shard++) {
            Result result = place.set("GCRSYNC_SHARD", "auto")
                    .set("CI_NODE_INDEX", "" + shard)
                    .set("CI_NODE_TOTAL", "" + SHARDS)
                    .run("sync", "--config=" + file, "--metadata=" + folder.resolve("metadata"));
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out()).contains("shard " + shard + " of 3; ");
            assertThat(result.err()).doesNotContain("matches nothing");
        }

        assertThat(new TreeSet<>(stage.destination().repositories()))
                .hasSize(REPOSITORIES + 3)
                .contains("base/ns/app-00", "base/ns/app-01", "base/ns/app-02", "all/app-39");
        assertThat(stage.source().log().count("PUT", "."))
                .as("the source was only read")
                .isZero();
    }

    @Test
    void refuseTemplateThatGivesSeveralRepositoriesOneName() {
        Result result = stage.run("sync", flag(1), "--name-template={repository.last}");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        "--shard 1/3: ", "{repository.last}", "use a name template with {repository} before the colon");
        assertThat(stage.source().log().count()).isZero();
    }

    @Test
    void refuseKeyOfFile() throws Exception {
        Path file = Files.writeString(folder.resolve("gcrsync.yaml"), "shard: 1/3\n");

        Result result = stage.run("sync", "--config=" + file);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("'shard' does not belong in a file; use --shard or GCRSYNC_SHARD");
    }
}
