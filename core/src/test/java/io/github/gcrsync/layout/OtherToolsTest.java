package io.github.gcrsync.layout;

import static io.github.gcrsync.content.TestImages.blob;
import static io.github.gcrsync.content.TestImages.content;
import static io.github.gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exchanges layouts with skopeo, oras and umoci. */
final class OtherToolsTest {
    /** An empty tar archive: only the two terminating blocks. */
    private static final byte[] EMPTY_TAR = new byte[1024];

    private static final byte[] LAYER = gzip(EMPTY_TAR);
    private static final byte[] CONFIG = utf8("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + Digest.sha256(EMPTY_TAR)
            + "\"]},\"history\":[{\"created_by\":\"a test\"}]}");
    private static final Descriptor OCI_CONFIG = Descriptor.of(TestImages.CONFIG, CONFIG);

    @TempDir
    Path temp;

    private Repository repository;
    private Manifest image;

    @BeforeEach
    void putAnImage() {
        repository = OciLayouts.at(temp).repository(new RepositoryName("b/c"));
        repository.ensureBlob(OCI_CONFIG, content(CONFIG));
        repository.ensureBlob(blob(LAYER), content(LAYER));
        image = TestImages.image(OCI_CONFIG, List.of(blob(LAYER)));
        repository.putManifest("1", image);
    }

    @Test
    void isReadBySkopeoUnchanged() throws Exception {
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor()));
        repository.putManifest("index", index);

        assertThat(run("skopeo", "inspect", "--raw", "oci:" + layout() + ":1")).isEqualTo(text(image));
        assertThat(run("skopeo", "inspect", "--raw", "oci:" + layout() + ":index"))
                .isEqualTo(text(index));
    }

    @Test
    void isCopiedBySkopeoWithSameDigest() throws Exception {
        run(
                "skopeo",
                "--insecure-policy",
                "copy",
                "--preserve-digests",
                "oci:" + layout() + ":1",
                "dir:" + temp + "/out");

        assertThat(temp.resolve("out/manifest.json"))
                .hasBinaryContent(image.content().toArray());
        assertThat(temp.resolve("out/" + blob(LAYER).digest().hex())).hasBinaryContent(LAYER);
    }

    /** skopeo 1.18 finds only OCI types by name (its issue 2577), but all types by position. */
    @Test
    void preservesDockerTypeForSkopeo() throws Exception {
        Manifest docker = TestImages.dockerImage(
                Descriptor.of("application/vnd.docker.container.image.v1+json", CONFIG),
                List.of(Descriptor.of("application/vnd.docker.image.rootfs.diff.tar.gzip", LAYER)));
        repository.putManifest("docker", docker);

        assertThat(run("oras", "manifest", "fetch", "--oci-layout", layout() + ":docker"))
                .isEqualTo(text(docker));
        assertThat(run("oras", "manifest", "fetch", "--oci-layout", "--descriptor", layout() + ":docker"))
                .contains(MediaType.DOCKER_MANIFEST);
        String second = "oci:" + layout() + ":@1";
        assertThat(run("skopeo", "inspect", "--raw", second)).isEqualTo(text(docker));
        run("skopeo", "--insecure-policy", "copy", "--preserve-digests", second, "dir:" + temp + "/out");
        assertThat(temp.resolve("out/manifest.json"))
                .hasBinaryContent(docker.content().toArray());
    }

    @Test
    void isReadAndCopiedByOrasWithReferrers() throws Exception {
        Manifest signature = TestImages.referrer(image.descriptor(), "application/vnd.example.signature", OCI_CONFIG);
        repository.putManifest(signature.descriptor().digest().value(), signature);

        assertThat(run("oras", "manifest", "fetch", "--oci-layout", layout() + ":1"))
                .isEqualTo(text(image));
        assertThat(run("oras", "repo", "tags", "--oci-layout", layout())).contains("1");
        assertThat(run("oras", "discover", "--oci-layout", layout() + ":1"))
                .contains(signature.descriptor().digest().value());
        run("oras", "copy", "-r", "--from-oci-layout", layout() + ":1", "--to-oci-layout", temp + "/copied:1");

        Repository copied = OciLayouts.at(temp).repository(new RepositoryName("copied"));
        assertThat(copied.manifest("1").content()).isEqualTo(image.content());
        assertThat(copied.referrers(image.descriptor().digest()))
                .extracting(Descriptor::digest)
                .containsExactly(signature.descriptor().digest());
    }

    @Test
    void passesGarbageCollectionOfUmoci() throws Exception {
        assertThat(run("umoci", "stat", "--image", layout() + ":1", "--json"))
                .contains(blob(LAYER).digest().value());
    }

    @Test
    void acceptsWritesOfOtherTools() throws Exception {
        run("skopeo", "--insecure-policy", "copy", "oci:" + layout() + ":1", "oci:" + layout() + ":skopeo");
        run("oras", "tag", "--oci-layout", layout() + ":1", "oras");
        repository.putManifest("2", image);

        assertThat(repository.tags()).containsExactly("1", "2", "oras", "skopeo");
        assertThat(repository.manifest("skopeo").content()).isEqualTo(image.content());
        for (String tag : List.of("1", "2", "oras", "skopeo")) {
            assertThat(run("oras", "manifest", "fetch", "--oci-layout", layout() + ":" + tag))
                    .isEqualTo(text(image));
            assertThat(run("skopeo", "inspect", "--raw", "oci:" + layout() + ":" + tag))
                    .isEqualTo(text(image));
        }
    }

    @Test
    void readsLayoutOfUmoci() throws Exception {
        run("umoci", "init", "--layout", temp.resolve("made").toString());
        run("umoci", "new", "--image", temp + "/made:tagged");
        Repository made = OciLayouts.at(temp).repository(new RepositoryName("made"));

        assertThat(made.tags()).containsExactly("tagged");
        made.ensureBlob(OCI_CONFIG, content(CONFIG));
        made.ensureBlob(blob(LAYER), content(LAYER));
        made.putManifest("ours", image);

        assertThat(run("umoci", "ls", "--layout", temp.resolve("made").toString())
                        .lines())
                .containsExactlyInAnyOrder("tagged", "ours");
    }

    private String layout() {
        return temp.resolve("b/c").toString();
    }

    private static String text(Manifest manifest) {
        return new String(manifest.content().toArray(), StandardCharsets.UTF_8);
    }

    /** Runs a program of the Debian package of the same name; returns its output. */
    private String run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(temp, "errors", ".txt");
        Process process;
        try {
            process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        } catch (IOException e) {
            throw new AssertionError(
                    "this test needs the Debian package " + program + ": apt-get install " + program, e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(command + ": " + Files.readString(errors))
                .isZero();
        return output;
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
