package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A source that others push to, between runs and during a run. */
final class ChangingSourceTest extends BetweenRegistries {
    private final SampleLayer base = SampleImages.layer(1, 4);
    private final SampleImage before = SampleImages.docker("linux/amd64", base, SampleImages.layer(2, 2));
    private final SampleImage after = SampleImages.docker("linux/amd64", base, SampleImages.layer(3, 2));

    @BeforeEach
    void fill() {
        source.put("ns/a", "1", before);
        source.put("ns/b", "1", SampleImages.oci(5));
    }

    @Test
    void copiesOnlyNewBlobsOfMovedTag() {
        sync();
        source.put("ns/a", "1", after);
        source.log().clear();

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(after.digest());
        assertThat(workplace.metadata().digests()).containsEntry("a:1", after.digest());
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1");
        assertThat(workplace.metadata().commits()).hasSize(2);
        assertThat(source.log().count("GET", "/blobs/" + base.digest())).isZero();
        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("up to date +1\n");
    }

    @Test
    void keepsDeletedTagMirroredAndRecorded() {
        sync();
        source.delete("ns/a", before.digest());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(before.digest());
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1");
        assertThat(workplace.metadata().commits()).hasSize(2);
        assertThat(workplace.metadata().file("ImageDigests")).containsPattern("a:1 .* gone=\\d+ ");
        assertThat(sync().exitCode()).isZero();
        assertThat(workplace.metadata().commits()).hasSize(2);
    }

    @Test
    void toleratesTagDeletedAfterListing() throws Exception {
        InProcess.Result result = syncWith(() -> source.delete("ns/a", before.digest()));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("gone +1 ");
        assertThat(workplace.metadata().images()).containsExactly("b:1");
        assertThat(destination.manifestDigest("mirror/a", "1")).isEmpty();
    }

    @Test
    void copiesListedDigestOfTagMovedAfterListing() throws Exception {
        InProcess.Result result = syncWith(() -> source.put("ns/a", "1", after));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(before.digest());
        assertThat(workplace.metadata().digests()).containsEntry("a:1", before.digest());
        assertThat(sync().out()).containsPattern("copied +1 ");
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(after.digest());
    }

    @Test
    void copiesCurrentDigestIfListedManifestIsGone() throws Exception {
        InProcess.Result result = syncWith(() -> {
            source.delete("ns/a", before.digest());
            source.put("ns/a", "1", after);
        });

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(after.digest());
        assertThat(workplace.metadata().digests()).containsEntry("a:1", after.digest());
    }

    @Test
    void onlyListsRepositoriesWithoutTags() {
        source.put("ns/untagged", SampleImages.oci(9));
        source.put("ns/parent/child", "1", SampleImages.oci(10));

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1", "parent/child:1");
        assertThat(source.log().count("GET", "/tags/list$")).isEqualTo(6);
    }

    @Test
    void findsOverwrittenTagAtDestinationOnlyOnRequest() {
        sync();
        destination.put("mirror/a", "1", SampleImages.oci(77));

        assertThat(sync().out()).containsPattern("up to date +2\n");
        InProcess.Result checked = sync("--check-destination");

        assertThat(checked.exitCode()).as("%s", checked).isZero();
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(before.digest());
    }

    /** Runs a sync during which something happens after the listing and before the first copy. */
    private InProcess.Result syncWith(Runnable happening) throws Exception {
        CountDownLatch happened = new CountDownLatch(1);
        // The destination is queried after the listing of the source.
        destination.fault(Fault.on("GET", "/tags/list$").delayUntil(happened).always());
        CompletableFuture<InProcess.Result> running = CompletableFuture.supplyAsync(this::sync);
        while (destination.log().count() == 0 && !running.isDone()) {
            Thread.onSpinWait();
        }
        happening.run();
        happened.countDown();
        return running.get();
    }

    private InProcess.Result sync(String... more) {
        return workplace.sync(source.host(), destination.host() + "/mirror", more);
    }
}
