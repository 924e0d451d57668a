package io.github.gcrsync.layout;

import static io.github.gcrsync.content.TestImages.CONFIG;
import static io.github.gcrsync.content.TestImages.blob;
import static io.github.gcrsync.content.TestImages.bytes;
import static io.github.gcrsync.content.TestImages.content;
import static io.github.gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of layouts, or a single one, as a source. */
final class LayoutSourceTest {
    private static final Descriptor CONFIG_BLOB = Descriptor.of(CONFIG, utf8("{}"));
    private static final byte[] LAYER = bytes(7, 10_000);

    @TempDir
    Path temp;

    @Test
    void listsRepositoriesWithDigests() {
        Manifest one = put("a", "1", 1);
        Manifest two = put("a/b", "2", 2);

        Listing listing = source("").list();

        assertThat(listing.repositories())
                .containsExactly(listed("a", "1", one.descriptor()), listed("a/b", "2", two.descriptor()));
        assertThat(source("").list(name -> name.value().equals("a")).others()).containsExactly(name("a/b"));
    }

    @Test
    void singleLayoutIsRepositoryOfFoldersName() {
        Manifest one = put("My-App", "1", 1);
        Manifest below = put("My-App/plugin", "2", 2);

        assertThat(source("My-App").list().repositories())
                .containsExactly(listed("my-app", "1", one.descriptor()), listed("plugin", "2", below.descriptor()));
        Store named = OciLayouts.source(temp.resolve("My-App"), Optional.of(name("team/app")));
        assertThat(named.list().repositories())
                .containsExactly(listed("plugin", "2", below.descriptor()), listed("team/app", "1", one.descriptor()));
        assertThat(named.repository(name("team/app")).manifest("1").descriptor())
                .isEqualTo(one.descriptor());
    }

    @Test
    void needsValidAndUniqueName() {
        put("-x-", "1", 1);
        put("app", "1", 1);
        put("app/app", "1", 1);

        assertThatThrownBy(() -> source("-x-").list())
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("the name of the folder " + temp.resolve("-x-"))
                .hasMessageEndingWith("set --name, or rename the folder");
        assertThatThrownBy(() -> source("app").list())
                .hasMessageContaining("is the repository app, and contains another one of this name");
    }

