package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.MemoryRepository;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies content that is difficult for other tools from a registry to every kind of store. */
@Timeout(60)
final class UnusualContentTest {
    private static final RepositoryName NAME = new RepositoryName("ns/a");
    private static final byte[] CONFIG = TestImages.utf8("{\"architecture\":\"amd64\",\"os\":\"linux\"}");

    enum Store {
        MEMORY,
        LAYOUT,
        REGISTRY
    }

    private final TestRegistry from = TestRegistry.start();
    private final TestRegistry to = TestRegistry.start();
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
            case MEMORY -> new MemoryRepository();
            case LAYOUT -> OciLayouts.at(folder).repository(NAME);
            case REGISTRY -> engine.registry(to.host()).repository(NAME);
        };
    }

    private Manifest assertCopied(Manifest root, Store store) {
        Repository destination = destination(store);
        source.putManifest("1", root);

        copy(destination, CopyListener.SILENT);

        Manifest copied = destination.manifest("1");
        assertThat(copied.content()).isEqualTo(root.content());
        assertThat(copied.descriptor().mediaType()).isEqualTo(root.descriptor().mediaType());
        for (Descriptor child : copied.children()) {
            if (copied instanceof Manifest.Image) {
                assertThat(read(destination, child)).isEqualTo(read(source, child));
            }
        }
        return copied;
    }

    private void copy(Repository destination, CopyListener listener) {
        new Copier(4, new StopSignal(), listener).copy(source, "1", destination, "1", true);
    }

    private Descriptor blob(String mediaType, byte[] content) {
        Descriptor blob = Descriptor.of(mediaType, content);
        source.ensureBlob(blob, TestImages.content(content));
        return blob;
    }

    private static byte[] read(Repository repository, Descriptor blob) {
        try (InputStream content = repository.blob(blob).openAt(0)) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Descriptor config() {
        return blob(TestImages.CONFIG, CONFIG);
    }

    @ParameterizedTest
    @EnumSource
    void copiesUnusualEmptyAndDuplicateLayers(Store store) {
        byte[] bytes = TestImages.bytes(1, 10_000);
        Descriptor zstd = blob("application/vnd.oci.image.layer.v1.tar+zstd", bytes);
        Descriptor encrypted = blob("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", TestImages.bytes(2, 100));
        Descriptor model = blob("application/vnd.example.model.v7", TestImages.bytes(3, 100));
        Descriptor empty = blob(TestImages.LAYER, new byte[0]);

        assertCopied(TestImages.image(config(), List.of(zstd, encrypted, model, empty, zstd)), store);

        assertThat(from.log().count("GET", "/blobs/" + zstd.digest()))
                .as("once to copy it, and once per place to compare")
                .isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void copiesSha512Content(Store store) {
        byte[] bytes = TestImages.bytes(4, 5000);
        Digest sha512 = new Digest("sha512:" + "0".repeat(128));
        Descriptor layer = new Descriptor(TestImages.LAYER, sha512.ofSameAlgorithm(bytes), bytes.length);
        source.ensureBlob(layer, TestImages.content(bytes));
        byte[] json = TestImages.image(config(), List.of(layer)).content().toArray();
        Manifest image = Manifest.parse(MediaType.OCI_MANIFEST, sha512.ofSameAlgorithm(json), json);
        source.putManifest(image.descriptor().digest().value(), image);
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor()));

        assertCopied(index, store);

        Repository destination = destination(store == Store.MEMORY ? Store.LAYOUT : store);
        if (store == Store.MEMORY) {
            copy(destination, CopyListener.SILENT);
        }
        assertThat(destination
                        .manifest(image.descriptor().digest().value())
                        .content()
                        .toArray())
                .isEqualTo(json);
        assertThat(read(destination, layer)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void copiesIndexWithoutPlatformsAndNestedIndex(Store store) {
        Manifest image = TestImages.image(config(), List.of());
        Manifest inner = TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor()));
        source.putManifest(image.descriptor().digest().value(), image);
        source.putManifest(inner.descriptor().digest().value(), inner);

        assertCopied(TestImages.index(MediaType.OCI_INDEX, List.of(inner.descriptor(), image.descriptor())), store);
    }

    @ParameterizedTest
    @EnumSource
    void copiesManifestOfFourMebibytes(Store store) {
        Manifest plain = TestImages.image(config(), List.of());
        String json = new String(plain.content().toArray(), java.nio.charset.StandardCharsets.UTF_8);
        int padding = (4 << 20) - json.length();

        Manifest largest = TestImages.manifest(MediaType.OCI_MANIFEST, json + " ".repeat(padding));

        assertThat(largest.descriptor().size()).isEqualTo(4 << 20);
        assertCopied(largest, store);
    }

    @ParameterizedTest
    @EnumSource
    void preservesSubjectAndArtifactType(Store store) {
        Descriptor config = config();
        Manifest subject = TestImages.image(config, List.of());
        Manifest artifact = TestImages.referrer(subject.descriptor(), "application/vnd.example.sbom", config);

        Manifest copied = assertCopied(artifact, store);

        assertThat(copied.subject())
                .map(Descriptor::digest)
                .contains(subject.descriptor().digest());
        assertThat(copied.asReferrer().artifactType()).contains("application/vnd.example.sbom");
    }

    @ParameterizedTest
    @EnumSource
    void copiesSparseIndexIfStoreAcceptsIt(Store store) {
        SampleImage image = SampleImages.multiPlatform(1);
        from.put(NAME.value(), "1", image);
        String absent = image.manifests().firstEntry().getKey();
        from.delete(NAME.value(), absent);
        Repository destination = destination(store);
        List<String> told = new ArrayList<>();
        CopyListener listener = new CopyListener() {
            @Override
            public void manifestAbsent(Descriptor manifest) {
                told.add(manifest.digest().value());
            }
        };

        if (store == Store.LAYOUT) {
            copy(destination, listener);

            assertThat(destination.resolve("1")).map(Descriptor::digest).contains(new Digest(image.digest()));
            assertThat(destination.manifest("1").children().stream()
                            .map(child -> destination.resolve(child.digest().value()))
                            .flatMap(Optional::stream))
                    .hasSize(2);
        } else {
            assertThatThrownBy(() -> copy(destination, listener))
                    .isInstanceOf(CopyException.class)
                    .hasMessageContaining(absent);
            assertThat(destination.resolve("1")).isEmpty();
        }
        assertThat(told).contains(absent);
    }

    @ParameterizedTest
    @EnumSource
    void copiesEverythingBelowIndexServedAsUnknownType(Store store) {
        try (TestRegistry files =
                TestRegistry.builder().manifestType("binary/octet-stream").start()) {
            SampleImage index = SampleImages.multiPlatform(1);
            files.put(NAME.value(), "1", index);
            Repository destination = destination(store);

            new Copier(4, new StopSignal(), CopyListener.SILENT)
                    .copy(engine.registry(files.host()).repository(NAME), "1", destination, "1", true);

            Manifest copied = destination.manifest("1");
            assertThat(copied.descriptor().mediaType()).isEqualTo(index.mediaType());
            assertThat(copied.children())
                    .hasSize(3)
                    .allSatisfy(child -> assertThat(
                                    destination.manifest(child.digest().value()).children())
                            .isNotEmpty()
                            .allSatisfy(
                                    blob -> assertThat(read(destination, blob)).hasSize((int) blob.size())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void asksSourceWhetherChildOfIndexIsManifest(Store store) {
        Descriptor layer = blob("application/vnd.example.part", TestImages.bytes(5, 100));
        Manifest image = TestImages.image(config(), List.of(layer));
        source.putManifest(image.descriptor().digest().value(), image);
        Descriptor typedWrongly = new Descriptor(
                "application/vnd.docker.distribution.manifest.v2",
                image.descriptor().digest(),
                image.descriptor().size());
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(typedWrongly));
        source.putManifest("1", index);
        Repository destination = destination(store);

        copy(destination, CopyListener.SILENT);

        assertThat(destination.manifest(image.descriptor().digest().value()).content())
                .isEqualTo(image.content());
        assertThat(read(destination, layer)).hasSize(100);
    }

    @ParameterizedTest
    @EnumSource
    void copiesBlobsOfOrasArtifact(Store store) {
        Descriptor part = blob("application/vnd.example.part", TestImages.bytes(6, 100));
        String blobs =
                "[{\"mediaType\":\"" + part.mediaType() + "\",\"digest\":\"" + part.digest() + "\",\"size\":100}]";

        Manifest copied = assertCopied(
                TestImages.manifest(
                        MediaType.ORAS_ARTIFACT,
                        "{\"mediaType\":\"" + MediaType.ORAS_ARTIFACT
                                + "\",\"artifactType\":\"application/vnd.example\",\"blobs\":" + blobs + "}"),
                store);

        assertThat(copied.children()).containsExactly(part);
        assertThat(copied.asReferrer().artifactType()).contains("application/vnd.example");
    }

    @ParameterizedTest
    @EnumSource
    void refusesSchemaOneByName(Store store) {
        SampleImage image = SampleImages.oci(1);
        from.put(NAME.value(), "1", image);
        from.fault(io.github.gcrsync.testkit.Fault.on("GET", "/manifests/")
                .status(200, "{\"schemaVersion\":1}")
                .header("Content-Type", MediaType.DOCKER_SCHEMA1_SIGNED)
                .always());

        assertThatThrownBy(() -> copy(destination(store), CopyListener.SILENT))
                .isInstanceOf(CopyException.class)
                .hasMessageContaining("schema 1")
                .satisfies(
                        e -> assertThat(((CopyException) e).reason()).isInstanceOf(ContentException.Unsupported.class));
    }
}
