package io.github.gcrsync.run.quarantine;

import static io.github.gcrsync.plan.MemoryMirror.plan;
import static io.github.gcrsync.plan.MemoryMirror.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.MemoryStore;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Drift;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.MemoryMirror;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.state.SuspectFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuarantineRulesTest {
    @TempDir
    private Path state;

    private Instant now = Sample.START;

    private Quarantine quarantine() {
        return quarantine(false);
    }

    private Quarantine quarantine(boolean free) {
        return new Quarantine(new SuspectFile(state, "ns"), () -> now, free);
    }

    /** Runs with a failure of the image; returns the images in quarantine afterwards. */
    private List<Suspect> failed(CopyTask task, Side side, ContentException reason) {
        Suspicions run = quarantine().suspicions(plan(task));
        run.failed(task, new Failure(task.image(), side, reason));
        return run.finish();
    }

    private void quarantined(String image) {
        for (int i = 0; i < 3; i++) {
            failed(task(image), Side.SOURCE, corrupt());
        }
    }

    private static ContentException corrupt() {
        return new ContentException.Corrupt("not its digest");
    }

    private static List<String> images(List<Suspect> suspects) {
        return suspects.stream().map(Suspect::image).toList();
    }

    @Test
    void holdsImageBackAfterThreePermanentFailures() {
        assertThat(failed(task("a:1"), Side.SOURCE, corrupt())).isEmpty();
        assertThat(failed(task("a:1"), Side.SOURCE, corrupt())).isEmpty();
        assertThat(quarantine().applied(plan(task("a:1"))).heldBack()).isEmpty();

        assertThat(images(failed(task("a:1"), Side.SOURCE, corrupt()))).containsExactly("a:1");
        Plan plan = quarantine().applied(plan(task("a:1"), task("b:1")));
        assertThat(images(plan.heldBack())).containsExactly("a:1");
        assertThat(plan.toCopy()).containsExactly(task("b:1"));
    }

    @Test
    void ignoresFailuresOfNetworkPermissionsAndDestination() {
        for (int i = 0; i < 4; i++) {
            failed(task("a:1"), Side.SOURCE, MemoryMirror.unreachable());
            failed(task("a:1"), Side.SOURCE, new ContentException.Denied("HTTP 403", false));
            failed(task("a:1"), Side.DESTINATION, new ContentException.NotFound("HTTP 404"));
        }

        assertThat(quarantine().applied(plan(task("a:1"))).heldBack()).isEmpty();
    }

    @Test
    void triesHeldImageLastAfterOneDay() {
        quarantined("a:1");

        now = Sample.START.plus(Duration.ofDays(1)).minusSeconds(1);
        assertThat(quarantine().applied(plan(task("a:1"))).toCopy()).isEmpty();
        now = Sample.START.plus(Duration.ofDays(1));
        Plan plan = quarantine().applied(plan(task("a:1"), task("b:1")));
        assertThat(plan.toCopy()).containsExactly(task("b:1"), task("a:1"));
        assertThat(plan.heldBack()).isEmpty();
    }

    @Test
    void waitsAnotherDayAfterFailingAgain() {
        quarantined("a:1");
        now = Sample.START.plus(Duration.ofDays(1));
        failed(task("a:1"), Side.SOURCE, corrupt());

        now = now.plus(Duration.ofHours(23));
        assertThat(images(quarantine().applied(plan(task("a:1"))).heldBack())).containsExactly("a:1");
    }

    @Test
    void releasesMovedTag() {
        quarantined("a:1");
        CopyTask moved = task("a:1").withDigest(MemoryStore.digest("moved"));

        Plan plan = quarantine().applied(plan(moved));

        assertThat(plan.toCopy()).containsExactly(moved);
        assertThat(plan.heldBack()).isEmpty();
        assertThat(failed(moved, Side.SOURCE, corrupt()))
                .as("the count starts again")
                .isEmpty();
    }

    @Test
    void releasesCopiedImage() {
        quarantined("a:1");

        Suspicions run = quarantine().suspicions(plan(task("a:1")));
        run.arrived(task("a:1"));

        assertThat(run.finish()).isEmpty();
        assertThat(new SuspectFile(state, "ns").read()).isEmpty();
    }

    @Test
    void releasesImageFoundAtDestination() {
        quarantined("a:1");

        Suspicions run =
                quarantine().suspicions(plan(List.of(), List.of(task("a:1")), List.of(), List.of(), Drift.UNKNOWN));

        assertThat(run.finish()).isEmpty();
    }

    @Test
    void releasesAllImagesOnRequest() {
        quarantined("a:1");

        Plan plan = quarantine(true).applied(plan(task("a:1"), task("b:1")));

        assertThat(plan.toCopy()).containsExactly(task("a:1"), task("b:1"));
        assertThat(plan.unsuspected()).containsExactly("a:1");
    }

    @Test
    void forgetsImageThatIsNoLongerSelected() {
        quarantined("a:1");

        Plan plan = quarantine().applied(plan(task("b:1")));

        assertThat(plan.unsuspected()).containsExactly("a:1");
        assertThat(quarantine().suspicions(plan).finish()).isEmpty();
    }

    @Test
    void keepsImageOfUnlistableRepository() {
        quarantined("a:1");
        Failure listing = new Failure("a", Side.SOURCE, MemoryMirror.unreachable());

        Plan plan = quarantine().applied(plan(List.of(), List.of(), List.of(listing), List.of(), Drift.UNKNOWN));

        assertThat(plan.unsuspected()).isEmpty();
        assertThat(images(quarantine().suspicions(plan).finish())).containsExactly("a:1");
    }

    @Test
    void checksRecordedImageWithoutWaiting() {
        quarantined("a:1");
        CopyTask recorded = task("a:1", Reason.GONE);

        assertThat(quarantine().applied(plan(recorded, task("b:1"))).toCopy()).containsExactly(task("b:1"), recorded);
    }

    @Test
    void triesImageAfterClockWasSetBack() {
        quarantined("a:1");
        now = Sample.START.minusSeconds(1);

        assertThat(quarantine().applied(plan(task("a:1"))).toCopy()).containsExactly(task("a:1"));
    }

    @Test
    void knowsQuarantinedImages() {
        quarantined("a:1");

        assertThat(quarantine().isQuarantined(task("a:1"))).isTrue();
        assertThat(quarantine().isQuarantined(task("b:1"))).isFalse();
    }
}
