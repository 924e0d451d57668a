package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Verified;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A mirror in docker-registry, whose storage can be damaged. */
abstract class DamagedStorage {
    final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    final SampleLayer shared = SampleImages.layer(1, 3);
    final SampleImage plain = SampleImages.oci("linux/amd64", shared, SampleImages.layer(2, 1));
    final SampleImage other = SampleImages.docker("linux/amd64", shared, SampleImages.layer(3, 1));
    final SampleImage index = SampleImages.multiPlatform(7);
    final SampleImage signature = SampleImages.signature(8, plain);
    final SampleImage cosign = SampleImages.artifact(9, "");

    @TempDir
    Path folder;

    Workplace workplace;
    DockerRegistry destination;

    @BeforeEach
    void mirrorImages() {
        workplace = new Workplace(folder).with(Hurry.TO_RETRY);
        destination = DockerRegistry.start(folder.resolve("registry"));
        source.put("ns/app", "plain", plain);
        source.put("ns/app", "other", other);
        source.put("ns/app", "index", index);
        source.put("ns/app", signature);
        source.put("ns/app", SampleImages.cosignTag(index), cosign);
        source.put("ns/deep/tool", "1", plain);
        Result synced = run("sync");
        assertThat(synced.exitCode()).as("%s", synced).isZero();
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    Verified verify(String... flags) {
        return Verified.of(run(
                "verify",
                Stream.concat(Stream.of("--format=json"), Stream.of(flags)).toArray(String[]::new)));
    }

    Path storage() {
        return folder.resolve("registry/content/docker/registry/v2");
    }

    Path blob(String digest) {
        return storage()
                .resolve("blobs/sha256")
                .resolve(hex(digest).substring(0, 2))
                .resolve(hex(digest));
    }

    Path repository(String name) {
        return storage().resolve("repositories/mirror").resolve(name);
    }

    Path revision(String repository, String digest) {
        return repository(repository).resolve("_manifests/revisions/sha256").resolve(hex(digest));
    }

    static String hex(String digest) {
        return digest.substring("sha256:".length());
    }

    static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted((one, two) -> two.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    Result run(String command, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--source=" + source.host(),
                "--destination=" + destination.host() + "/mirror",
                "--namespace=ns",
                "--metadata=" + folder.resolve("metadata")));
        arguments.addAll(List.of(flags));
        return workplace.run(arguments.toArray(String[]::new));
    }
}
