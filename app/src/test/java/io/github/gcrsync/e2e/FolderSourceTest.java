package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Mirrors a folder into a registry. */
final class FolderSourceTest extends FromFolder {
    @Test
    void copiesEveryTreeFromRegistryToFolderToRegistry() {
        Map<String, SampleImage> images = new LinkedHashMap<>();
        List<SampleLayer> shared = List.of(SampleImages.layer(1, 4), SampleImages.layer(2, 2));
        for (int i = 0; i < 30; i++) {
            SampleImage image = switch (i % 5) {
                case 0 -> SampleImages.multiPlatform(100 + i);
                case 1 -> SampleImages.docker("linux/amd64", shared.get(0), SampleImages.layer(200 + i, 2));
                case 2 -> SampleImages.nestedIndex(300 + 10L * i);
                case 3 -> SampleImages.multiPlatformDocker(400 + i);
                default -> SampleImages.oci("linux/arm64", shared.get(0), shared.get(1));
            };
            images.put("team/app-%d:v%d".formatted(i % 7, i), image);
        }
        String cosignTag = SampleImages.cosignTag(SampleImages.multiPlatform(100));
        images.forEach((name, image) -> source.put("ns/" + name.split(":")[0], name.split(":")[1], image));
        List<SampleImage> referrers = new ArrayList<>();
        images.forEach((name, image) -> {
            SampleImage signature = SampleImages.signature(name.hashCode(), image);
            source.put("ns/" + name.split(":")[0], signature);
            referrers.add(signature);
        });
        source.put("ns/team/app-0", cosignTag, SampleImages.artifact(1, "x/sig"));
        workplace.sync(
                source.host(), "oci:" + mirror(), "--metadata=" + folder.resolve("there"), "--no-default-excludes");
        source.log().clear();

        Result result = load();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .contains("oci:" + mirror() + " -> " + destination.host() + "/loaded")
                .containsPattern("copied +30 ");
        assertThat(source.log().count()).isZero();
        images.forEach((name, image) -> assertArrived("loaded/" + name.split(":")[0], name.split(":")[1], image));
        int i = 0;
        for (String name : images.keySet()) {
            assertArrived("loaded/" + name.split(":")[0], referrers.get(i).digest(), referrers.get(i));
            i++;
        }
        assertThat(destination.tags("loaded/team/app-0")).contains(cosignTag);
        Result again = load();
        assertThat(again.out()).containsPattern("copied +0\n").containsPattern("up to date +30\n");
        Result compared = run("compare", "--output=" + folder.resolve("same.json"));
        assertThat(compared.exitCode()).as("%s", compared).isZero();
        assertThat(compared.out()).containsPattern("same +30\n");
    }

