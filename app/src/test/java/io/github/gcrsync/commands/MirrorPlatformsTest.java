package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror of some platforms. */
final class MirrorPlatformsTest {
    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private final TestRegistry destination =
            TestRegistry.builder().sparseIndexes(true).start();
    private final SampleImage index = SampleImages.multiPlatform(1);

    @TempDir
    private Path folder;

    private Workplace place;

    @BeforeEach
    void offer() {
        place = new Workplace(folder);
        source.put("ns/a", "1", index);
        source.put("ns/b", "1", SampleImages.oci("linux/arm64", SampleImages.layer(9, 2)));
        source.put("ns/c", "1", SampleImages.oci("linux/s390x", SampleImages.layer(10, 2)));
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private String to() {
        return destination.host() + "/mirror";
    }

    private Result sync(String... flags) {
        return place.sync(source.host(), to(), flags);
    }

    private String digests() throws IOException {
        return Files.readString(folder.resolve("metadata/ns/ImageDigests"));
    }

    private List<String> present() {
        return index.manifests().keySet().stream()
                .filter(digest -> destination.manifestDigest("mirror/a", digest).equals(digest))
                .toList();
    }

    @Test
    void copiesChangedPlatformsAndThenNothing() throws IOException {
        Result first = sync("--platform=linux/arm64");

        assertThat(first.exitCode()).as("%s", first).isZero();
        assertThat(first.out())
                .containsPattern("copied +2 ")
                .containsPattern("skipped +1  for none of the platforms\n    c:1\n");
        assertThat(first.err()).contains("c:1 (the image is not for linux/arm64, but for linux/s390x)");
        assertThat(present()).hasSize(2).contains(index.digest());
        assertThat(digests()).containsPattern("a:1 " + index.digest() + " .* by=copied refs=0 rule=[0-9a-f]{12}\n");

        Result same = sync("--platform=linux/arm64/v8");
        assertThat(same.out()).containsPattern("copied +0\n").containsPattern("up to date +2\n");

        Result more = sync("--platform=linux/arm64", "--platform=linux/amd64");
        assertThat(more.out()).containsPattern("copied +2 ");
        assertThat(present()).hasSize(3);

        Result all = sync();
        assertThat(all.out()).containsPattern("copied +3 ");
        assertThat(present()).hasSize(4);
        assertThat(digests()).doesNotContain("rule=");
    }

    @Test
    void rewrittenIndexIsRecordedAndStays() throws IOException {
        String[] flags = {"--platform=linux/arm64", "--index=rewrite"};

        assertThat(sync(flags).exitCode()).isZero();

        String stored = destination.manifestDigest("mirror/a", "1");
        assertThat(stored).isNotEqualTo(index.digest());
        assertThat(digests())
                .containsPattern(
                        "a:1 " + index.digest() + " [^ ]+ [^ ]+ as=" + stored + " by=copied refs=0 rule=[0-9a-f]{12}\n")
                .doesNotContainPattern("b:1 .* as=");
        String recorded = digests();
        for (String[] again : List.of(flags, new String[] {flags[0], flags[1], "--check-destination"})) {
            destination.log().clear();
            Result result = sync(again);
            assertThat(result.out()).containsPattern("copied +0\n").containsPattern("up to date +2\n");
            assertThat(destination.log().count("PUT", ".*")).isZero();
            assertThat(digests()).isEqualTo(recorded);
        }
        Result compared = place.run(
                "compare",
                "--source=" + source.host(),
                "--destination=" + to(),
                "--namespace=ns",
                "--metadata=" + folder.resolve("metadata"),
                "--output=" + folder.resolve("same.json"),
                flags[0],
                flags[1]);
        assertThat(compared.out()).containsPattern("same +2\n").containsPattern("missing +1\n");

        assertThat(sync().exitCode()).isZero();
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(index.digest());
        assertThat(digests()).doesNotContain("as=", "rule=");
    }

    @Test
    void mirrorInFileNeedsRewriteForDockerRegistry() throws IOException {
        try (DockerRegistry registry = DockerRegistry.start(folder.resolve("registry"))) {
            String file = """
                    defaults:
                      platforms: [linux/arm64, linux/amd64]
                    mirrors:
                      - name: team
                        source: %s/ns
                        destination: %s/mirror
                        images: [a]
                    """.formatted(source.host(), registry.host());
            Path config = Files.writeString(folder.resolve("gcrsync.yaml"), file);
            String[] command = {"sync", "--config=" + config, "--metadata=" + folder.resolve("metadata")};

            Result refused = place.run(command);
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.out())
                    .contains("this registry accepts only complete indexes")
                    .contains("what to do: set index: rewrite, or remove platforms");

            Files.writeString(config, file.replace("defaults:\n", "defaults:\n  index: rewrite\n"));
            Result rewritten = place.run(command);
            assertThat(rewritten.exitCode()).as("%s", rewritten).isZero();
            assertThat(rewritten.out()).containsPattern("copied +1 ");
            assertThat(place.run(command).out()).containsPattern("up to date +1\n");
        }
    }

    @Test
    void folderStaysSparse() {
        String mirror = "oci:" + folder.resolve("mirror");

        assertThat(place.sync(source.host(), mirror, "--platform=linux/arm64").exitCode())
                .isZero();
        assertThat(place.sync(source.host(), mirror, "--platform=linux/arm64", "--check-destination")
                        .out())
                .containsPattern("copied +0\n")
                .containsPattern("up to date +2\n");
    }
}
