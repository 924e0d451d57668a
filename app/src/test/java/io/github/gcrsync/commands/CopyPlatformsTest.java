package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImages;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** copy takes some platforms of an image. */
final class CopyPlatformsTest extends CopyOfImage {
    @Test
    void copiesSparseIndexAndAddsPlatforms() {
        String layout = "oci:" + folder.resolve("layout");

        Result result = copy("--platform=linux/arm64", from(), layout);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).startsWith("copied  ").contains(image.digest());
        assertThat(source.log().count("GET", "/manifests/")).isEqualTo(2);
        assertThat(copy("--platform=linux/arm64/v8", from(), layout).out()).startsWith("up to date  ");
        assertThat(copy("--platform=linux/arm64", "--platform=linux/amd64", from(), layout)
                        .out())
                .startsWith("copied  ");
        assertThat(source.log().count("GET", "/manifests/")).isEqualTo(4);
    }

    @Test
    void dockerRegistryNeedsRewrittenIndex() {
        Path data = folder.resolve("registry");
        try (DockerRegistry registry = DockerRegistry.start(data)) {
            String to = registry.host() + "/app:1";

            Result refused = copy("--platform=linux/arm64", from(), to);
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.out())
                    .contains("this registry accepts only complete indexes")
                    .contains("what to do: set index: rewrite, or remove platforms");

            Result rewritten = copy("--platform=linux/arm64", "--index=rewrite", from(), to);
            assertThat(rewritten.exitCode()).as("%s", rewritten).isZero();
            assertThat(rewritten.out()).startsWith("copied  ").doesNotContain(image.digest());
            String digest = rewritten.out().replaceFirst("(?s).*(sha256:[0-9a-f]{64}).*", "$1");
            assertThat(copy("--platform=linux/arm64", "--index=rewrite", from(), to)
                            .out())
                    .isEqualTo("up to date  " + from() + " -> " + to + "  " + digest + "\n");
        }
    }

    @Test
    void failsIfImageIsForOtherPlatform() {
        source.put("team/app", "1.0", SampleImages.oci(1));

        Result result = copy("--platform=linux/arm64", from(), to("app"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains("source: the image is not for linux/arm64, but for linux/amd64; choose another --platform");
        assertThat(destination.log().count("PUT", ".*")).isZero();
    }

    @Test
    void refusesUnknownPlatformAndForm() {
        assertThat(copy("--platform=arm64", from(), to("app")).err())
                .contains("not a platform: arm64; write os/arch or os/arch/variant");
        Result form = copy("--index=dense", from(), to("app"));
        assertThat(form.exitCode()).isEqualTo(2);
        assertThat(form.err()).contains("'dense' is none of sparse, rewrite");
    }
}
