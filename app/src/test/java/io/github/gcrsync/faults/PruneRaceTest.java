package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * One machine prunes while another one syncs, repeatedly, with images that share everything. What the other one recorded
 * is there, at the latest after its verify.
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

    @Test
    void losesNothingThatIsWanted() throws Exception {
        Workplace other = new Workplace(folder.resolve("other-machine"));
        String destination = stage.destination().host() + "/" + Stage.MIRROR;
        Random random = new Random(22);
        int lost = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < REPOSITORIES; i++) {
                String repository = "app" + i;
                put(repository, "old", SampleImages.index(platform(round), platform(round + 1)));
                put(repository, "base-" + round, platform(round + 2));
            }
            assertThat(stage.run("sync").exitCode()).isZero();
            for (int i = 0; i < REPOSITORIES; i++) {
                remove("app" + i, "old");
            }
            CompletableFuture<Result> pruning =
                    CompletableFuture.supplyAsync(() -> stage.run("prune", "--apply", "--after=0s", "--at-most=100%"));
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
            Result synced = other.sync(stage.source().host(), destination);
            Result pruned = pruning.get();

            assertThat(pruned.exitCode()).as("%s", pruned).isZero();
            // An image may need a manifest that was deleted just before it was stored: the next run copies it.
            if (synced.exitCode() != 0) {
                assertThat(other.sync(stage.source().host(), destination).exitCode())
                        .as("%s", synced)
                        .isZero();
            }
            // A tag that was stored just before its manifest was deleted is gone with it.
            String[] verify = other.arguments(stage.source().host(), destination, "--repair");
            verify[0] = "verify";
            Result repaired = other.run(verify);
            lost += repaired.out().contains("drift            0") ? 0 : 1;
            assertThat(repaired.exitCode()).as("%s", repaired).isZero();
            assertWanted(round);
        }
        stage.metadata().assertSound();
        assertThat(lost).as("rounds with a repair").isLessThan(ROUNDS);
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
