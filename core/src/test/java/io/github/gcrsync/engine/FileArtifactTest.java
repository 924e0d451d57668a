package io.github.gcrsync.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileArtifactTest {
    private static final String TYPE = "application/vnd.example.report";

    private final TestRegistry registry = TestRegistry.start();
    private final Engine engine = Registries.engine().build();

    @TempDir
    private Path folder;

    private Repository repository;
    private Path report;
    private Path empty;

    @BeforeEach
    void writeFiles() throws IOException {
        repository = engine.repository(Reference.parse(registry.host() + "/team/reports"));
        report = Files.writeString(folder.resolve("report.txt"), "all is well\n".repeat(20_000));
        empty = Files.createFile(folder.resolve("empty"));
    }

    @AfterEach
    void close() {
        engine.close();
        registry.close();
    }

    @Test
    void pullsFilesFromRegistry() throws Exception {
        Descriptor pushed = FileArtifact.push(repository, "1", TYPE, List.of(report, empty));

        assertThat(registry.manifestDigest("team/reports", "1"))
                .isEqualTo(pushed.digest().value());
        assertPulled(FileArtifact.pull(repository, "1", folder.resolve("a/b")));
    }

    @Test
    void pullsFilesFromLayout() throws Exception {
        Repository layout = OciLayouts.at(folder.resolve("layouts")).repository(new RepositoryName("reports"));
        FileArtifact.push(layout, "1", TYPE, List.of(report, empty));

        assertPulled(FileArtifact.pull(layout, "1", folder.resolve("pulled")));
    }

    @Test
    void givesEqualFilesEqualDigest() throws Exception {
        Descriptor first = FileArtifact.push(repository, "1", TYPE, List.of(report));
        Path copy = Files.copy(
                report, Files.createDirectory(folder.resolve("other")).resolve("report.txt"));

        assertThat(FileArtifact.push(repository, "2", TYPE, List.of(copy))).isEqualTo(first);
    }

    @Test
    void orasPullsFiles() throws Exception {
        FileArtifact.push(repository, "1", TYPE, List.of(report, empty));
        Path pulled = Files.createDirectory(folder.resolve("pulled"));

        oras(pulled, "pull", "--plain-http", registry.host() + "/team/reports:1");

        assertPulled(List.of(pulled.resolve("report.txt"), pulled.resolve("empty")));
        assertThat(oras(folder, "manifest", "fetch", "--plain-http", registry.host() + "/team/reports:1"))
                .contains("\"artifactType\":\"" + TYPE + "\"");
    }

    @Test
    void pullsFilesThatOrasPushed() throws Exception {
        String name = registry.host() + "/team/reports:1";
        oras(folder, "push", "--plain-http", "--artifact-type", TYPE, name, "report.txt", "empty");

        assertPulled(FileArtifact.pull(repository, "1", folder.resolve("pulled")));
    }

    @Test
    void refusesFolderThatOrasPacked() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("packed")).resolve("file"), "content");
        oras(folder, "push", "--plain-http", registry.host() + "/team/reports:1", "packed");

        assertUnsupported("1", "a packed folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "/etc/out", "a/out", "a\\out", "..", ".", "", "out\u001b[2J"})
    void refusesNameThatIsNotPlain(String name) {
        put(name);

        assertUnsupported("1", "a file name that is not a plain name");
    }

    @Test
    void refusesSecondFileOfSameName() {
        put("same", "same");

        assertUnsupported("1", "a second file named same");
    }

    @Test
    void refusesImage() {
        registry.put("team/reports", "image", SampleImages.oci(1));

        assertUnsupported("image", "no files with names");
    }

    @Test
    void leavesNoDamagedFile() throws Exception {
        Descriptor pushed = FileArtifact.push(repository, "1", TYPE, List.of(report));
        String layer = repository.manifest("1").children().getLast().digest().value();
        registry.fault(Fault.on("GET", "/blobs/" + layer).corruptByte(100_000).always());

        Path pulled = folder.resolve("pulled");
        assertThatThrownBy(() -> FileArtifact.pull(repository, pushed.digest().value(), pulled))
                .isInstanceOf(ContentException.Corrupt.class);

        assertThat(pulled).isEmptyDirectory();
    }

    @Test
    void resumesBrokenDownload() throws Exception {
        FileArtifact.push(repository, "1", TYPE, List.of(report));
        registry.fault(Fault.on("GET", "/blobs/").cutAfter(100_000));
        registry.log().clear();

        List<Path> files = FileArtifact.pull(repository, "1", folder.resolve("pulled"));

        assertThat(files.getFirst()).hasSameBinaryContentAs(report);
        assertThat(registry.log().exchanges())
                .anyMatch(request -> request.header("Range").equals("bytes=100000-"));
    }

    @Test
    void replacesExistingFile() throws Exception {
        FileArtifact.push(repository, "1", TYPE, List.of(report));
        Path pulled = Files.createDirectory(folder.resolve("pulled"));
        Files.writeString(pulled.resolve("report.txt"), "yesterday");

        FileArtifact.pull(repository, "1", pulled);

        assertThat(pulled.resolve("report.txt")).hasSameBinaryContentAs(report);
    }

    @Test
    void refusesToPushWithoutFilesOrWithTwoOfOneName() throws Exception {
        Path other =
                Files.createFile(Files.createDirectory(folder.resolve("other")).resolve("empty"));

        assertThatThrownBy(() -> FileArtifact.push(repository, "1", TYPE, List.of()))
                .hasMessage("an artifact needs at least one file");
        assertThatThrownBy(() -> FileArtifact.push(repository, "1", TYPE, List.of(empty, other)))
                .hasMessage("two files have the name empty");
        assertThatThrownBy(() -> FileArtifact.push(repository, "1", "report", List.of(empty)))
                .hasMessage("not a media type: report");
        assertThatThrownBy(() -> FileArtifact.push(repository, "1", TYPE, List.of(folder.resolve("missing"))))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(registry.log().count()).isZero();
    }

    private void assertPulled(List<Path> files) {
        assertThat(files).extracting(file -> file.getFileName().toString()).containsExactly("report.txt", "empty");
        assertThat(files.get(0)).hasSameBinaryContentAs(report);
        assertThat(files.get(1)).isEmptyFile();
        assertThat(files.get(0).getParent()).isDirectoryNotContaining("glob:**/.*");
    }

    private void assertUnsupported(String tag, String reason) {
        Path pulled = folder.resolve("pulled");
        assertThatThrownBy(() -> FileArtifact.pull(repository, tag, pulled))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining(reason);
        assertThat(pulled).doesNotExist();
    }

    /** An artifact whose layers, all of the same content, have these names. */
    private void put(String... names) {
        byte[] content = {1, 2, 3};
        Descriptor plain = Descriptor.of("application/octet-stream", content);
        repository.ensureBlob(plain, offset -> new ByteArrayInputStream(content));
        List<Descriptor> layers = List.of(names).stream()
                .map(name -> new Descriptor(
                        plain.mediaType(),
                        plain.digest(),
                        plain.size(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Map.of("org.opencontainers.image.title", name)))
                .toList();
        byte[] manifest = Json.written(json -> {
                    json.writeStartObject();
                    json.writeNumberProperty("schemaVersion", 2);
                    json.writeName("config");
                    DescriptorJson.write(json, plain);
                    json.writeArrayPropertyStart("layers");
                    layers.forEach(layer -> DescriptorJson.write(json, layer));
                    json.writeEndArray();
                    json.writeEndObject();
                })
                .getBytes(StandardCharsets.UTF_8);
        repository.putManifest("1", Manifest.parse(MediaType.OCI_MANIFEST, Digest.sha256(manifest), manifest));
    }

    private static String oras(Path in, String... arguments) {
        return Program.require("oras")
                .arguments(arguments)
                .in(in)
                .run()
                .orThrow()
                .stdout();
    }
}
