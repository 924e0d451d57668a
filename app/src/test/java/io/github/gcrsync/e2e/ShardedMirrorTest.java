package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three machines share a mirror from one real registry to another. */
final class ShardedMirrorTest {
    private static final Pattern COPIED = Pattern.compile("copied +(\\d+)");

    @TempDir
    private Path folder;

    private final Map<String, SampleImage> images = new TreeMap<>();
    private DockerRegistry source;
    private DockerRegistry destination;
    private MetadataFiles metadata;

    @BeforeEach
    void start() {
        source = DockerRegistry.start(folder.resolve("source"));
        destination = DockerRegistry.start(folder.resolve("destination"));
        metadata = MetadataFiles.bare(folder.resolve("metadata.git"));
        for (int i = 0; i < 12; i++) {
            SampleImage image = SampleImages.index(
                    SampleImages.oci("linux/amd64", SampleImages.layer(1, 40), SampleImages.layer(100 + i, 3)),
                    SampleImages.oci("linux/arm64", SampleImages.layer(1, 40), SampleImages.layer(200 + i, 3)));
            images.put("team-" + i % 3 + "/app-" + i, image);
        }
        images.forEach((name, image) -> source.put("ns/" + name, "v1", image));
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private List<Result> run(String... more) throws Exception {
        List<ChildCommand> machines = new ArrayList<>();
        for (int shard = 1; shard <= 3; shard++) {
            Path machine = Files.createDirectories(folder.resolve("machine-" + shard));
            List<String> flags = new ArrayList<>(List.of(more));
            flags.add("--shard=" + shard + "/3");
            flags.add("--metadata=file://" + metadata.path());
            Workplace place = new Workplace(machine);
            machines.add(place.start(
                    place.arguments(source.host(), destination.host() + "/mirror", flags.toArray(String[]::new))));
        }
        List<Result> results = new ArrayList<>();
        for (ChildCommand machine : machines) {
            Result result = machine.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
            results.add(result);
        }
        return results;
    }

    private static int copied(List<Result> results) {
        return results.stream()
                .flatMap(result -> COPIED.matcher(result.out()).results())
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }

    @Test
    void copyEachRepositoryOnce() throws Exception {
        assertThat(copied(run())).isEqualTo(images.size());

        images.keySet()
                .forEach(name -> assertThat(destination.requests("PUT /v2/mirror/" + name + "/manifests/v1.*"))
                        .as(name)
                        .isEqualTo(1));
        assertThat(metadata.digests()).hasSize(images.size());
        images.forEach((name, image) -> assertThat(metadata.digests()).containsEntry(name + ":v1", image.digest()));
        metadata.assertSound();

        int requests = destination.requests();
        assertThat(copied(run())).isZero();
        assertThat(destination.requests()).isEqualTo(requests);
    }

    @Test
    void repairEachOneWhatItHas() throws Exception {
        run();
        MetadataFiles before = metadata;
        int commits = before.commits().size();

        assertThat(copied(run("--check-destination"))).isZero();

        assertThat(metadata.digests()).hasSize(images.size());
        assertThat(metadata.commits()).as("nothing to record").hasSize(commits);
    }
}
