package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.e2e.Tar.Entry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** A good bundle to damage, and what holds when an import refuses a file. */
abstract class RefusedBundles extends AirGap {
    static final int BLOCK = 512;

    Path good;

    List<Entry> entries;

    @BeforeEach
    void exportBundle() throws IOException {
        SampleLayer shared = SampleImages.layer(1, 1);
        offer("team/app-0:v0", SampleImages.multiPlatform(100));
        offer("team/app-1:v1", SampleImages.docker("linux/amd64", shared, SampleImages.layer(2, 1)));
        offer("team/app-2:v2", SampleImages.oci("linux/arm64", shared));
        images.forEach((name, image) -> {
            SampleImage signature = SampleImages.signature(name.hashCode(), image);
            source.put("ns/" + repository(name), signature);
            referrers.put(name, signature);
        });
        source.put("ns/team/app-0", cosignTag(), SampleImages.artifact(1, "x/sig"));
        fill();
        good = exported("good.tar");
        entries = Tar.read(good);
    }

    List<String> blobs() {
        return entries.stream()
                .filter(entry -> entry.type() == '0' && entry.name().contains("/blobs/"))
                .map(Entry::name)
                .toList();
    }

    Path written(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    void assertRefused(String what, int exitCode, byte[] content) {
        try {
            Path file = written("hostile.tar", content);
            Map<String, String> before = tree();
            destination.log().clear();
            assertRefused(what, load(file, "--quiet"), exitCode, file, before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param named what the message contains: the file, or a pattern */
    void assertRefused(String what, Result result, int exitCode, Path named, Map<String, String> before)
            throws IOException {
        assertThat(result.exitCode()).as("%s: %s", what, result).isEqualTo(exitCode);
        assertThat(result.err().lines().toList()).as("%s: %s", what, result).hasSize(1);
        assertThat(result.err())
                .as("%s: %s", what, result)
                .startsWith("gcrsync: ")
                .containsPattern(named.toString())
                .contains("; ")
                .doesNotContain("Exception", "null", "\tat ", "\u001b", "\0", "secret")
                .hasSizeLessThan(600);
        assertThat(result.out()).as(what).isEmpty();
        assertThat(destination.log().count()).as(what).isZero();
        assertThat(tree()).as(what).isEqualTo(before);
    }

    /** All files with what shows a change. */
    Map<String, String> tree() throws IOException {
        Map<String, String> found = new HashMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                if (!path.startsWith(mirror()) && !path.startsWith(folder.resolve("there"))) {
                    found.put(
                            path.toString(),
                            Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                                    ? ""
                                    : Files.size(path) + " " + Files.getLastModifiedTime(path));
                }
            }
        }
        return found;
    }
}
