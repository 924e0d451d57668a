package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.MemoryRepository;
import io.github.gcrsync.content.MemoryStore;
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
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sends again what a destination lost or damaged after it was copied. */
@Timeout(60)
final class RepairTest {
    private static final RepositoryName NAME = new RepositoryName("a");
    private static final byte[] CONFIG_BYTES = TestImages.utf8("{}");
    private static final Descriptor CONFIG = Descriptor.of(TestImages.CONFIG, CONFIG_BYTES);
    private static final byte[] LAYER_BYTES = TestImages.bytes(1, 10_000);
    private static final Descriptor LAYER = TestImages.blob(LAYER_BYTES);
    private static final Manifest IMAGE = TestImages.image(CONFIG, List.of(LAYER));
    private static final Manifest INDEX = TestImages.index(MediaType.OCI_INDEX, List.of(IMAGE.descriptor()));

    private final TestRegistry registry =
            TestRegistry.builder().sparseIndexes(true).start();
    private final MemoryRepository source = new MemoryRepository();
    private Engine engine = Registries.engine().build();

    @TempDir
    private Path folder;

    RepairTest() {
        source.ensureBlob(CONFIG, TestImages.content(CONFIG_BYTES));
        source.ensureBlob(LAYER, TestImages.content(LAYER_BYTES));
        source.putManifest(IMAGE.descriptor().digest().value(), IMAGE);
        source.putManifest("1", INDEX);
    }

    @AfterEach
    void stop() {
        engine.close();
        registry.close();
    }

    private Repository destination() {
        return engine.registry(registry.host()).repository(NAME);
    }

    /** A later process knows nothing of what this one has sent. */
    private void copyFirst() {
        copy(destination(), CopyOptions.defaults());
        engine.close();
        engine = Registries.engine().build();
        registry.log().clear();
    }

    private void copy(Repository destination, CopyOptions options) {
        new Copier(options).copy(source, "1", destination, "1", true);
    }

    private void repair(Repository destination, Digest... damaged) {
        copy(destination, CopyOptions.defaults().withRepair(Set.of(damaged)));
    }

    @Test
    void storesLostManifestOfPlatform() {
        copyFirst();
        registry.delete("a", IMAGE.descriptor().digest().value());

        repair(destination());

        assertThat(destination().resolve(IMAGE.descriptor().digest().value())).isPresent();
        assertThat(registry.log().count("PUT", "manifests")).isEqualTo(2);
        assertThat(registry.log().count("PUT", "uploads")).isZero();
    }

    @Test
    void sendsLostLayerOfExistingManifest() {
        copyFirst();
        registry.deleteBlob("a", LAYER.digest().value());
        copy(destination(), CopyOptions.defaults());
        assertThat(registry.hasBlob("a", LAYER.digest().value())).isFalse();
        registry.log().clear();

        repair(destination());

        assertThat(registry.hasBlob("a", LAYER.digest().value())).isTrue();
        assertThat(registry.log().count("POST", "uploads")).isEqualTo(2);
        assertThat(registry.log().count("PUT", "uploads")).isEqualTo(1);
        assertThat(registry.log().count("HEAD", ".*")).isZero();
    }

    @Test
    void sendsDamagedLayerWhateverTheRegistryClaims() {
        copyFirst();

        repair(destination(), LAYER.digest());

        assertThat(registry.log().exchanges())
                .filteredOn(exchange -> exchange.query().contains("mount=" + LAYER.digest()))
                .isEmpty();
        assertThat(registry.log().count("PUT", "uploads")).isEqualTo(1);
        assertThat(registry.log().count("HEAD", ".*")).isZero();
    }

    @Test
    void sendsDamagedLayerThatThisProcessSent() {
        copy(destination(), CopyOptions.defaults());
        registry.log().clear();

        repair(destination(), LAYER.digest());

        assertThat(registry.log().count("PUT", "uploads")).isEqualTo(1);
    }

    @Test
    void distrustsOncePerRepository() {
        MemoryStore store = new MemoryStore();
        Repository a = store.repository(NAME);
        Repository b = store.repository(new RepositoryName("b"));
        copy(a, CopyOptions.defaults());
        copy(b, CopyOptions.defaults());
        Copier copier = new Copier(CopyOptions.defaults().withRepair(Set.of(LAYER.digest())));

        for (String tag : List.of("1", "2")) {
            copier.copy(source, "1", a, tag, true);
            copier.copy(source, "1", b, tag, true);
        }

        assertThat(store.requests(MemoryStore.Method.DISTRUST))
                .containsExactly("a " + LAYER.digest(), "b " + LAYER.digest());
        assertThat(a.hasBlob(LAYER)).isTrue();
    }

    @Test
    void replacesDamagedFileOfSameSize() throws IOException {
        copy(layout("a"), CopyOptions.defaults());
        Files.write(file("a"), TestImages.bytes(2, LAYER_BYTES.length));
        copy(layout("a"), CopyOptions.defaults());
        assertThat(file("a")).hasBinaryContent(TestImages.bytes(2, LAYER_BYTES.length));

        repair(layout("a"), LAYER.digest());

        assertThat(file("a")).hasBinaryContent(LAYER_BYTES);
    }

    /** Both layouts have hard links to the damaged file. */
    @Test
    void linksOnlyToUndamagedFileOfOtherLayout() throws IOException {
        OciLayouts layouts = OciLayouts.at(folder);
        copy(layouts.repository(NAME), CopyOptions.defaults());
        copy(layouts.repository(new RepositoryName("b")), CopyOptions.defaults());
        Files.write(file("a"), TestImages.bytes(2, LAYER_BYTES.length));
        assertThat(Files.isSameFile(file("a"), file("b"))).isTrue();

        OciLayouts later = OciLayouts.at(folder);
        repair(later.repository(NAME), LAYER.digest());
        repair(later.repository(new RepositoryName("b")), LAYER.digest());

        assertThat(file("a")).hasBinaryContent(LAYER_BYTES);
        assertThat(Files.isSameFile(file("a"), file("b"))).isTrue();
    }

    @Test
    void replacesDamagedManifest() throws IOException {
        copy(layout("a"), CopyOptions.defaults());
        Path manifest =
                folder.resolve("a/blobs/sha256/" + IMAGE.descriptor().digest().hex());
        Files.write(manifest, new byte[(int) IMAGE.descriptor().size()]);

        repair(layout("a"));

        assertThat(manifest).hasBinaryContent(IMAGE.content().toArray());
    }

    /** Opens the layout like another process. */
    private Repository layout(String name) {
        return OciLayouts.at(folder).repository(new RepositoryName(name));
    }

    private Path file(String name) {
        return folder.resolve(name + "/blobs/sha256/" + LAYER.digest().hex());
    }
}
