package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the catalog shows of mirrored images, with a registry that finds signatures by tags and one with an API for them. */
final class CatalogTest {
    private final SampleImage image = SampleImages.multiPlatform(1);
    private ServerStage stage;

    @BeforeEach
    void prepare(@TempDir Path folder) throws Exception {
        stage = new ServerStage(folder);
        TestRegistry source = stage.stage().source();
        source.put("ns/app", "1", image);
        source.put("ns/app", SampleImages.cosignTag(image), SampleImages.artifact(2, "application/vnd.example"));
        source.put("ns/app", "sbom", SampleImages.signature(3, image));
        source.put("ns/chart", "1", SampleImages.artifact(4, "application/vnd.cncf.helm.config.v1+json"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private RunningServer run(String destination) throws Exception {
        stage.write("""
                metadata: %s
                mirrors:
                  - {name: a, source: %s/ns, destination: %s/team, tags: {exclude: sbom}}
                """.formatted(
                        stage.stage().folder().resolve("metadata"),
                        stage.stage().source().host(),
                        destination));
        RunningServer server = stage.start();
        stage.send(server, "POST", "/api/v1/mirrors/a/run");
        stage.awaitRuns(server, "a", 1);
        Waiting.until("the catalog", () -> get(server, "/catalog").contains("/team/app:1"));
        return server;
    }

    private String get(RunningServer server, String path) {
        try {
            return stage.send(server, "GET", path).body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String details(RunningServer server, String address) {
        return get(server, "/catalog?mirror=a&image=" + URLEncoder.encode(address, StandardCharsets.UTF_8));
    }

    @Test
    void showsPlatformsAndSignatures() throws Exception {
        String host = stage.stage().destination().host();
        RunningServer server = run(host);

        assertThat(get(server, "/catalog?q=team/app:1"))
                .contains("with 2 referrers", image.digest(), "docker pull " + host + "/team/app@" + image.digest())
                .contains("<a href=\"/catalog?mirror=a&amp;image=");
        assertThat(details(server, host + "/team/app:1"))
                .contains("<li>linux/amd64</li>", "<li>linux/arm64</li>")
                .contains("signatures of cosign <code>" + SampleImages.cosignTag(image) + "</code>")
                .contains("<code>" + SampleImages.signature(3, image).digest() + "</code>");
        assertThat(details(server, host + "/team/chart:1")).contains("none: an artifact", "none at the destination");
        assertThat(stage.send(server, "GET", "/catalog?mirror=a&image=other").statusCode())
                .isEqualTo(404);
    }

    @Test
    void asksRegistryWithoutReferrersApi(@TempDir Path folder) throws Exception {
        try (DockerRegistry registry = DockerRegistry.start(folder)) {
            RunningServer server = run(registry.host());

            assertThat(details(server, registry.host() + "/team/app:1"))
                    .contains("<li>linux/arm64</li>")
                    .contains("signatures of cosign <code>" + SampleImages.cosignTag(image) + "</code>")
                    .contains("<code>" + SampleImages.signature(3, image).digest() + "</code>");
        }
    }

    @Test
    void saysWhatCannotBeRead() throws Exception {
        String host = stage.stage().destination().host();
        RunningServer server = run(host);

        stage.stage().destination().close();
        assertThat(details(server, host + "/team/app:1"))
                .contains("The destination cannot be asked for platforms and signatures.", image.digest());

        stage.write("""
                metadata: %s
                mirrors:
                  - {name: a, source: %s/ns, destination: %s/team}
                """.formatted(
                        Files.writeString(stage.stage().folder().resolve("file"), "no repository"),
                        stage.stage().source().host(),
                        host));
        Waiting.until("the problem", () -> get(server, "/catalog").contains("The images of a cannot be read."));
    }
}
