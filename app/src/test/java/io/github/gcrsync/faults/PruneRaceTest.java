package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * One machine prunes while another one syncs, with images that share everything. Both record in the same remote. What
 * is wanted is there at the latest after the next sync.
 */
final class PruneRaceTest extends OnStage {
    private static final int ROUNDS = 12;
    private static final int REPOSITORIES = 3;

    private final Map<String, SampleImage> wanted = new LinkedHashMap<>();

    private static SampleImage platform(int seed) {
        return SampleImages.oci("linux/" + (seed % 2 == 0 ? "amd64" : "arm64"), SampleImages.layer(seed, 1));
    }

    private void put(String repository, String tag, SampleImage image) {
        stage.source().put("ns/" + repository, tag, image);
        wanted.put(Stage.MIRROR + "/" + repository + ":" + tag, image);
    }

    private void remove(String repository, String tag) {
        stage.source().delete("ns/" + repository, tag);
        wanted.remove(Stage.MIRROR + "/" + repository + ":" + tag);
    }

    private Workplace other() {
        return new Workplace(folder.resolve("other-machine"));
    }

    private Result sync(Workplace machine, MetadataFiles remote) {
        return machine.sync(
                stage.source().host(), stage.destination().host() + "/" + Stage.MIRROR, "--metadata=" + remote.path());
    }

    private Result prune(MetadataFiles remote) {
        return stage.run("prune", "--apply", "--after=0s", "--at-most=100%", "--metadata=" + remote.path());
    }

    @Test
    void losesNothingThatIsWanted() throws Exception {
        MetadataFiles remote = MetadataFiles.bare(folder.resolve("remote.git"));
        Workplace other = other();
        Random random = new Random(22);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < REPOSITORIES; i++) {
                String repository = "app" + i;
                put(repository, "old", SampleImages.index(platform(round), platform(round + 1)));
                put(repository, "base-" + round, platform(round + 2));
            }
            assertThat(sync(other, remote).exitCode()).isZero();
            for (int i = 0; i < REPOSITORIES; i++) {
                remove("app" + i, "old");
            }
            CompletableFuture<Result> pruning = CompletableFuture.supplyAsync(() -> prune(remote));
            int requests = random.nextInt(60);
            long begin = stage.destination().log().count();
            while (stage.destination().log().count() - begin < requests && !pruning.isDone()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < REPOSITORIES; i++) {
                // The same platforms in other indexes, and the same digest under another tag.
                put("app" + i, "new-" + round, SampleImages.index(platform(round + 1), platform(round + 3)));
                put("app" + i, "again-" + round, SampleImages.index(platform(round), platform(round + 1)));
            }
            sync(other, remote); // May fail for an image that needs what was deleted just before it was stored.
            Result pruned = pruning.get();
            Result synced = sync(other, remote);

            assertThat(pruned.exitCode()).as("%s", pruned).isZero();
            assertThat(synced.exitCode()).as("%s", synced).isZero();
            assertWanted(round);
        }
        remote.assertSound();
    }

    /** The registry deletes a manifest with a tag that the other machine stores just before. */
    @Test
    void restoresTagThatWasDeletedWithItsManifest() throws Exception {
        MetadataFiles remote = MetadataFiles.bare(folder.resolve("remote.git"));
        put("app", "base", platform(2));
        put("app", "old", platform(1));
        assertThat(sync(other(), remote).exitCode()).isZero();
        remove("app", "old");
        CountDownLatch stored = new CountDownLatch(1);
        String deletion = "/app/manifests/sha256:.*";
        stage.destination().fault(Fault.on("DELETE", deletion).delayUntil(stored));
        CompletableFuture<Result> pruning = CompletableFuture.supplyAsync(() -> prune(remote));
        while (stage.destination().log().count("DELETE", deletion) == 0 && !pruning.isDone()) {
            Thread.onSpinWait();
        }
        put("app", "again", platform(1));

        Result synced = sync(other(), remote);
        stored.countDown();
        Result pruned = pruning.get();

        assertThat(synced.exitCode()).as("%s", synced).isZero();
        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(stage.mirrored("app:again")).as("deleted with its manifest").isEmpty();
        assertThat(sync(other(), remote).exitCode()).isZero();
        assertWanted(0);
        assertThat(remote.file("ImageDigests")).contains("app:again").doesNotContain("check=");
    }

    private void assertWanted(int round) {
        wanted.forEach((name, image) -> {
            String[] parts = name.split(":");
            assertThat(stage.destination().manifestDigest(parts[0], parts[1]))
                    .as("round %d, %s", round, name)
                    .isEqualTo(image.digest());
            image.manifests()
                    .keySet()
                    .forEach(digest -> assertThat(stage.destination().manifestDigest(parts[0], digest))
                            .as("round %d, a manifest of %s", round, name)
                            .isEqualTo(digest));
        });
    }
}
