package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Program;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bundles between real registries, and what other tools make of them. */
final class BundleInteropTest extends AirGap {
    @BeforeEach
    void offer() {
        offerImages();
    }

    @Test
    void otherToolsReadExtractedBundle() throws Exception {
        fill();
        Path file = exported("all.tar");
        Path extracted = Files.createDirectory(folder.resolve("extracted"));

        output("tar", "-xf", file.toString(), "-C", extracted.toString());

        String layout = extracted.resolve("images/team/app-0").toString();
        assertThat(output("skopeo", "inspect", "--raw", "oci:" + layout + ":v0"))
                .isEqualTo(new String(image("team/app-0:v0").bytes(), StandardCharsets.UTF_8));
        assertThat(output("umoci", "ls", "--layout", layout)).contains("v0\n");
        assertThat(output("oras", "discover", "--oci-layout", layout + ":v0", "--format=json"))
                .contains(signature("team/app-0:v0").digest());
        assertThat(output("sh", "-c", "cd " + extracted + " && sha256sum --quiet -c SHA256SUMS"))
                .isEmpty();
        Result synced = workplace.run(
                "sync",
                "--source=oci:" + extracted.resolve("images"),
                "--destination=" + to(),
                "--metadata=" + folder.resolve("other-side"),
                "--namespace=ns");
        assertThat(synced.exitCode()).as("%s", synced).isZero();
        assertAllArrived();
    }

    @Test
    void crossesFromRegistryToRegistry() throws Exception {
        try (DockerRegistry here = DockerRegistry.start(folder.resolve("registry-here"));
                DockerRegistry there = DockerRegistry.start(folder.resolve("registry-there"))) {
            Result filled = workplace.sync(
                    source.host(),
                    here.host() + "/mirror",
                    "--no-default-excludes",
                    "--metadata=" + folder.resolve("there"));
            assertThat(filled.exitCode()).as("%s", filled).isZero();
            String[] exporting = exporting(bundle("all.tar"), "--destination=" + here.host() + "/mirror");
            String[] loading = loading(List.of(bundle("all.tar")), "--destination=" + there.host() + "/a/b");
            Result exported = workplace.run(exporting);
            assertThat(exported.exitCode()).as("%s", exported).isZero();

            Result loaded = workplace.run(loading);

            assertThat(loaded.exitCode()).as("%s", loaded).isZero();
            assertThat(loaded.out()).containsPattern("copied +30 ");
            images.forEach((name, image) -> assertThat(
                            output("oras", "resolve", "--plain-http", there.host() + "/a/b/" + name))
                    .isEqualTo(image.digest() + "\n"));
            Result again = workplace.run(loading);
            assertThat(again.exitCode()).as("%s", again).isZero();
            assertThat(again.out()).containsPattern("copied +0\n");
        }
    }

    private static String output(String program, String... arguments) {
        return Program.require(program).arguments(arguments).run().orThrow().stdout();
    }
}
