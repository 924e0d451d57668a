package io.github.gcrsync.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads and updates {@code index.json} written by any tool. */
final class IndexFileTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final String FOREIGN =
            "{ \"mediaType\":\"application/vnd.oci.image.manifest.v1+json\", \"digest\":\""
                    + DIGEST + "\",\n  \"size\":7,\"data\":\"e30=\",\"x-unknown\":{\"deep\":[1.50,null,\"\\u00e9ü\"]},"
                    + "\"annotations\":{\"org.opencontainers.image.ref.name\":\"foreign\",\"k\":\"v\"}}";
    private static final String BLAKE = "{\"digest\":\"blake3:00\",\"size\":1,\"mediaType\":\"x/y\","
            + "\"annotations\":{\"org.opencontainers.image.ref.name\":\"exotic\"}}";

    @TempDir
    Path temp;

    @Test
    void preservesFieldsOfOtherTools() throws IOException {
        index("{\"manifests\":[" + FOREIGN + "," + BLAKE
                + "],\n \"annotations\":{\"who\":\"me\"}, \"schemaVersion\" : 2 ,"
                + "\"n\":-1.250e+3,\"t\":true,\"z\":null,\"s\":\"\\\"q\"}");

        OciLayoutsTest.putImage(repository(), "ours");

        assertThat(temp.resolve("a/index.json"))
                .content()
                .contains(FOREIGN)
                .contains(BLAKE)
                .contains("\"annotations\":{\"who\":\"me\"}", "\"n\":-1.250e+3,\"t\":true,\"z\":null,\"s\":\"\\\"q\",")
                .containsOnlyOnce("schemaVersion\":2");
        assertThat(repository().tags()).containsExactly("exotic", "foreign", "ours");
        assertThatThrownBy(() -> repository().resolve("exotic"))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("exotic");
    }

    @Test
    void keepsInvalidTagsWithoutListingThem() throws IOException {
        index("{\"manifests\":[" + FOREIGN.replace("\"foreign\"", "\"docker.io/library/x:1\"") + "]}");

        OciLayoutsTest.putImage(repository(), "1");

        assertThat(repository().tags()).containsExactly("1");
        assertThat(temp.resolve("a/index.json")).content().contains("docker.io/library/x:1");
    }

    @Test
    void replacesEntriesOfMovedTagAtFirstPosition() throws IOException {
        index("{\"manifests\":[" + FOREIGN + "," + FOREIGN.replace("\"foreign\"", "\"other\"") + "," + FOREIGN + "]}");

        Manifest image = OciLayoutsTest.putImage(repository(), "foreign");

        String content = Files.readString(temp.resolve("a/index.json"));
        assertThat(content).containsOnlyOnce("\"foreign\"").containsOnlyOnce(DIGEST);
        assertThat(content.indexOf("\"foreign\"")).isLessThan(content.indexOf("\"other\""));
        assertThat(repository().resolve("foreign"))
                .map(Descriptor::digest)
                .contains(image.descriptor().digest());
    }

    @Test
    void writesNothingForUnchangedTag() throws IOException {
        OciLayoutsTest.putImage(repository(), "1");
        Object before = Files.getAttribute(temp.resolve("a/index.json"), "unix:ino");

        OciLayoutsTest.putImage(repository(), "1");

        assertThat(Files.getAttribute(temp.resolve("a/index.json"), "unix:ino")).isEqualTo(before);
    }

    @Test
    void preservesPlatformAndArtifactType() {
        byte[] content = TestImages.utf8("{\"manifests\":[]}");
        Descriptor descriptor = new Descriptor(
                MediaType.OCI_INDEX,
                Digest.sha256(content),
                content.length,
                Optional.of(new Platform("linux", "arm64", Optional.of("v8"))),
                Optional.of("application/vnd.example.artifact"),
                List.of(),
                Map.of("a", "b"));

        repository()
                .putManifest(
                        "1",
                        new Manifest.Index(
                                io.github.gcrsync.oci.Bytes.copyOf(content), descriptor, List.of(), Optional.empty()));

        assertThat(repository().resolve("1")).contains(descriptor);
    }

    @Test
    void detectsTypeByContentIfEntryNamesUnknownType() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository(), "1");
        Path index = temp.resolve("a/index.json");
        Files.writeString(index, Files.readString(index).replace(MediaType.OCI_MANIFEST, "binary/octet-stream"));

        assertThat(repository().manifest("1").children()).isEqualTo(image.children());

        Descriptor config = blobNamed("{\"any\":1}");
        Files.writeString(
                index,
                Files.readString(index)
                        .replace(
                                image.descriptor().digest().value(),
                                config.digest().value())
                        .replace("\"size\":" + image.descriptor().size(), "\"size\":" + config.size()));
        assertThatThrownBy(() -> repository().manifest("1"))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("\"binary/octet-stream\"");
    }

    private Descriptor blobNamed(String content) {
        byte[] bytes = TestImages.utf8(content);
        Descriptor blob = TestImages.blob(bytes);
        repository().ensureBlob(blob, TestImages.content(bytes));
        return blob;
    }

    @Test
    void keepsSignatureWhenItsTagMoves() {
        Repository repository = repository();
        Manifest subject = OciLayoutsTest.putImage(repository, "1");
        Descriptor config = Descriptor.of(TestImages.CONFIG, TestImages.utf8("{}"));
        Manifest old = TestImages.referrer(subject.descriptor(), "application/vnd.example.old", config);
        Manifest young = TestImages.referrer(subject.descriptor(), "application/vnd.example.young", config);

        repository.putManifest("sig", old);
        repository.putManifest("sig", young);

        assertThat(repository.referrers(subject.descriptor().digest()))
                .extracting(Descriptor::digest)
                .containsExactlyInAnyOrder(
                        old.descriptor().digest(), young.descriptor().digest());
        assertThat(repository
                        .referrers(subject.descriptor().digest())
                        .getFirst()
                        .annotations())
                .containsEntry("made", "here");
    }

    @Test
    void removesEntryButKeepsFileOfOldManifest() throws IOException {
        Repository repository = repository();
        Manifest old = OciLayoutsTest.putImage(repository, "1");
        Manifest young = TestImages.index(MediaType.OCI_INDEX, List.of(old.descriptor()));

        repository.putManifest("1", young);

        assertThat(temp.resolve("a/index.json"))
                .content()
                .doesNotContain(old.descriptor().digest().value());
        assertThat(repository.manifest(old.descriptor().digest().value()).content())
                .isEqualTo(old.content());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"manifests\":{}}",
                "{\"manifests\":[1]}",
                "{\"manifests\":[]} x",
                "{\"manifests\":[],\"manifests\":[]}",
                "<html>"
            })
    void namesDamagedIndexWithoutOverwritingIt(String damaged) throws IOException {
        index(damaged);

        assertThatThrownBy(() -> repository().resolve("1"))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining(temp.resolve("a/index.json").toString());
        assertThatThrownBy(() -> OciLayoutsTest.putImage(repository(), "1"))
                .isInstanceOf(ContentException.Corrupt.class);
        assertThat(temp.resolve("a/index.json")).hasContent(damaged);
    }

    @Test
    void seesChangesOfOthersImmediately() throws IOException {
        Repository reader = repository();
        OciLayoutsTest.putImage(reader, "1");

        OciLayoutsTest.putImage(repository(), "2");

        assertThat(reader.tags()).containsExactly("1", "2");
        OciLayoutsTest.putImage(reader, "3");
        assertThat(repository().tags()).containsExactly("1", "2", "3");
    }

    @Test
    void storesTenThousandTags() throws Exception {
        Repository repository = repository();
        Manifest image = OciLayoutsTest.putImage(repository, "first");

        putTags(List.of(repository), image, "t", 10_000);

        assertThat(repository().tags()).hasSize(10_001);
    }

    @Test
    void keepsTagsOfTwoObjectsForOneLayout() throws Exception {
        Repository repository = repository();
        Manifest image = OciLayoutsTest.putImage(repository, "first");

        putTags(List.of(repository, repository()), image, "t", 200);

        assertThat(repository().tags()).hasSize(401);
    }

    @Test
    void keepsTagsOfTwoProcesses() throws Exception {
        Manifest image = OciLayoutsTest.putImage(repository(), "first");
        List<Process> writers = new ArrayList<>();
        for (String prefix : List.of("x", "y")) {
            writers.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            IndexFileTest.class.getName(),
                            temp.toString(),
                            prefix)
                    .redirectErrorStream(true)
                    .start());
        }

        putTags(List.of(repository()), image, "z", 200);

        for (Process writer : writers) {
            String output =
                    new String(writer.getInputStream().readAllBytes(), java.nio.charset.Charset.defaultCharset());
            assertThat(writer.waitFor()).as(output).isZero();
        }
        assertThat(repository().tags()).hasSize(601);
    }

    /** The second process: writes 200 tags with the prefix {@code args[1]} to the layouts at {@code args[0]}. */
    static void main(String[] arguments) throws Exception {
        Repository repository = OciLayouts.at(Path.of(arguments[0])).repository(new RepositoryName("a"));
        putTags(List.of(repository), repository.manifest("first"), arguments[1], 200);
    }

    private static void putTags(List<Repository> repositories, Manifest image, String prefix, int each)
            throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < repositories.size(); i++) {
                Repository repository = repositories.get(i);
                String start = prefix + i + "-";
                IntStream.range(0, each)
                        .forEach(n -> puts.add(threads.submit(() -> repository.putManifest(start + n, image))));
            }
            for (Future<?> put : puts) {
                put.get();
            }
        }
    }

    private Repository repository() {
        return OciLayouts.at(temp).repository(new RepositoryName("a"));
    }

    private void index(String content) throws IOException {
        Files.createDirectories(temp.resolve("a"));
        Files.writeString(temp.resolve("a/oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}");
        Files.writeString(temp.resolve("a/index.json"), content);
    }
}
