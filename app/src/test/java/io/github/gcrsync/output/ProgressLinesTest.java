package io.github.gcrsync.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Drift;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.plan.Sightings;
import io.github.gcrsync.plan.Waits;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.run.Workload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The frequency of progress lines, with a fake clock. */
final class ProgressLinesTest {
    private static final Digest DIGEST = Digest.sha256(new byte[0]);
    private static final Descriptor BLOB = new Descriptor("application/octet-stream", DIGEST, 1_000_000);

    private final StringWriter printed = new StringWriter();
    private long now = 42;
    private final ProgressLines lines = new ProgressLines(new PrintWriter(printed, true), () -> now);

    @Test
    void printsEachImageOfSmallRun() {
        List<CopyTask> tasks = start(200);

        tasks.forEach(lines::imageCopied);

        assertThat(printed.toString().lines())
                .hasSize(200)
                .startsWith("[  1/200] copied   a:0")
                .endsWith("[200/200] copied   a:199");
    }

    @Test
    void printsLineEveryTenSecondsAndAtEndOfLargeRun() {
        List<CopyTask> tasks = start(1000);

        for (CopyTask task : tasks) {
            passes(100, TimeUnit.MILLISECONDS);
            lines.blobProgress(BLOB, 1_000_000);
            lines.imageCopied(task);
        }

        assertThat(printed.toString().lines())
                .hasSize(10)
                .startsWith("[ 100/1000] copied   up to a:99  100.0 MB, 10.0 MB/s, about 1 min 30 s left")
                .endsWith("[1000/1000] copied   up to a:999  1.0 GB, 10.0 MB/s");
    }

    @Test
    void printsPaceDuringLargeBlobs() {
        List<CopyTask> tasks = start(3);
        lines.imageCopied(tasks.getFirst());

        for (int i = 0; i < 100; i++) {
            passes(1, TimeUnit.SECONDS);
            lines.blobProgress(BLOB, 2_000_000);
        }

        assertThat(printed.toString().lines())
                .containsExactly(
                        "[1/3] copied   a:0",
                        "[1/3] copying  60.0 MB, 2.0 MB/s, about 1 min 00 s left",
                        "[1/3] copying  120.0 MB, 2.0 MB/s, about 2 min 00 s left",
                        "[1/3] copying  180.0 MB, 2.0 MB/s, about 3 min 00 s left");
    }

    @Test
    void omitsTimeLeftBeforeFirstImage() {
        start(3);
        passes(30, TimeUnit.SECONDS);

        lines.blobProgress(BLOB, 3_000_000);

        assertThat(printed.toString()).isEqualToIgnoringNewLines("[0/3] copying  3.0 MB, 100.0 kB/s");
    }

    @Test
    void printsFailuresImmediately() {
        start(1000);

        lines.imageFailed(new Failure("a:1", Side.SOURCE, new ContentException.NotFound("it is\u001b[2J gone")));

        assertThat(printed.toString()).isEqualToIgnoringNewLines("[   1/1000] FAILED   a:1  source: it is?[2J gone");
    }

    private void passes(long time, TimeUnit unit) {
        now += unit.toNanos(time);
    }

    private List<CopyTask> start(int images) {
        RepositoryName name = new RepositoryName("a");
        List<CopyTask> tasks = IntStream.range(0, images)
                .mapToObj(i -> new CopyTask(name, name, i + "", DIGEST, false, name, i + "", Reason.NEW))
                .toList();
        lines.runStarted(Workload.of(new Plan(
                1,
                images,
                tasks,
                List.of(),
                List.of(),
                0,
                0,
                new Excluded(),
                List.of(),
                List.of(),
                List.of(),
                Set.of(),
                Waits.NONE,
                new TreeMap<>(),
                List.of(),
                List.of(),
                Sightings.Marks.NONE,
                Drift.UNKNOWN)));
        return tasks;
    }
}
