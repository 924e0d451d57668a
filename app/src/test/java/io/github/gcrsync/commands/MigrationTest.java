package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A metadata repository of the original, without digests, is adopted without copying again. */
final class MigrationTest extends OnStage {
    private static final String README = """
            ### 2018-10-03 19:41:38 Update(num: 4):

            - [gcr.io/ns/a:there](https://hub.docker.com/r/mirror/a/tags)
            - [gcr.io/ns/a:gone](https://hub.docker.com/r/mirror/a/tags)
            - [gcr.io/ns/a:other](https://hub.docker.com/r/mirror/a/tags)
            - [gcr.io/ns/old:1](https://hub.docker.com/r/mirror/old/tags)
            """;

    @Test
    void adoptsExistingImagesWithOneHeadAndCopiesOthers() throws Exception {
        MetadataFiles metadata = MetadataFiles.writtenBefore(
                folder.resolve("metadata"),
                "[\n    \"a:gone\",\n    \"a:other\",\n    \"a:there\",\n    \"old:1\"\n]",
                README);
        String before = metadata.commits().getFirst();
        stage.place("a:there", stage.offer("a:there", 1));
        stage.offer("a:gone", 2);
        stage.offer("a:other", 3);
        stage.place("a:other", SampleImages.oci(33));
        stage.offer("b:new", 4);

        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +3 ").containsPattern("already there +1 ");
        assertThat(heads())
                .containsExactlyInAnyOrder(
                        "/v2/mirror/a/manifests/there", "/v2/mirror/a/manifests/gone", "/v2/mirror/a/manifests/other");
        assertThat(stage.source().log().count("GET", "/manifests/"))
                .as("copied, and one whose referrers are looked at")
                .isEqualTo(4);
        assertThat(stage.destination().log().count("GET", "/v2/mirror/a/"))
                .as("not listed")
                .isZero();
        for (String image : List.of("a:there", "a:gone", "a:other", "b:new")) {
            assertThat(metadata.digests()).containsEntry(image, stage.mirrored(image));
        }
        assertThat(metadata.digests()).as("no longer at the source").doesNotContainKey("old:1");
        assertThat(metadata.images()).containsExactly("a:gone", "a:other", "a:there", "b:new", "old:1");
        assertThat(metadata.commits()).hasSize(2).endsWith(before);
        assertThat(metadata.readme())
                .startsWith("### ")
                .contains("Update(num: 3):")
                .endsWith(README);
        assertThat(metadata.readme().replace(README, "")).doesNotContain("a:there");
        assertThat(stage.run("log", "a:there").out())
                .containsPattern("adopted +a:there +sha256:")
                .containsPattern("mirrored +a:there ");
    }

    @Test
    void leavesNormalLedger() throws Exception {
        MetadataFiles metadata =
                MetadataFiles.writtenBefore(folder.resolve("metadata"), "[\n    \"a:there\"\n]", README);
        stage.place("a:there", stage.offer("a:there", 1));
        assertThat(stage.run("sync").exitCode()).isZero();
        assertThat(metadata.readme()).as("nothing was copied").isEqualTo(README);
        stage.destination().log().clear();

        Result result = stage.run("sync");

        assertThat(result.out()).containsPattern("up to date +1\n");
        assertThat(stage.destination().log().count()).isZero();
        assertThat(metadata.commits()).hasSize(2);
    }

    @Test
    void upgradesFormat1WithNextNewImage() throws Exception {
        MetadataFiles metadata = stage.metadata();
        stage.offer("a:1", 1);
        assertThat(stage.run("sync").exitCode()).isZero();
        change(text -> text.replace("Digests 2", "Digests 1")
                .replaceAll("# source .*\n", "")
                .replaceAll(" by=copied refs=.*", ""));

        assertThat(stage.run("sync").out()).containsPattern("up to date +1\n");
        assertThat(metadata.commits()).as("with what refers to a:1").hasSize(3);
        stage.offer("b:1", 2);
        Result result = stage.run("sync");

        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("up to date +1 ?\n");
        assertThat(metadata.file("ImageDigests"))
                .startsWith("# gcrsync ImageDigests 2\n")
                .contains("\n# source " + stage.source().host() + "/ns\n")
                .containsPattern("\na:1 .*Z refs=0\nb:1 .*Z by=copied refs=0\n");
        assertThat(stage.run("log").out().lines()).hasSize(2).allMatch(line -> line.contains("mirrored"));
    }

    @Test
    void copiesImageAgainIfItsRuleHasChanged() throws Exception {
        stage.offer("a:1", 1);
        stage.offer("b:1", 2);
        assertThat(stage.run("sync").exitCode()).isZero();
        change(text -> text.replaceFirst("by=copied refs=0", "by=copied refs=2 rule=abc"));
        String readme = stage.metadata().readme();

        assertThat(stage.run("test").out())
                .contains("  copy  a:1 -> " + stage.destination().host() + "/mirror/a:1  (the rule has changed)\n")
                .doesNotContain("copy  b:1");
        Result result = stage.run("sync");

        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("up to date +1 ?\n");
        assertThat(stage.destination().log().count("PUT", "/v2/mirror/a/manifests/1"))
                .isEqualTo(2);
        assertThat(stage.metadata().file("ImageDigests"))
                .contains(" by=copied refs=0\n")
                .doesNotContain("rule=");
        assertThat(stage.metadata().readme()).isEqualTo(readme);
        assertThat(stage.run("sync").out()).containsPattern("up to date +2\n");
    }

    private void change(UnaryOperator<String> edit) throws Exception {
        Path file = stage.metadata().path().resolve(Stage.NAMESPACE + "/ImageDigests");
        Files.writeString(file, edit.apply(Files.readString(file)));
        stage.metadata().commitAll("changed by another version");
    }

    private List<String> heads() {
        return stage.destination().log().exchanges().stream()
                .filter(exchange -> exchange.method().equals("HEAD"))
                .map(Exchange::path)
                .toList();
    }
}
