package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged, missing and unsuitable folders as sources. */
final class FolderSourceFailuresTest extends FromFolder {
    @ParameterizedTest
    @CsvSource({"false, the file is damaged", "true, no such blob"})
    void damagedBlobFailsItsImageOnly(boolean missing, String message) throws IOException {
        SampleLayer layer = SampleImages.layer(77, 4);
        SampleImage damaged = SampleImages.oci("linux/amd64", layer);
        source.put("ns/a", "1", damaged);
        put("b", "1", 2);
        fill();
        Path file = mirror().resolve("a/blobs").resolve(layer.digest().replace(':', '/'));
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.delete(file);
        if (!missing) {
            Files.write(file, content);
        }

        Result result = load();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("a:1  source: .*" + layer.digest() + ".*" + message)
                .contains("copy the image into the folder again, or the whole folder from where it came")
                .containsPattern("copied +1 ");
        assertThat(destination.tags("loaded/a")).isEmpty();
        assertThat(destination.hasBlob("loaded/a", layer.digest())).isFalse();
        Result copied = workplace.run("copy", "oci:" + mirror() + "/a:1", destination.host() + "/tools/a");
        assertThat(copied.exitCode()).as("%s", copied).isEqualTo(1);
        assertThat(copied.out()).contains(layer.digest()).contains("copy the image into the folder again");
    }

    @Test
    void missingChildFailsItsImage() throws IOException {
        SampleImage index = SampleImages.multiPlatform(1);
        source.put("ns/a", "1", index);
        fill();
        String child = index.manifests().keySet().stream()
                .filter(digest -> !digest.equals(index.digest()))
                .findFirst()
                .orElseThrow();
        Files.delete(mirror().resolve("a/blobs").resolve(child.replace(':', '/')));

        Result result = load();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("a:1  source: .*@" + child + ": no such manifest");
        assertThat(destination.tags("loaded/a")).isEmpty();
        assertThat(load("--platform=linux/arm64", "--index=rewrite").exitCode()).isZero();
        assertThat(destination.tags("loaded/a")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "test", "compare", "monitor", "explain"})
    void missingFolderIsNoEmptyOne(String command) {
        List<String> arguments =
                new ArrayList<>(List.of("--source=oci:" + folder.resolve("usb"), "--destination=" + to()));
        arguments.addFirst(command);
        arguments.add("--metadata=" + folder.resolve("metadata"));
        if (command.equals("explain")) {
            arguments.add("a");
        }
        if (command.equals("monitor")) {
            arguments.add("--count=1");
        }

        Result result = workplace.run(arguments.toArray(String[]::new));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(command.equals("monitor") ? 1 : 3);
        assertThat(result.err() + result.out())
                .contains("there is no folder " + folder.resolve("usb"))
                .contains("check the path, and whether its disk is mounted");
    }

    @Test
    void refusesOverlappingFoldersAndWrongNames() throws IOException {
        put("a", "1", 1);
        fill();
        for (String to : List.of(mirror().toString(), mirror() + "/below", folder.toString(), mirror() + "/x/..")) {
            assertRefused("are the same folder, or one contains the other", "--destination=oci:" + to);
        }
        Files.createSymbolicLink(folder.resolve("link"), mirror());
        assertRefused("are the same folder, or one contains the other", "--destination=oci:" + folder + "/link/new");
        assertRefused("contains {registry}, and the source", "--name-template={registry}/{repository}");
        assertRefused("contains {namespace}, and the source", "--name-template={namespace}/{repository}");
        assertRefused("is not a single OCI image layout; remove --name", "--name=x");
        assertRefused(
                "with --source registry.example.com, set --namespace", "--source=registry.example.com", "--name=x");
        assertRefused("--source", "--source=oci:");
        assertRefused("set --namespace", "--source=oci:" + folder.resolve("-x-"));
        assertThat(load("--namespace=Not-Valid").exitCode()).isEqualTo(2);
        assertThat(destination.log().count()).isZero();
    }

    private void assertRefused(String message, String... flags) {
        Result result = load(flags);
        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }
}
