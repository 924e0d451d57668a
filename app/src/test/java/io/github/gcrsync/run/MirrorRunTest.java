package io.github.gcrsync.run;

import static io.github.gcrsync.plan.MemoryMirror.key;
import static io.github.gcrsync.plan.MemoryMirror.lost;
import static io.github.gcrsync.plan.MemoryMirror.plan;
import static io.github.gcrsync.plan.MemoryMirror.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.MemoryStore;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Drift;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.plan.MemoryMirror;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.run.quarantine.Quarantine;
import io.github.gcrsync.run.quota.PullQuota;
import io.github.gcrsync.state.SuspectFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs one image at a time, so that the order after a fault is certain. */
final class MirrorRunTest {
    @TempDir
    private Path state;

    private final MemoryMirror mirror = new MemoryMirror();
    private final StopSignal stop = new StopSignal();
    private final List<String> events = new ArrayList<>();
    private CheckpointInterval interval = CheckpointInterval.DEFAULT;
    private PullQuota quota = PullQuota.NONE;
    private int atATime = 1;
    private final CountDownLatch failure = new CountDownLatch(1);
    private Function<RepositoryName, ? extends ImageSource> source = mirror.source::repository;

    private RunReport run(Plan plan) {
        Part part = new Part(
                plan,
                "there",
                mirror.destination,
                mirror.sides,
                mirror.names,
                mirror.ledger,
                quarantine(),
                new Events());
        return new MirrorRun(
                        List.of(part),
                        source,
                        MirrorRun.Content.IMAGES,
                        new MirrorRun.Settings(
                                atATime,
                                interval,
                                quota,
                                stop,
                                Duration.ofSeconds(10),
                                Optional.empty(),
                                io.github.gcrsync.copy.BlobClaims.NONE))
                .run()
                .reports()
                .getFirst();
    }

    /** Puts the images at the source and runs a plan that copies them. */
    private RunReport run(String... images) {
        return run(planOf(images));
    }

    private Plan planOf(String... images) {
        List.of(images).forEach(mirror::atSource);
        return plan(List.of(images).stream().map(MemoryMirror::task).toArray(CopyTask[]::new));
    }

    private Quarantine quarantine() {
        return new Quarantine(new SuspectFile(state, "ns"), InstantSource.system(), false);
    }

    private final class Events implements RunListener {
        @Override
        public void imageStarted(ImageTask task) {
            events.add("started " + task.image());
        }

        @Override
        public void imageCopied(ImageTask task) {
            events.add("copied " + task.image());
        }

        @Override
        public void imageFailed(Failure failure) {
            events.add("failed " + failure.what());
            MirrorRunTest.this.failure.countDown();
        }

        @Override
        public void imageVanished(ImageTask task) {
            events.add("vanished " + task.image());
        }

        @Override
        public void recorded(String commit) {
            events.add("recorded " + commit);
        }
    }

    private List<String> started() {
        return events.stream()
                .filter(event -> event.startsWith("started "))
                .map(event -> event.substring("started ".length()))
                .toList();
    }

    private static List<String> copied(RunReport report) {
        return report.copied().stream().map(CopyTask::image).toList();
    }

    private static List<String> failed(RunReport report) {
        return report.failures().stream().map(Failure::what).toList();
    }

    @Test
    void copiesAndRecordsEveryImageOfThePlan() {
        RunReport report = run("a:1", "b:1");

        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(copied(report)).containsExactly("a:1", "b:1");
        assertThat(report.unfinished()).isZero();
        assertThat(mirror.destination.repository(new RepositoryName("mirror/b")).resolve("1"))
                .hasValueSatisfying(there ->
                        assertThat(there.digest()).isEqualTo(task("b:1").digest()));
        assertThat(mirror.mirrored("a:1")).contains(task("a:1").digest());
        assertThat(mirror.mirrored("b:1")).contains(task("b:1").digest());
        assertThat(report.published()).contains(new Published(Optional.of("commit 1"), true, 2));
        assertThat(events)
                .containsExactly("started a:1", "copied a:1", "started b:1", "copied b:1", "recorded commit 1");
    }

