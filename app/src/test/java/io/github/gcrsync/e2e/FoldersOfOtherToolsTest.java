package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loads image layouts that skopeo, oras, umoci and buildah wrote, and lets buildah read the folder of a mirror. */
final class FoldersOfOtherToolsTest extends FromFolder {
    private final SampleImage image = SampleImages.multiPlatform(1);

    @BeforeEach
    void putImage() {
        source.put("ns/app", "1", image);
    }

    @Test
    void loadsLayoutOfSkopeo() {
        String from = "docker://" + source.host() + "/ns/app:1";
        OtherTools.copy(from, "oci:" + folder.resolve("App") + ":1", "--all", "--preserve-digests");
        OtherTools.copy(
                from, "oci:" + folder.resolve("App") + ":docker.io/library/app:2", "--all", "--preserve-digests");
        OtherTools.copy(from, "oci:" + folder.resolve("untagged"), "--all", "--preserve-digests");

        assertThat(loaded("App").exitCode()).isZero();

        assertThat(destination.tags("loaded/app")).containsExactly("1", "2");
        assertArrived("loaded/app", "2", image);
        Result untagged = loaded("untagged");
        assertThat(untagged.exitCode()).as("%s", untagged).isEqualTo(1);
        assertThat(untagged.out()).containsPattern("untagged  source: .* holds only images without a tag");
        assertThat(loaded("untagged", "--image=untagged@" + image.digest()).exitCode())
                .isZero();
        assertArrived("loaded/untagged", image.digest(), image);
    }

    @Test
    void loadsLayoutOfOrasWithReferrers() {
        SampleImage signature = SampleImages.signature(5, image);
        source.put("ns/app", signature);
        OtherTools.oras(
                folder,
                "cp",
                "--recursive",
                "--from-plain-http",
                "--to-oci-layout",
                source.host() + "/ns/app:1",
                folder.resolve("one") + ":1");

        Result result = loaded("one", "--name=team/app");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertArrived("loaded/team/app", "1", image);
        assertArrived("loaded/team/app", signature.digest(), signature);
        assertThat(workplace.folder().resolve("metadata/one/ImageDigests")).exists();
    }

    @Test
    void loadsLayoutOfUmoci() throws IOException {
        Path layout = built();

        Result result = loaded("built");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("loaded/built", "1"))
                .isEqualTo(OtherTools.digest("oci:" + layout + ":1"));
    }

    @Test
    void exchangesFoldersWithBuildah() throws IOException {
        Path layout = built();
        assertThat(workplace
                        .run("copy", "oci:" + layout + ":1", source.host() + "/ns/built")
                        .exitCode())
                .isZero();
        fill();
        String container =
                buildah("from", "oci:" + mirror().resolve("built") + ":1").strip();
        buildah("config", "--label", "changed=yes", container);
        buildah("commit", container, "oci:" + folder.resolve("committed") + ":2");

        Result result = loaded("committed");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("loaded/committed", "2"))
                .isEqualTo(OtherTools.digest("oci:" + folder.resolve("committed") + ":2"));
    }

    private Path built() throws IOException {
        Path layout = folder.resolve("built");
        OtherTools.build(
                layout, "1", Files.createDirectories(folder.resolve("content")).toString());
        return layout;
    }

    /** buildah looks for a program for networks, although it runs nothing here. */
    private String buildah(String... arguments) throws IOException {
        Path helpers = Files.createDirectories(folder.resolve("helpers"));
        Path helper = helpers.resolve("netavark");
        if (Files.notExists(helper)) {
            Files.writeString(helper, "#!/bin/sh\n");
            assertThat(helper.toFile().setExecutable(true)).isTrue();
        }
        Path settings = Files.writeString(
                folder.resolve("containers.conf"), "[engine]\nhelper_binaries_dir=[\"" + helpers + "\"]\n");
        return Program.require("buildah")
                .arguments(
                        "--root=" + folder.resolve("root"),
                        "--runroot=" + folder.resolve("run"),
                        "--storage-driver=vfs")
                .arguments(arguments)
                .environment("CONTAINERS_CONF", settings.toString())
                .run()
                .orThrow()
                .stdout();
    }

    private Result loaded(String name, String... flags) {
        String[] all = new String[flags.length + 1];
        all[0] = "--source=oci:" + folder.resolve(name);
        System.arraycopy(flags, 0, all, 1, flags.length);
        return load(all);
    }
}
