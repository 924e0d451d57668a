package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Whatever happens to a prune, no image is lost that a mirror wants. */
final class PruneFaultsTest extends OnStage {
    private static final String[] PRUNE = {"--apply", "--after=0s", "--at-most=100%"};
    private static final int POINTS = 8;

    private final Map<String, SampleImage> kept = new LinkedHashMap<>();
    private final List<String> old = new ArrayList<>();

    /** Images share layers, platforms and manifests with images that go. */
    private void mirror() {
        for (int i = 0; i < 6; i++) {
            SampleImage amd64 = SampleImages.oci("linux/amd64", SampleImages.layer(i, 1), SampleImages.layer(100, 1));
            SampleImage arm64 = SampleImages.oci("linux/arm64", SampleImages.layer(i + 50, 1));
            String repository = "ns/app" + i % 3;
            keep(repository, "amd64-" + i, amd64);
            stage.source().put(repository, "old-" + i, SampleImages.index(amd64, arm64));
            old.add("app" + i % 3 + ":old-" + i);
            SampleImage signature = SampleImages.signature(i + 200, amd64);
            stage.source().put(repository, signature);
        }
        assertThat(stage.run("sync").exitCode()).isZero();
        old.forEach(image -> stage.source().delete("ns/" + image.split(":")[0], image.split(":")[1]));
    }

    private void keep(String repository, String tag, SampleImage image) {
        stage.source().put(repository, tag, image);
        kept.put(repository.replace("ns/", Stage.MIRROR + "/") + ":" + tag, image);
    }

    private void assertKept() {
        kept.forEach((name, image) -> {
            String[] parts = name.split(":");
            assertThat(stage.destination().manifestDigest(parts[0], parts[1]))
                    .as(name)
                    .isEqualTo(image.digest());
            image.manifests()
                    .keySet()
                    .forEach(digest -> assertThat(stage.destination().manifestDigest(parts[0], digest))
                            .as(name)
                            .isEqualTo(digest));
            image.blobs()
                    .keySet()
                    .forEach(blob -> assertThat(stage.destination().hasBlob(parts[0], blob))
                            .as(name)
                            .isTrue());
        });
    }

    private void assertGone() {
        for (String image : old) {
            String[] parts = image.split(":");
            assertThat(stage.destination().manifestDigest(Stage.MIRROR + "/" + parts[0], parts[1]))
                    .as(image)
                    .isEmpty();
        }
        assertThat(stage.metadata().digests().keySet()).doesNotContainAnyElementsOf(old);
        stage.metadata().assertSound();
    }

    @Test
    void killedPruneIsCompletedByTheNext() throws Exception {
        mirror();
        Random random = new Random(7);
        int deleted = 0;
        for (int i = 0; i < POINTS; i++) {
            int requests = 1 + random.nextInt(12);
            boolean isDeleting = i % 2 == 0;
            stage.destination().log().clear();
            try (ChildCommand run = stage.start(folder, "prune", PRUNE)) {
                run.killOnce(() -> isDeleting
                        ? stage.destination().log().count("DELETE", "") >= 1 + requests / 4
                        : stage.destination().log().count() >= requests);
            }
            deleted += stage.destination().log().count("DELETE", "") > 0 ? 1 : 0;
            assertKept();
        }
        assertThat(deleted).isPositive();

        Result next = stage.run("prune", PRUNE);

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertGone();
        assertKept();
        Result synced = stage.run("sync", "--check-destination");
        assertThat(synced.exitCode()).as("%s", synced).isZero();
        assertThat(synced.out()).containsPattern("copied +0\n");
    }

    /** The other machine stores an image while the prune deletes a platform that this image has too. */
    @Test
    void imageOfConcurrentSyncStaysWhole() throws Exception {
        mirror();
        SampleImage arm64 = SampleImages.oci("linux/arm64", SampleImages.layer(50, 1));
        SampleImage fresh = SampleImages.index(arm64);

        Result pruned = pruneWhile("/app0/manifests/" + arm64.digest(), () -> {
            keep("ns/app0", "fresh", fresh);
            assertThat(otherMachine().exitCode()).isZero();
        });

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertGone();
        assertKept();
    }

    /** A registry that deletes the manifest when one of its tags is deleted. */
    @Test
    void otherTagsOfManifestSurviveCarelessRegistry() throws Exception {
        SampleImage both = SampleImages.oci(1);
        keep("ns/app", "1", both);
        stage.source().put("ns/app", "old", both);
        old.add("app:old");
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.source().delete("ns/app", "old");

        Result pruned = pruneWhile(
                "/app/manifests/old", () -> stage.destination().delete(Stage.MIRROR + "/app", both.digest()));

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertGone();
        assertKept();
    }