    @Test
    void copiesOtherImagesIfOneFails() {
        mirror.source.fail(Method.BLOB, "ns/b", () -> new ContentException.Corrupt("not its digest"));

        RunReport report = run("a:1", "b:1", "c:1");

        assertThat(copied(report)).containsExactly("a:1", "c:1");
        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.what()).isEqualTo("b:1");
            assertThat(failure.side()).isEqualTo(Side.SOURCE);
        });
        assertThat(mirror.mirrored("b:1")).isEmpty();
        assertThat(mirror.mirrored("c:1")).isPresent();
        assertThat(report.outcome()).isEqualTo(Outcome.SOME_FAILED);
        assertThat(report.unfinished()).isZero();
    }

    @Test
    void recordsCopiedImagesIfInternalErrorEndsRun() {
        Plan plan = planOf("a:1", "b:1");
        source = repository -> {
            if (repository.value().equals("ns/b")) {
                throw new IllegalStateException("an internal error");
            }
            return mirror.source.repository(repository);
        };

        assertThatThrownBy(() -> run(plan)).hasMessage("an internal error");

        assertThat(mirror.mirrored("a:1")).isPresent();
        assertThat(mirror.ledger.checkpoints()).containsExactly(1);
    }

    @Test
    void reportsInternalErrorAsFailureOfImage() {
        mirror.source.fail(Method.MANIFEST, "ns/a", () -> new IllegalStateException("hunter2"));

        RunReport report = run("a:1", "b:1");

        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.what()).isEqualTo("a:1");
            assertThat(failure.side()).isEqualTo(Side.SOURCE);
            assertThat(failure.reason())
                    .isInstanceOf(ContentException.Unexpected.class)
                    .hasMessageMatching("internal error: IllegalStateException at MirrorRunTest\\.java:\\d+");
        });
        assertThat(copied(report)).containsExactly("b:1");
    }

    @Test
    void reportsInternalErrorAfterMissingManifestAsFailureOfImage() {
        mirror.source.fail(Method.RESOLVE, "ns/a", () -> new IllegalStateException("hunter2"));

        RunReport report = run(plan(task("a:1")));

        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.side()).isEqualTo(Side.SOURCE);
            assertThat(failure.reason()).isInstanceOf(ContentException.Unexpected.class);
        });
    }

    @Test
    void reportsTagDeletedAfterListingAsVanished() {
        mirror.atSource("b:1");

        RunReport report = run(plan(task("a:1"), task("b:1")));

        assertThat(report.vanished()).containsExactly(task("a:1"));
        assertThat(report.gone()).containsExactly("a:1");
        assertThat(report.left()).isEmpty();
        assertThat(report.failures()).isEmpty();
        assertThat(report.unfinished()).isZero();
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(events).contains("vanished a:1");
    }

    @Test
    void copiesCurrentManifestIfListedOneIsGone() {
        var now = mirror.atSource("a:1", "moved meanwhile");

        RunReport report = run(plan(task("a:1")));

        assertThat(report.copied()).containsExactly(task("a:1").withDigest(now));
        assertThat(mirror.mirrored("a:1")).contains(now);
        assertThat(mirror.destination.requests(Method.PUT_MANIFEST)).containsExactly("mirror/a 1");
    }

    @Test
    void copiesListedManifestIfTagMoved() {
        mirror.atSource("a:1");
        mirror.atSource("a:1", "moved meanwhile");

        assertThat(run(plan(task("a:1"))).copied()).containsExactly(task("a:1"));
    }

    @Test
    void failsImageWithMissingPart() {
        mirror.source.fail(Method.BLOB, "ns/a", () -> new ContentException.NotFound("no such blob"));

        RunReport report = run("a:1");

        assertThat(failed(report)).containsExactly("a:1");
        assertThat(report.vanished()).isEmpty();
        assertThat(mirror.source.requests(Method.MANIFEST))
                .as("not copied a second time")
                .hasSize(1);
    }

    @Test
    void endsRunIfDestinationAcceptsNoMoreData() {
        mirror.destination.fail(Method.ENSURE_BLOB, "mirror/b", () -> new ContentException.Unwritable("disk full"));

        RunReport report = run("a:1", "b:1", "c:1", "d:1");

        assertThat(report.outcome()).isEqualTo(Outcome.GIVEN_UP);
        assertThat(report.abandoned()).contains("the destination accepts no more data: disk full");
        assertThat(started()).containsExactly("a:1", "b:1");
        assertThat(failed(report)).containsExactly("b:1");
        assertThat(report.unfinished()).isEqualTo(2);
        assertThat(report.left()).containsExactlyInAnyOrder("b:1", "c:1", "d:1");
        assertThat(mirror.mirrored("a:1")).isPresent();
    }

    @Test
    void leavesImageUnfinishedIfDestinationIsLostWhileQuotaAdmitsIt() {
        mirror.destination.fail(Method.ENSURE_BLOB, "mirror/a", () -> new ContentException.Unwritable("disk full"));
        mirror.destination.fail(Method.ENSURE_BLOB, "mirror/b", () -> new ContentException.Unwritable("disk full"));
        AtomicBoolean isSecond = new AtomicBoolean();
        quota = new PullQuota() {
            @Override
            public OptionalLong admits(Runnable meanwhile) {
                if (isSecond.getAndSet(true)) {
                    await(failure);
                }
                return OptionalLong.of(0);
            }

            @Override
            public boolean refused(long window) {
                return false;
            }
        };
        atATime = 2;

        RunReport report = run("a:1", "b:1");

        assertThat(report.outcome()).isEqualTo(Outcome.GIVEN_UP);
        assertThat(failed(report)).hasSize(1);
        assertThat(report.unfinished()).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void endsRunIfSourceIsUnreachable() {
        mirror.source.fail(Method.MANIFEST, "ns/a", MemoryMirror::unreachable);
        mirror.source.stopAnswering();

        RunReport report = run("a:1", "b:1");

        assertThat(report.abandoned()).contains("the source is unreachable: HTTP 502");
        assertThat(started()).containsExactly("a:1");
        assertThat(report.unfinished()).isEqualTo(1);
    }

    @Test
    void continuesIfSourceStillAnswers() {
        mirror.source.fail(Method.MANIFEST, "ns/a", MemoryMirror::unreachable);

        RunReport report = run("a:1", "b:1");

        assertThat(report.abandoned()).isEmpty();
        assertThat(failed(report)).containsExactly("a:1");
        assertThat(copied(report)).containsExactly("b:1");
    }

    @Test
    void endsRunIfDestinationRefusesFirstLogin() {
        mirror.destination.fail(Method.ENSURE_BLOB, "mirror/a", () -> new ContentException.Denied("HTTP 401", true));

        RunReport report = run("a:1", "b:1");

        assertThat(report.abandoned()).contains("the destination asks for a login: HTTP 401");
        assertThat(report.unfinished()).isEqualTo(1);
    }

    @Test
    void failsOneImageIfLoginIsRefusedLater() {
        mirror.destination.fail(Method.ENSURE_BLOB, "mirror/b", () -> new ContentException.Denied("HTTP 401", true));

        RunReport report = run("a:1", "b:1", "c:1");

        assertThat(report.abandoned()).isEmpty();
        assertThat(failed(report)).containsExactly("b:1");
        assertThat(copied(report)).containsExactly("a:1", "c:1");
    }

    @Test
    void startsNoImageAfterStopSignal() {
        mirror.destination.before(request -> {
            if (request.equals(new MemoryStore.Request(Method.PUT_MANIFEST, "mirror/a", "1"))) {
                stop.give();
            }
        });

        RunReport report = run("a:1", "b:1", "c:1");

        assertThat(copied(report)).containsExactly("a:1");
        assertThat(started()).containsExactly("a:1");
        assertThat(report.failures()).isEmpty();
        assertThat(report.unfinished()).isEqualTo(2);
        assertThat(mirror.mirrored("a:1")).isPresent();
    }

    @Test
    void doesNotRecordInterruptedImage() {
        mirror.source.before(request -> stop.give());

        RunReport report = run("a:1", "b:1");

        assertThat(report.copied()).isEmpty();
        assertThat(report.failures()).isEmpty();
        assertThat(report.unfinished()).isEqualTo(2);
        assertThat(mirror.ledger.recorded()).isEmpty();
        assertThat(report.published()).isEmpty();
    }

    @Test
    void countsAbortedImageAsUnfinished() {
        mirror.source.before(request -> {
            stop.abandon();
            throw new ContentException.Unreachable("the connections are closed");
        });

        RunReport report = run("a:1", "b:1");

        assertThat(report.failures()).isEmpty();
        assertThat(report.unfinished()).isEqualTo(2);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void reportsRunWithUnfinishedImagesAsNotDone() {
        mirror.destination.before(request -> stop.give());

        RunReport report = run("a:1", "b:1");

        assertThat(report.unfinished()).isEqualTo(2);
        assertThat(report.outcome()).isEqualTo(Outcome.SOME_FAILED);
    }

    /** Interrupting the thread without the stop signal must not give a successful run. */
    @Test
    void reportsInterruptedRunAsNotDone() {
        mirror.source.before(request -> Thread.currentThread().interrupt());

        RunReport report = run("a:1", "b:1");
        boolean interrupted = Thread.interrupted();

        assertThat(interrupted).isTrue();
        assertThat(report.copied()).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.SOME_FAILED);
    }

    @Test
    void adoptsWithoutCopying() {
        RunReport report = run(plan(List.of(), List.of(task("a:1")), List.of(), List.of(), Drift.UNKNOWN));

        assertThat(mirror.mirrored("a:1")).contains(task("a:1").digest());
        assertThat(mirror.ledger.adopted()).containsExactly("a:1");
        assertThat(mirror.source.requests(Method.MANIFEST)).isEmpty();
        assertThat(mirror.destination.requests(Method.PUT_MANIFEST)).isEmpty();
        assertThat(report.published()).isPresent();
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void forgetsMissingImagesThatWereNotRepaired() {
        List.of("a:1", "b:1", "c:1", "d:1").forEach(mirror::recorded);
        mirror.source.fail(Method.BLOB, "ns/b", () -> new ContentException.Corrupt("not its digest"));
        mirror.atSource("a:1");
        mirror.atSource("b:1");
        List<CopyTask> gone = List.of(task("a:1", Reason.GONE), task("b:1", Reason.DAMAGED), task("d:1", Reason.GONE));

        run(plan(gone.subList(0, 2), List.of(), List.of(), List.of(), new Drift(gone, List.of(), Set.of())));

        assertThat(mirror.mirrored("a:1")).as("repaired").isPresent();
        assertThat(mirror.mirrored("b:1")).as("failed").isEmpty();
        assertThat(mirror.mirrored("c:1")).as("not missing").isPresent();
        assertThat(mirror.mirrored("d:1")).as("waiting").isEmpty();
        assertThat(mirror.ledger.listed(key("b:1").name(), "1")).isTrue();
    }

    @Test
    void forgetsLostAndReleasedImages() {
        List.of("a:1", "b:1", "c:1").forEach(mirror::recorded);

        RunReport report = run(plan(
                List.of(),
                List.of(),
                List.of(),
                List.of(key("b:1")),
                new Drift(List.of(), List.of(lost("a:1")), Set.of())));

        assertThat(mirror.ledger.recorded().map(image -> image.image())).containsExactly("c:1");
        assertThat(report.lost()).containsExactly(lost("a:1"));
        assertThat(mirror.ledger.checkpoints())
                .as("the last one is of this run")
                .endsWith(2);
    }

    @Test
    void forgetsMissingImagesEvenIfInternalErrorEndsRun() {
        mirror.recorded("a:1");
        source = _ -> {
            throw new IllegalStateException("an internal error");
        };

        assertThatThrownBy(() -> run(plan(
                        List.of(task("b:1")),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Drift(List.of(), List.of(lost("a:1")), Set.of()))))
                .hasMessage("an internal error");
        assertThat(mirror.mirrored("a:1")).isEmpty();
    }

    @Test
    void commitsCheckpointsAfterImagesAndAtEnd() {
        interval = new CheckpointInterval(2, Duration.ofDays(1));

        RunReport report = run("a:1", "b:1", "c:1", "d:1", "e:1");

        assertThat(mirror.ledger.checkpoints()).containsExactly(2, 2, 1);
        assertThat(events).contains("recorded commit 1", "recorded commit 2", "recorded commit 3");
        assertThat(report.published().flatMap(Published::commit)).contains("commit 3");
    }

    @Test
    void retriesFailedCheckpoint() {
        interval = new CheckpointInterval(1, Duration.ofDays(1));
        mirror.ledger.failCheckpoints(1);

        RunReport report = run("a:1", "b:1");

        assertThat(copied(report)).containsExactly("a:1", "b:1");
        assertThat(mirror.ledger.checkpoints()).containsExactly(2);
        assertThat(report.unrecorded()).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void reportsWhyLedgerWasNotSaved() {
        mirror.ledger.failCheckpoints(Integer.MAX_VALUE);

        RunReport report = run("a:1");

        assertThat(copied(report)).containsExactly("a:1");
        assertThat(report.unrecorded()).contains("cannot push the metadata");
        assertThat(report.published()).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.SOME_FAILED);
    }

    @Test
    void reportsLastCommit() {
        interval = new CheckpointInterval(1, Duration.ofDays(1));

        assertThat(run("a:1").published().flatMap(Published::commit)).contains("commit 1");
    }

    @Test
    void reportsFailuresOfPlanAndRunInOrder() {
        Failure planned = new Failure("b", Side.SOURCE, MemoryMirror.unreachable());
        mirror.atSource("a:1");
        mirror.source.fail(Method.BLOB, "ns/a", () -> new ContentException.Corrupt("not its digest"));

        RunReport report = run(plan(List.of(task("a:1")), List.of(), List.of(planned), List.of(), Drift.UNKNOWN));

        assertThat(failed(report)).containsExactly("a:1", "b");
        assertThat(events).containsSubsequence("failed b", "failed a:1");
        assertThat(report.unfinished()).isZero();
        assertThat(report.left()).containsExactlyInAnyOrder("a:1", "b");
    }

    @Test
    void reportsRunWithFailedPlanAsNotDone() {
        Failure planned = new Failure("b", Side.SOURCE, MemoryMirror.unreachable());

        assertThat(run(plan(List.of(), List.of(), List.of(planned), List.of(), Drift.UNKNOWN))
                        .outcome())
                .isEqualTo(Outcome.SOME_FAILED);
    }

    @Test
    void postponesImagesBeyondQuota() {
        quota = new Pulls(1);

        RunReport report = run("a:1", "b:1", "c:1");

        assertThat(copied(report)).containsExactly("a:1");
        assertThat(report.postponed()).isEqualTo(2);
        assertThat(report.left()).containsExactlyInAnyOrder("b:1", "c:1");
        assertThat(report.unfinished()).isZero();
        assertThat(report.outcome()).isEqualTo(Outcome.OVER_QUOTA);
    }

    @Test
    void postponesImageThatQuotaInterrupts() {
        quota = new Pulls(2);
        mirror.source.fail(
                Method.MANIFEST, "ns/b", () -> new ContentException.RateLimited("HTTP 429", Optional.empty()));

        RunReport report = run("a:1", "b:1");

        assertThat(report.failures()).isEmpty();
        assertThat(report.postponed()).isEqualTo(1);
        assertThat(started()).containsExactly("a:1", "b:1");
    }

    @Test
    void failsImageOnRateLimitWithoutQuota() {
        mirror.source.fail(
                Method.MANIFEST, "ns/a", () -> new ContentException.RateLimited("HTTP 429", Optional.empty()));

        assertThat(failed(run("a:1"))).containsExactly("a:1");
    }

    /** A number of pulls, after which the source refuses. */
    private static final class Pulls implements PullQuota {
        private int left;

        Pulls(int left) {
            this.left = left;
        }

        @Override
        public OptionalLong admits(Runnable meanwhile) {
            return left-- > 0 ? OptionalLong.of(0) : OptionalLong.empty();
        }

        @Override
        public boolean refused(long window) {
            left = 0;
            return true;
        }
    }

    @Test
    void interleavesRepositories() {
        run("a:1", "a:2", "a:3", "b:1", "c:1", "c:2");

        assertThat(started()).containsExactly("a:1", "b:1", "c:1", "a:2", "c:2", "a:3");
    }

    @Test
    void countsTransferredData() {
        mirror.atSource("a:1", "same");
        mirror.atSource("a:2", "same");
        var same = MemoryStore.digest("same");

        Moved moved = run(plan(task("a:1").withDigest(same), task("a:2").withDigest(same)))
                .moved();

        assertThat(moved.uploaded()).as("config and layer, once").isEqualTo(2);
        assertThat(moved.mounted() + moved.alreadyThere()).isZero();
        Manifest image = mirror.source.repository(new RepositoryName("ns/a")).manifest("1");
        long blobs = image.children().stream().mapToLong(Descriptor::size).sum();
        assertThat(moved.bytes()).isEqualTo(blobs + 2L * image.descriptor().size());
    }

    @Test
    void countsExistingBlobsAsSaved() {
        mirror.atDestination("a:old", "a:1");

        Moved moved = run("a:1").moved();

        assertThat(moved.alreadyThere()).isEqualTo(2);
        assertThat(moved.uploaded()).isZero();
        assertThat(moved.saved()).isEqualTo(moved.alreadyThereBytes()).isPositive();
    }

    @Test
    void reportsRunWithQuarantinedImageAsNotDone() {
        mirror.source.fail(Method.BLOB, "ns/a", () -> new ContentException.Corrupt("not its digest"));
        for (int i = 0; i < 3; i++) {
            run("a:1");
        }
        RunReport report = run(quarantine().applied(planOf("a:1")));

        assertThat(report.plan().heldBack()).hasSize(1);
        assertThat(report.left()).containsExactly("a:1");
        assertThat(report.failures()).isEmpty();
        assertThat(report.quarantined()).hasSize(1);
        assertThat(report.outcome()).isEqualTo(Outcome.SOME_FAILED);
    }

    @Test
    void triesQuarantinedImageLastAndReleasesItOnSuccess() {
        AtomicBoolean broken = new AtomicBoolean(true);
        mirror.source.before(request -> {
            if (broken.get() && request.method() == Method.BLOB) {
                throw new ContentException.Corrupt("not its digest");
            }
        });
        for (int i = 0; i < 3; i++) {
            run("a:1");
        }
        broken.set(false);
        events.clear();
        planOf("b:1", "b:2");

        RunReport report = run(quarantine().applied(plan(task("a:1", Reason.GONE), task("b:1"), task("b:2"))));

        assertThat(started()).containsExactly("b:1", "b:2", "a:1");
        assertThat(report.quarantined()).isEmpty();
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    }

    /** Deleting the file only forgets the record; the image was still skipped. */
    @Test
    void reportsRunWithHeldBackImageAsNotDoneEvenIfRecordIsDeleted() throws Exception {
        mirror.source.fail(Method.BLOB, "ns/a", () -> new ContentException.Corrupt("not its digest"));
        for (int i = 0; i < 3; i++) {
            run("a:1");
        }
        Plan plan = quarantine().applied(planOf("a:1"));
        try (var files = Files.list(state.resolve("quarantine"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        assertThat(run(plan).outcome()).isEqualTo(Outcome.SOME_FAILED);
    }
}
