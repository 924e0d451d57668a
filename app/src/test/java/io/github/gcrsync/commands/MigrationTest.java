package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.SampleImages;
import java.util.List;
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
                .as("copied")
                .isEqualTo(3);
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

    private List<String> heads() {
        return stage.destination().log().exchanges().stream()
                .filter(exchange -> exchange.method().equals("HEAD"))
                .map(Exchange::path)
                .toList();
    }
}
