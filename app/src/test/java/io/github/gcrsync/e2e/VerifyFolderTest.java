package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Verified;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** verify finds what a folder lost. */
final class VerifyFolderTest {
    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private final SampleImage plain = SampleImages.oci(1);
    private final SampleImage index = SampleImages.multiPlatform(2);
    private final SampleImage sparse = SampleImages.multiPlatform(3);
    private final SampleImage signature = SampleImages.signature(4, plain);

    @TempDir
    private Path folder;

    private Workplace workplace;
    private Path mirror;

    @BeforeEach
    void mirrorImages() {
        workplace = new Workplace(folder);
        mirror = folder.resolve("mirror");
        source.put("ns/plain", "1", plain);
        source.put("ns/plain", signature);
        source.put("ns/index", "1", index);
        source.put("ns/sparse", "1", sparse);
        source.delete("ns/sparse", child(sparse));
        Result synced = run("sync");
        assertThat(synced.exitCode()).as("%s", synced).isZero();
    }

    @AfterEach
    void stop() {
        source.close();
    }

    private static String child(SampleImage index) {
        return List.copyOf(index.manifests().keySet()).getFirst();
    }

    @Test
    void knowsWhatSourceLacked() {
        source.close();

        for (String[] flags : List.of(new String[0], new String[] {"--deep"})) {
            Verified verified = verify(flags);
            assertThat(verified.exitCode()).as("%s", verified).isZero();
            assertThat(verified.count("sound")).isEqualTo(3);
            assertThat(verified.count("sparse")).isEqualTo(1);
        }
        assertThat(run("verify").out())
                .containsPattern("sparse +1  manifests that were not mirrored, or that the source lacks too\n");
    }

    @Test
    void findsWhatIsMissingOrDamaged() throws IOException {
        String layer = List.copyOf(plain.blobs().keySet()).getFirst();
        String manifest = List.copyOf(sparse.manifests().keySet()).get(1);
        Files.delete(blob("plain", layer));
        Files.delete(blob("index", child(index)));
        damage(blob("sparse", manifest));

        assertThat(verify().drift())
                .containsExactly(
                        "index:1 missing child " + child(index),
                        "plain:1 missing blob " + layer,
                        "sparse:1 damaged manifest " + manifest);
    }

    @Test
    void findsDamagedLayerBySizeOrDeep() throws IOException {
        String layer = List.copyOf(plain.blobs().keySet()).getFirst();
        damage(blob("plain", layer));

        assertThat(verify().exitCode()).isZero();
        assertThat(verify("--deep").drift()).containsExactly("plain:1 damaged blob " + layer);

        Files.write(blob("plain", layer), new byte[3]);
        assertThat(verify().drift()).containsExactly("plain:1 missing blob " + layer);
    }

    @Test
    void findsLostImageAndSignature() throws IOException {
        Files.delete(blob("plain", signature.digest()));
        assertThat(verify().drift()).containsExactly("plain:1 missing signature " + signature.digest());

        Files.delete(blob("plain", plain.digest()));
        Files.delete(mirror.resolve("index/index.json"));
        assertThat(verify().drift())
                .containsExactly(
                        "index:1 missing manifest " + index.digest(), "plain:1 missing manifest " + plain.digest());
    }

    @Test
    void lostFolderEndsIt() throws IOException {
        Files.move(mirror, folder.resolve("elsewhere"));

        Result result = run("verify");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err()).contains("there is no folder " + mirror);
    }

    private static void damage(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[0] ^= 1;
        Files.write(file, content);
    }

    private Path blob(String repository, String digest) {
        return mirror.resolve(repository).resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private Verified verify(String... flags) {
        List<String> all = new ArrayList<>(List.of("--format=json"));
        all.addAll(List.of(flags));
        return Verified.of(run("verify", all.toArray(String[]::new)));
    }

    private Result run(String command, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--source=" + source.host(),
                "--destination=oci:" + mirror,
                "--namespace=ns",
                "--metadata=" + folder.resolve("metadata")));
        arguments.addAll(List.of(flags));
        return workplace.run(arguments.toArray(String[]::new));
    }
}