    @Test
    void reportsMissingAndEmptyFolders() throws IOException {
        assertThatThrownBy(() -> source("none").list())
                .isInstanceOf(ContentException.Unreachable.class)
                .hasMessage("there is no folder " + temp.resolve("none")
                        + "; check the path, and whether its disk is mounted");
        assertThatThrownBy(() -> source("none").repository(name("a")).resolve("1"))
                .isInstanceOf(ContentException.Unreachable.class);
        assertThat(source("none").answers()).isFalse();
        Files.createDirectory(temp.resolve("empty"));
        assertThatThrownBy(() -> source("empty").list())
                .isInstanceOf(ContentException.NotFound.class)
                .hasMessageContaining("holds no OCI image layout");
        put("a", "1", 1);
        assertThat(source("").list(List.of(name("a"), name("b"))).failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason()).isInstanceOf(ContentException.NotFound.class));
    }

    @Test
    void takesTagsFromFullNames() throws IOException {
        Descriptor one = put("a", "docker.io/library/a:1", 1).descriptor();
        Descriptor two = put("a", "2", 2).descriptor();
        Descriptor three = put("a", "quay.io/x:2", 3).descriptor();
        Descriptor four = put("a", "quay.io/x:both", 4).descriptor();
        Descriptor five = put("a", "quay.io/y:both", 5).descriptor();
        Descriptor six = put("a", "no tag", 6).descriptor();
        put("a", "localhost:5000/x", 7);

        Listing listing = source("").list();

        assertThat(listing.repositories())
                .containsExactly(new Listing.ListedRepository(
                        name("a"),
                        List.of(
                                new Listing.ListedTag("1", Optional.of(one.digest())),
                                new Listing.ListedTag("2", Optional.of(two.digest())))));
        assertThat(listing.invalid())
                .contains(
                        "a:quay.io/x:2@" + three.digest(),
                        "a:quay.io/x:both@" + four.digest(),
                        "a:quay.io/y:both@" + five.digest(),
                        "a:no tag@" + six.digest())
                .hasSize(5);
        assertThat(source("").repository(name("a")).resolve("1")).contains(one);
        assertThat(source("").repository(name("a")).tags()).containsExactly("1", "2");
    }

    @Test
    void firstOfEqualNamesCounts() throws IOException {
        Descriptor first = put("a", "1", 1).descriptor();
        Descriptor second = put("a", "other", 2).descriptor();
        Path index = temp.resolve("a/index.json");
        Files.writeString(index, Files.readString(index).replace("\"other\"", "\"1\""));

        Listing listing = source("").list();

        assertThat(listing.repositories()).containsExactly(listed("a", "1", first));
        assertThat(listing.invalid()).containsExactly("a:1@" + second.digest());
    }

    @Test
    void singleLayoutWithoutTagsIsNotEmpty() throws IOException {
        put("app", "1", 1);
        Path index = temp.resolve("app/index.json");
        Files.writeString(
                index,
                Files.readString(index).replace(",\"annotations\":{\"org.opencontainers.image.ref.name\":\"1\"}", ""));

        assertThat(source("app").list().failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason())
                        .hasMessage("oci:" + temp.resolve("app")
                                + " holds only images without a tag; give them one with gcrsync copy,"
                                + " or name them by digest"));
        assertThat(source("").list().failures()).isEmpty();
    }

    @Test
    void needsNoMarker() throws IOException {
        Descriptor image = put("a", "1", 1).descriptor();
        Files.delete(temp.resolve("a/oci-layout"));

        assertThat(source("").repository(name("a")).resolve("1")).contains(image);
    }

    @Test
    void namesMissingAndDamagedContent() throws IOException {
        Manifest image = put("a", "1", 1);
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor()));
        writable("a").putManifest("index", index);
        Files.delete(file("a", image.descriptor()));
        Repository a = source("").repository(name("a"));

        assertThatThrownBy(() -> a.resolve("index"))
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessageContaining("@" + image.descriptor().digest() + ": no such manifest");
        assertThatThrownBy(() -> a.resolve("1"))
                .as("not as if the tag were deleted")
                .isInstanceOf(ContentException.Incomplete.class);
        assertThatThrownBy(() -> a.manifest(image.descriptor().digest().value()))
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessageContaining("@" + image.descriptor().digest() + ": no such manifest; copy the image into");
        assertThatThrownBy(() -> a.blob(TestImages.blob(bytes(99, 9))).openAt(0))
                .isInstanceOf(ContentException.Incomplete.class);
    }

    @Test
    void mirrorsSparseIndexAsItIs() {
        Manifest image = put("a", "1", 1);
        Descriptor absent = blob(bytes(3, 9));
        Descriptor other = new Descriptor(MediaType.OCI_MANIFEST, absent.digest(), absent.size());
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor(), other));
        writable("a").putManifest("index", index);
        Repository a = source("").repository(name("a"));

        assertThat(a.resolve("index")).contains(index.descriptor());
        assertThatThrownBy(() -> a.manifest(absent.digest().value())).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void failsRepositoryWithoutReadableIndex() throws IOException {
        put("a", "1", 1);
        put("b", "1", 1);
        put("c", "1", 1);
        Files.delete(temp.resolve("a/index.json"));
        Files.writeString(temp.resolve("b/index.json"), "{");

        Listing listing = source("").list();

        assertThat(listing.repositories())
                .extracting(Listing.ListedRepository::name)
                .containsExactly(name("c"));
        assertThat(listing.failures())
                .extracting(failure -> failure.reason().getMessage())
                .satisfiesExactly(
                        missing -> assertThat(missing)
                                .startsWith(temp.resolve("a/index.json") + " is missing; copy the image into"),
                        damaged -> assertThat(damaged)
                                .startsWith(temp.resolve("b/index.json") + " is damaged: ")
                                .contains("; copy the image into the folder again"));
    }

    @Test
    void verifiesBlobsWhileReading() throws IOException {
        put("a", "1", 1);
        Path file = file("a", blob(LAYER));
        byte[] changed = Files.readAllBytes(file);
        changed[5] ^= 1;
        Files.delete(file);
        Files.write(file, changed);

        try (InputStream content =
                source("").repository(name("a")).blob(blob(LAYER)).openAt(0)) {
            assertThatThrownBy(content::readAllBytes)
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("@" + blob(LAYER).digest() + ": the file is damaged")
                    .hasMessageEndingWith(
                            "copy the image into the folder again, or the whole folder from where it came");
        }
    }

    @Test
    void reportsDamagedReferrer() throws IOException {
        Manifest image = put("a", "1", 1);
        Manifest signature = TestImages.referrer(image.descriptor(), "test/signature", CONFIG_BLOB);
        writable("a").putManifest(signature.descriptor().digest().value(), signature);
        assertThat(source("").repository(name("a")).referrers(image.descriptor().digest()))
                .hasSize(1);
        Files.write(file("a", signature.descriptor()), new byte[3]);

        assertThatThrownBy(() -> source("")
                        .repository(name("a"))
                        .referrers(image.descriptor().digest()))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining(signature.descriptor().digest().value());
    }

    private Store source(String below) {
        return OciLayouts.source(temp.resolve(below), Optional.empty());
    }

    private Repository writable(String folder) {
        return OciLayouts.layout(temp.resolve(folder));
    }

    /** Stores an image; a name that is no tag is written as other tools do. */
    private Manifest put(String folder, String tag, int seed) {
        Repository layout = writable(folder);
        layout.ensureBlob(CONFIG_BLOB, content(utf8("{}")));
        byte[] own = bytes(seed, 100);
        List.of(LAYER, own).forEach(layer -> layout.ensureBlob(blob(layer), content(layer)));
        Manifest image = TestImages.image(CONFIG_BLOB, List.of(blob(LAYER), blob(own)));
        layout.putManifest("tag-" + seed, image);
        Path index = temp.resolve(folder).resolve("index.json");
        try {
            Files.writeString(index, Files.readString(index).replace("\"tag-" + seed + "\"", "\"" + tag + "\""));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return image;
    }

    private Path file(String folder, Descriptor content) {
        return temp.resolve(folder)
                .resolve("blobs/sha256")
                .resolve(content.digest().hex());
    }

    private static Listing.ListedRepository listed(String name, String tag, Descriptor image) {
        return new Listing.ListedRepository(
                name(name), List.of(new Listing.ListedTag(tag, Optional.of(image.digest()))));
    }

    private static RepositoryName name(String name) {
        return new RepositoryName(name);
    }
}