    /** Prunes; something happens when the first request to delete this has arrived and is not handled yet. */
    private Result pruneWhile(String deleted, Runnable happening) throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.destination().fault(Fault.on("DELETE", deleted).delayUntil(open));
        CompletableFuture<Result> pruning = CompletableFuture.supplyAsync(() -> stage.run("prune", PRUNE));
        while (stage.destination().log().count("DELETE", deleted) == 0 && !pruning.isDone()) {
            Thread.onSpinWait();
        }
        happening.run();
        open.countDown();
        return pruning.get();
    }

    @Test
    void refusedDeletionOfOneImageLeavesTheOthers() {
        mirror();
        String digest = Objects.requireNonNull(stage.metadata().digests().get("app0:old-0"));
        stage.destination()
                .fault(Fault.on("DELETE", "/manifests/" + digest).status(403).always());

        Result pruned = stage.run("prune", PRUNE);

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(1);
        assertThat(pruned.err()).contains("FAIL  mirror/app0@" + digest, "HTTP 403", "what to do: ");
        assertThat(stage.metadata().digests()).containsKey("app0:old-0").doesNotContainKey("app0:old-3");
        assertKept();
        stage.destination().clearFaults();
        Result next = stage.run("prune", PRUNE);
        assertThat(next.exitCode()).as("%s", next).isZero();
        assertGone();
    }

    /** Deleting its manifest would take a tag along that the registry protects. */
    @Test
    void protectedTagKeepsItsManifest() {
        mirror();
        String digest = Objects.requireNonNull(stage.metadata().digests().get("app0:old-0"));
        stage.destination()
                .fault(Fault.on("DELETE", "/app0/manifests/old-0").status(403).always());

        Result pruned = stage.run("prune", PRUNE);

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(1);
        assertThat(pruned.err()).contains("FAIL  app0:old-0", "HTTP 403");
        assertThat(stage.destination().log().count("DELETE", digest)).isZero();
        assertThat(stage.mirrored("app0:old-0")).isEqualTo(digest);
        assertThat(stage.metadata().digests()).containsKey("app0:old-0").doesNotContainKey("app0:old-3");
        assertKept();
    }

    /** The registry refuses the manifest itself: its signature must not disappear. */
    @Test
    void refusedManifestKeepsWhatBelongsToIt() {
        SampleImage image = SampleImages.multiPlatform(1);
        SampleImage signature = SampleImages.signature(2, image);
        stage.source().put("ns/app", "old", image);
        stage.source().put("ns/app", signature);
        stage.source().put("ns/app", SampleImages.cosignTag(image), SampleImages.oci(3));
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.source().delete("ns/app", "old");
        stage.destination()
                .fault(Fault.on("DELETE", "/manifests/" + image.digest())
                        .status(412)
                        .always());

        Result pruned = stage.run("prune", PRUNE);

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(1);
        String repository = Stage.MIRROR + "/app";
        image.manifests()
                .keySet()
                .forEach(digest -> assertThat(stage.destination().manifestDigest(repository, digest))
                        .isEqualTo(digest));
        assertThat(stage.destination().manifestDigest(repository, signature.digest()))
                .isNotEmpty();
        assertThat(stage.destination().tags(repository)).contains(SampleImages.cosignTag(image));
        assertThat(stage.metadata().digests()).containsKey("app:old");
    }

    /** The other machine mirrors another tag of the same digest. */
    @Test
    void newTagOfTheSameDigestStays() throws Exception {
        SampleImage both = SampleImages.oci(1);
        stage.source().put("ns/app", "old", both);
        old.add("app:old");
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.source().delete("ns/app", "old");

        Result pruned = pruneWhile("/app/manifests/old", () -> {
            keep("ns/app", "new", both);
            assertThat(otherMachine().exitCode()).isZero();
        });

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertGone();
        assertKept();
    }

    /** The tag comes back with another digest while its old digest is deleted. */
    @Test
    void tagThatMovesMeanwhileStays() throws Exception {
        stage.source().put("ns/app", "a", SampleImages.oci(1));
        stage.source().put("ns/app", "b", SampleImages.oci(2));
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.source().delete("ns/app", "a");
        stage.source().delete("ns/app", "b");

        Result pruned = pruneWhile("/app/manifests/a", () -> {
            keep("ns/app", "b", SampleImages.oci(22));
            assertThat(otherMachine().exitCode()).isZero();
        });

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out()).containsPattern("keep     app:b  the tag has been moved to sha256:");
        assertKept();
    }

    private Result otherMachine() {
        return new Workplace(folder.resolve("other-machine"))
                .sync(stage.source().host(), stage.destination().host() + "/" + Stage.MIRROR);
    }

    /** Harbor and zot delete with an index what only it names and has no tag. */
    @Test
    void imageByDigestSurvivesRegistryThatDeletesDeeply() throws Exception {
        SampleImage amd64 = SampleImages.oci("linux/amd64", SampleImages.layer(1, 1));
        SampleImage index = SampleImages.index(amd64, SampleImages.oci("linux/arm64", SampleImages.layer(2, 1)));
        stage.source().put("ns/app", "old", index);
        String[] named = {"--image=app:old", "--image=app@" + amd64.digest()};
        assertThat(stage.run("sync", named).exitCode()).isZero();
        stage.source().delete("ns/app", "old");

        String repository = Stage.MIRROR + "/app";
        CountDownLatch open = new CountDownLatch(1);
        Fault deeply = Fault.on("DELETE", "/app/manifests/" + index.digest()).delayUntil(open);
        stage.destination().fault(deeply);
        List<String> flags = new ArrayList<>(List.of(PRUNE));
        flags.addAll(List.of("--when=gone,unselected", named[1]));
        CompletableFuture<Result> pruning =
                CompletableFuture.supplyAsync(() -> stage.run("prune", flags.toArray(String[]::new)));
        while (stage.destination().log().count("DELETE", index.digest()) == 0 && !pruning.isDone()) {
            Thread.onSpinWait();
        }
        stage.destination().delete(repository, amd64.digest());
        open.countDown();
        Result pruned = pruning.get();

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(stage.destination().manifestDigest(repository, index.digest()))
                .isEmpty();
        assertThat(stage.destination().manifestDigest(repository, amd64.digest()))
                .isEqualTo(amd64.digest());
    }
}
