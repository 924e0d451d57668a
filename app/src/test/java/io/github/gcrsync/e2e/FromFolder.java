package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A test class with a folder that is filled from a registry and loaded into another one. */
abstract class FromFolder extends BetweenRegistries {
    FromFolder() {
        super(TestRegistry.builder().referrersApi(true), TestRegistry.builder().referrersApi(true));
    }

    void assertArrived(String repository, String reference, SampleImage image) {
        assertThat(destination.manifestDigest(repository, reference)).isEqualTo(image.digest());
        image.manifests()
                .keySet()
                .forEach(digest -> assertThat(destination.manifestDigest(repository, digest))
                        .isEqualTo(digest));
        image.blobs()
                .keySet()
                .forEach(digest -> assertThat(destination.hasBlob(repository, digest))
                        .as(digest)
                        .isTrue());
    }

    /** Fills the folder from the registry. */
    void fill() {
        Result filled = workplace.sync(
                source.host(), "oci:" + mirror(), "--no-default-excludes", "--metadata=" + folder.resolve("there"));
        assertThat(filled.exitCode()).as("%s", filled).isZero();
        source.log().clear();
    }

    SampleImage put(String name, String tag, long seed) {
        SampleImage image = SampleImages.oci(seed);
        source.put("ns/" + name, tag, image);
        return image;
    }

    Path mirror() {
        return folder.resolve("mirror");
    }

    String to() {
        return destination.host() + "/loaded";
    }

    Result load(String... flags) {
        return run("sync", flags);
    }

    Result run(String command, String... flags) {
        List<String> given = List.of(flags);
        List<String> arguments = new ArrayList<>(List.of(command));
        for (String usual : List.of(
                "--source=oci:" + mirror(), "--destination=" + to(), "--metadata=" + folder.resolve("metadata"))) {
            if (given.stream().noneMatch(flag -> flag.startsWith(usual.replaceFirst("=.*", "=")))) {
                arguments.add(usual);
            }
        }
        arguments.addAll(given);
        return workplace.run(arguments.toArray(String[]::new));
    }
}
