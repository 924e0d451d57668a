package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies some platforms of an image. */
@Timeout(60)
final class PlatformSubsetTest {
    private static final RepositoryName NAME = new RepositoryName("ns/a");

    enum Store {
        LAYOUT,
        REGISTRY
    }

    private final TestRegistry from = TestRegistry.start();
    private final TestRegistry to = TestRegistry.builder().sparseIndexes(true).start();
    private final Engine engine = Registries.engine().build();
    private final Repository source = engine.registry(from.host()).repository(NAME);

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        engine.close();
        from.close();
        to.close();
    }

    private Repository destination(Store store) {
        return switch (store) {
            case LAYOUT -> OciLayouts.at(folder).repository(NAME);
            case REGISTRY -> engine.registry(to.host()).repository(NAME);
        };
    }

    private Descriptor copy(Repository destination, Platforms platforms) {
        return engine.copy(source, "1", destination, "1", CopyOptions.defaults().withPlatforms(platforms));
    }

    private static Platforms sparse(String... platforms) {
        return Platforms.of(List.of(platforms), Platforms.Index.SPARSE);
    }

    private static Platforms rewrite(String... platforms) {
        return Platforms.of(List.of(platforms), Platforms.Index.REWRITE);
    }

    private static List<String> present(Repository destination, Manifest index) {
        return index.children().stream()
                .filter(child -> destination.resolve(child.digest().value()).isPresent())
                .map(child -> child.platform().map(Platform::toString).orElse(""))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void sparseIndexKeepsItsBytesAndLacksOtherPlatforms(Store store) {
        SampleImage image = SampleImages.multiPlatform(1);
        from.put(NAME.value(), "1", image);
        Repository destination = destination(store);

        copy(destination, sparse("linux/arm64", "linux/arm/v7"));

        Manifest copied = destination.manifest("1");
        assertThat(copied.content().toArray()).isEqualTo(image.bytes());
        assertThat(present(destination, copied)).containsExactly("linux/arm64", "linux/arm/v7");
        assertThat(destination.resolve("1")).map(Descriptor::digest).contains(new Digest(image.digest()));
        assertThat(from.log().count("GET", "/manifests/")).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void addsPlatformsToSparseIndex(Store store) {
        from.put(NAME.value(), "1", SampleImages.nestedIndex(1));
        Repository destination = destination(store);
        copy(destination, sparse("linux/arm64"));
        Manifest inner = destination.manifest(
                source.manifest("1").children().getFirst().digest().value());
        assertThat(present(destination, inner)).containsExactly("linux/arm64");

        copy(destination, sparse("linux/arm64", "linux/amd64"));
        assertThat(present(destination, inner)).containsExactly("linux/amd64", "linux/arm64");

        copy(destination(store), Platforms.ALL);
        assertThat(present(destination(store), inner)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void rewrittenIndexIsCompleteAndAlwaysTheSame(Store store) {
        SampleImage image = SampleImages.multiPlatformDocker(1);
        from.put(NAME.value(), "1", image);
        Repository destination = destination(store);

        Descriptor stored = copy(destination, rewrite("linux/arm64"));

        Manifest copied = destination.manifest("1");
        assertThat(copied.descriptor().digest()).isEqualTo(stored.digest()).isNotEqualTo(new Digest(image.digest()));
        assertThat(copied.descriptor().mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST_LIST);
        assertThat(copied.children()).hasSize(1);
        assertThat(present(destination, copied)).containsExactly("linux/arm64");
        assertThat(copy(destination, rewrite("linux/arm64/v8"))).isEqualTo(stored);
        assertThat(copy(destination, rewrite("linux/amd64", "linux/arm64", "linux/arm"))
                        .digest())
                .isEqualTo(new Digest(image.digest()));
    }

    @Test
    void rewritesNestedIndexes() {
        SampleImage inner = SampleImages.multiPlatform(1);
        from.put(NAME.value(), "1", SampleImages.index(inner, SampleImages.oci(2)));
        Repository destination = destination(Store.REGISTRY);

        copy(destination, rewrite("linux/arm/v7"));

        Manifest copied = destination.manifest("1");
        assertThat(copied.children()).hasSize(1);
        Manifest nested =
                destination.manifest(copied.children().getFirst().digest().value());
        assertThat(nested.children()).hasSize(1);
        assertThat(present(destination, nested)).containsExactly("linux/arm/v7");
    }

    @Test
    void copiesAttestationsOfCopiedPlatforms() {
        SampleImage amd = SampleImages.oci("linux/amd64", SampleImages.layer(1, 2));
        SampleImage arm = SampleImages.oci("linux/arm64", SampleImages.layer(2, 2));
        SampleImage ofAmd = SampleImages.artifact(3, "application/vnd.example.sbom");
        SampleImage ofArm = SampleImages.artifact(4, "application/vnd.example.sbom");
        List.of(amd, arm, ofAmd, ofArm).forEach(each -> from.put(NAME.value(), "part", each));
        source.putManifest(
                "1",
                TestImages.manifest(
                        MediaType.OCI_INDEX,
                        "{\"schemaVersion\":2,\"manifests\":["
                                + String.join(
                                        ",",
                                        entry(amd, "linux", "amd64", ""),
                                        entry(arm, "linux", "arm64", ""),
                                        entry(ofAmd, "unknown", "unknown", amd.digest()),
                                        entry(ofArm, "unknown", "unknown", arm.digest()))
                                + "]}"));
        Repository destination = destination(Store.REGISTRY);

        copy(destination, sparse("linux/arm64"));
        assertThat(present(destination, destination.manifest("1"))).containsExactly("linux/arm64", "unknown/unknown");
        assertThat(destination.resolve(ofArm.digest())).isPresent();

        copy(destination, rewrite("linux/amd64"));
        assertThat(destination.manifest("1").children())
                .extracting(child -> child.digest().value())
                .containsExactly(amd.digest(), ofAmd.digest());
    }

    private static String entry(SampleImage image, String os, String architecture, String describes) {
        return "{\"mediaType\":\"" + image.mediaType() + "\",\"digest\":\"" + image.digest() + "\",\"size\":"
                + image.root().size() + ",\"platform\":{\"os\":\"" + os + "\",\"architecture\":\"" + architecture
                + "\"}"
                + (describes.isEmpty()
                        ? "}"
                        : ",\"annotations\":{\"vnd.docker.reference.digest\":\"" + describes + "\"}}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void skipsImageOfOtherPlatform(boolean isIndex) {
        from.put(NAME.value(), "1", isIndex ? SampleImages.index(SampleImages.oci(1)) : SampleImages.docker(1));
        Repository destination = destination(Store.REGISTRY);

        assertThatThrownBy(() -> copy(destination, sparse("linux/arm64", "linux/s390x")))
                .isInstanceOf(SkippedException.class)
                .hasMessage("the image is not for linux/arm64, linux/s390x, but for linux/amd64");

        assertThat(to.log().count()).isZero();
    }

    @Test
    void copiesImageWithoutIndexIfItsConfigMatches() {
        from.put(NAME.value(), "1", SampleImages.oci("linux/arm/v7", SampleImages.layer(1, 2)));

        Descriptor stored = copy(destination(Store.REGISTRY), rewrite("linux/arm"));

        assertThat(stored.digest().value()).isEqualTo(from.manifestDigest(NAME.value(), "1"));
        assertThat(to.tags(NAME.value())).containsExactly("1");
    }

    @Test
    void copiesArtifactWithoutPlatform() {
        from.put(NAME.value(), "1", SampleImages.artifact(1, "application/vnd.example.chart"));

        copy(destination(Store.REGISTRY), sparse("linux/arm64"));

        assertThat(to.tags(NAME.value())).containsExactly("1");
    }

    @Test
    void dockerRegistryRefusesSparseIndexAndStoresRewrittenOne() {
        from.put(NAME.value(), "1", SampleImages.multiPlatform(1));
        try (DockerRegistry registry = DockerRegistry.start(folder)) {
            Repository destination = engine.registry(registry.host()).repository(NAME);

            assertThatThrownBy(() -> copy(destination, sparse("linux/arm64")))
                    .isInstanceOfSatisfying(CopyException.class, e -> {
                        assertThat(e.side()).isEqualTo(Side.DESTINATION);
                        assertThat(e.reason()).isInstanceOf(ContentException.Unsupported.class);
                        assertThat(e.reason().remedy()).contains("set index: rewrite, or remove platforms");
                    })
                    .hasMessageContaining("400 MANIFEST_BLOB_UNKNOWN")
                    .hasMessageEndingWith("this registry accepts only complete indexes;"
                            + " set index: rewrite, or remove platforms");
            assertThat(destination.resolve("1")).isEmpty();

            copy(destination, rewrite("linux/arm64"));
            String image = registry.host() + "/" + NAME + ":1";
            assertThat(run("skopeo", "inspect", "--tls-verify=false", "--override-arch=arm64", "docker://" + image))
                    .contains("\"Architecture\": \"arm64\"");
            assertThat(run("oras", "manifest", "fetch", "--plain-http", image))
                    .isEqualTo(new String(destination.manifest("1").content().toArray(), StandardCharsets.UTF_8));
            run(
                    "skopeo",
                    "copy",
                    "--all",
                    "--src-tls-verify=false",
                    "docker://" + image,
                    "dir:" + folder.resolve("out"));
        }
    }

    private static String run(String program, String... arguments) {
        return Program.require(program).arguments(arguments).run().orThrow().stdout();
    }
}
