package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Two sites: one mirrors a registry into a folder, the other one gets it as bundles. */
abstract class AirGap extends FromFolder {
    /** By name and tag. */
    final Map<String, SampleImage> images = new LinkedHashMap<>();

    final Map<String, SampleImage> referrers = new LinkedHashMap<>();

    /** 30 images in 7 repositories: with shared layers and signatures, for one or more platforms, nested. */
    void offerImages() {
        List<SampleLayer> shared = List.of(SampleImages.layer(1, 4), SampleImages.layer(2, 2));
        for (int i = 0; i < 30; i++) {
            offer(
                    "team/app-%d:v%d".formatted(i % 7, i),
                    switch (i % 5) {
                        case 0 -> SampleImages.multiPlatform(100 + i);
                        case 1 -> SampleImages.docker("linux/amd64", shared.get(0), SampleImages.layer(200 + i, 2));
                        case 2 -> SampleImages.nestedIndex(300 + 10L * i);
                        case 3 -> SampleImages.multiPlatformDocker(400 + i);
                        default -> SampleImages.oci("linux/arm64", shared.get(0), shared.get(1));
                    });
        }
        images.forEach((name, image) -> {
            SampleImage signature = SampleImages.signature(name.hashCode(), image);
            source.put("ns/" + repository(name), signature);
            referrers.put(name, signature);
        });
        source.put("ns/team/app-0", cosignTag(), SampleImages.artifact(1, "x/sig"));
    }

    static String cosignTag() {
        return SampleImages.cosignTag(SampleImages.multiPlatform(100));
    }

    SampleImage offer(String name, SampleImage image) {
        source.put("ns/" + repository(name), name.split(":")[1], image);
        images.put(name, image);
        return image;
    }

    SampleImage image(String name) {
        return Objects.requireNonNull(images.get(name));
    }

    SampleImage signature(String name) {
        return Objects.requireNonNull(referrers.get(name));
    }

    static String repository(String name) {
        return name.split(":")[0];
    }

    MetadataFiles ledgerHere() {
        return new MetadataFiles(folder.resolve("there"));
    }

    MetadataFiles ledgerThere() {
        return new MetadataFiles(folder.resolve("other-side"));
    }

    Path bundle(String name) {
        return folder.resolve(name);
    }

    Result export(Path file, String... flags) {
        return workplace.run(exporting(file, flags));
    }

    String[] exporting(Path file, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                file.toString(),
                "--source=" + source.host(),
                "--namespace=ns",
                "--destination=oci:" + mirror(),
                "--metadata=" + folder.resolve("there")));
        return withFlags(arguments, flags);
    }

    /** A given flag replaces the usual one. */
    private static String[] withFlags(List<String> usual, String... flags) {
        for (String flag : flags) {
            usual.removeIf(each -> each.startsWith(flag.replaceFirst("=.*", "=")) && flag.contains("="));
        }
        usual.addAll(List.of(flags));
        return usual.toArray(String[]::new);
    }

    Path exported(String name, String... flags) {
        Path file = bundle(name);
        Result result = export(file, flags);
        assertThat(result.exitCode()).as("%s", result).isZero();
        return file;
    }

    Result load(Path file, String... flags) {
        return workplace.run(loading(List.of(file), flags));
    }

    String[] loading(List<Path> files, String... flags) {
        List<String> arguments = new ArrayList<>(List.of("import"));
        files.forEach(file -> arguments.add(file.toString()));
        arguments.addAll(List.of("--destination=" + to(), "--metadata=" + folder.resolve("other-side")));
        return withFlags(arguments, flags);
    }

    /** The registry at the other side has every tree, and its ledger every image. */
    void assertAllArrived() {
        images.forEach((name, image) -> assertArrived("loaded/" + repository(name), name.split(":")[1], image));
        referrers.forEach((name, image) -> assertArrived("loaded/" + repository(name), image.digest(), image));
        assertThat(destination.tags("loaded/team/app-0")).contains(cosignTag());
        assertThat(ledgerThere().images()).hasSameElementsAs(images.keySet());
        Map<String, String> digests = new LinkedHashMap<>();
        images.forEach((name, image) -> digests.put(name, image.digest()));
        assertThat(ledgerThere().digests()).containsExactlyInAnyOrderEntriesOf(digests);
        ledgerThere().assertSound();
    }

    /** Returns the digests of the files in a bundle, each once. */
    Set<String> content(Path file) {
        try {
            Path to = Files.createTempDirectory(folder, "extracted");
            Process tar = new ProcessBuilder("tar", "-xf", file.toString(), "-C", to.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEmpty();
            try (var all = Files.walk(to)) {
                return all.filter(path -> path.toString().contains("/blobs/") && Files.isRegularFile(path))
                        .map(path -> path.getName(path.getNameCount() - 2) + ":" + path.getFileName())
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