    @Test
    void appliesNoDefaultsOfTheOriginal() throws IOException {
        for (String tag : List.of("latest", "1.0-rc1", "1.0.0-with-a-long-name")) {
            source.put("ns/pause-arm", tag, SampleImages.oci(1));
        }
        fill();
        for (int i = 0; i < 101; i++) {
            link("pause-arm", "latest", "v" + i);
        }

        Result result = load();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.tags("loaded/pause-arm"))
                .contains("latest", "1.0-rc1", "v100")
                .hasSize(104);
        assertThat(load("--exclude-tag=^v", "--metadata=" + folder.resolve("other"))
                        .out())
                .containsPattern("(?m)tag matches \\^v");
    }

    /** The layout gets another tag for an image. */
    private void link(String repository, String tag, String other) throws IOException {
        Path index = mirror().resolve(repository).resolve("index.json");
        List<String> lines = new ArrayList<>(Files.readAllLines(index));
        String entry = lines.stream()
                .filter(line -> line.contains("\"" + tag + "\""))
                .findFirst()
                .orElseThrow();
        lines.add(1, entry.replaceFirst(",$", "").replace("\"" + tag + "\"", "\"" + other + "\"") + ",");
        Files.write(index, lines);
    }

    @Test
    void ledgerIsThatOfTheFolder() throws IOException {
        SampleImage image = put("a", "1", 1);
        fill();

        Result result = load("--namespace=vendor/images");
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(load().out()).containsPattern("(?m)^ +copied +0$");

        String digests = Files.readString(folder.resolve("metadata/vendor/images/ImageDigests"));
        assertThat(digests)
                .startsWith("# gcrsync ImageDigests 2\n# destination " + destination.host() + "/loaded\n# source oci:"
                        + mirror() + "\na:1 " + image.digest() + " ");
        assertThat(Files.readString(folder.resolve("metadata/mirror/README.md")))
                .as("found at the destination by the second run")
                .contains("- [oci:" + mirror() + "/a:1](https://" + destination.host() + "/loaded/a)\n");
        assertThat(run("log", "a:1").out()).contains("a:1  " + image.digest().substring(0, 19));
        assertThat(workplace
                        .run("log", "--namespace=vendor/images", "--metadata=" + folder.resolve("metadata"), "a:1")
                        .out())
                .contains("mirrored");
    }

    @Test
    void conflictsWithMirrorOfRegistryAtSameDestination() {
        put("a", "1", 1);
        fill();
        source.put("ns/a", "1", SampleImages.oci(99));
        assertThat(workplace.sync(source.host(), to()).exitCode()).isZero();

        Result conflict = load();

        assertThat(conflict.exitCode()).as("%s", conflict).isEqualTo(1);
        assertThat(conflict.out())
                .contains(to() + "/a:1 belongs to ns/a:1, which the ledger of ns records there")
                .contains("oci:" + mirror() + "/a:1 is ");
        assertThat(load("--destination=" + destination.host() + "/own").exitCode())
                .isZero();
        source.put("ns/a", "1", SampleImages.oci(98));
        Result other = workplace.sync(source.host(), destination.host() + "/own", "--namespace=ns");
        assertThat(other.out()).contains(destination.host() + "/own/a:1 belongs to a:1, which the ledger of mirror");
    }

    @Test
    void commandsReadFolder() {
        put("a", "1", 1);
        put("b/c", "2", 2);
        fill();

        assertThat(run("test").out())
                .contains("oci:" + mirror() + " -> " + to())
                .contains("copy  a:1 -> ")
                .contains("2 to copy");
        assertThat(run("explain", "b/c:2").out()).containsPattern("mirror +b/c:2");
        assertThat(run("explain", "x").err()).contains("oci:" + mirror() + " has no x");
        assertThat(run("monitor", "--count=1").out()).contains("2 images at the source, 2 waiting");
        assertThat(run("compare", "--output=" + folder.resolve("same.json")).exitCode())
                .isEqualTo(4);
        assertThat(load("--image=b/c:2").out()).containsPattern("copied +1 ");
        assertThat(destination.repositories()).containsExactly("loaded/b/c");
    }

    @Test
    void mirrorInFileReadsFolder() throws IOException {
        SampleImage image = put("a", "1", 1);
        put("a", "2", 2);
        fill();
        Path file = folder.resolve("gcrsync.yaml");
        Files.writeString(
                file, """
                metadata: %s
                mirrors:
                  - name: loaded-images
                    source: "oci:%s"
                    destinations:
                      - {name: one, to: %s/one}
                      - {name: disk, to: "oci:%s"}
                    repositories: [a]
                    tags: {include: ["1"]}
                """.formatted(folder.resolve("metadata"), mirror(), destination.host(), folder.resolve("copy")));

        assertThat(workplace
                        .run("config", "check", "--online", "--config=" + file)
                        .out())
                .containsPattern("a +1 of 2 tags");
        Path report = folder.resolve("report.json");
        Result result = workplace.run("sync", "--config=" + file, "--report=" + report);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.tags("one/a")).containsExactly("1");
        assertThat(OtherTools.digest("oci:" + folder.resolve("copy/a") + ":1")).isEqualTo(image.digest());
        assertThat(folder.resolve("metadata/loaded-images/ImageDigests")).exists();
        assertThat(Files.readString(report))
                .contains("oci:" + mirror())
                .doesNotContain("\"role\":\"source\"", "\"role\": \"source\"");
    }

    @Test
    void checkReferrersNeedsNoRequest() {
        SampleImage image = put("a", "1", 1);
        fill();
        assertThat(load("--metadata=" + folder.resolve("metadata")).exitCode()).isZero();
        SampleImage signature = SampleImages.signature(5, image);
        source.put("ns/a", signature);
        Result refilled = workplace.sync(
                source.host(), "oci:" + mirror(), "--check-referrers", "--metadata=" + folder.resolve("there"));
        assertThat(refilled.exitCode()).isZero();
        source.log().clear();
        destination.log().clear();

        Result result = load("--check-referrers");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("loaded/a", signature.digest())).isEqualTo(signature.digest());
        assertThat(source.log().count()).isZero();
        destination.log().clear();
        assertThat(load().exitCode()).isZero();
        assertThat(destination.log().count()).isZero();
    }

    @Test
    void copiesOneImageOfFolderWithReferrers() {
        SampleImage image = put("b/c", "1", 1);
        SampleImage signature = SampleImages.signature(5, image);
        source.put("ns/b/c", signature);
        fill();

        Result result = workplace.run("copy", "oci:" + mirror() + "/b/c:1", destination.host() + "/tools/c");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains("with 1 referrer");
        assertArrived("tools/c", "1", image);
        assertArrived("tools/c", signature.digest(), signature);
    }
}
