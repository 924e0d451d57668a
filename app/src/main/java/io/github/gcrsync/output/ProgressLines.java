package io.github.gcrsync.output;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.Workload;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Shows progress as lines: one per image, or in a run of more than a few hundred, one from time to time. While large
 * blobs keep all images waiting, it prints a line every half minute. It always prints failures.
 */
public final class ProgressLines implements RunListener {
    private static final int MAX_SINGLE = 200;
    private static final Duration RHYTHM = Duration.ofSeconds(10);
    private static final Duration MAX_SILENCE = Duration.ofSeconds(30);

    private final PrintWriter err;
    private final LongSupplier nanos;
    private final LongAdder bytes = new LongAdder();
    private int all;
    private int done;
    private long began;
    /** Time of the last line; read for every chunk of a blob, many times a second. */
    private volatile long lastLine;

    public ProgressLines(PrintWriter err) {
        this(err, System::nanoTime);
    }

    ProgressLines(PrintWriter err, LongSupplier nanos) {
        this.err = err;
        this.nanos = nanos;
    }

    @Override
    public synchronized void runStarted(Workload work) {
        all = work.toCopy() + work.failed();
        began = nanos.getAsLong();
        lastLine = began;
    }

    @Override
    public void blobProgress(Descriptor blob, long count) {
        bytes.add(count);
        if (nanos.getAsLong() - lastLine >= MAX_SILENCE.toNanos()) {
            printPace();
        }
    }

    private synchronized void printPace() {
        long now = nanos.getAsLong();
        // Another thread may have printed it meanwhile.
        if (now - lastLine >= MAX_SILENCE.toNanos()) {
            lastLine = now;
            line("copying  " + pace(now));
        }
    }

    @Override
    public synchronized void imageCopied(ImageTask task) {
        done++;
        long now = nanos.getAsLong();
        if (all <= MAX_SINGLE) {
            lastLine = now;
            line("copied   " + task.image());
        } else if (done == all || now - lastLine >= RHYTHM.toNanos()) {
            lastLine = now;
            line("copied   up to " + task.image() + "  " + pace(now));
        }
    }

    private String pace(long now) {
        double seconds = Math.max(1, now - began) / 1e9;
        String left = done == 0 || done >= all
                ? ""
                : ", about " + Sizes.duration(Duration.ofMillis((long) (1000 * seconds / done * (all - done))))
                        + " left";
        return Sizes.bytes(bytes.sum()) + ", " + Sizes.bytes((long) (bytes.sum() / seconds)) + "/s" + left;
    }

    @Override
    public synchronized void imageVanished(ImageTask task) {
        done++;
        line("gone     " + task.image() + " (deleted at the source since it was listed)");
    }

    @Override
    public synchronized void imageSkipped(ImageTask task, String reason) {
        done++;
        line("skipped  " + task.image() + " (" + reason + ")");
    }

    @Override
    public void manifestAbsent(Descriptor manifest) {
        err.println(absent(manifest));
    }

    static String absent(Descriptor manifest) {
        String platform = manifest.platform().map(p -> " for " + p).orElse("");
        return Printable.of("note: an index names " + manifest.digest() + platform
                + ", which the source does not have; the mirror is as sparse as the source");
    }

    @Override
    public synchronized void imageFailed(Failure failure) {
        done++;
        line(FailureLines.text(failure));
    }

    private void line(String text) {
        int width = Integer.toString(all).length();
        err.printf("[%" + width + "d/%d] %s%n", done, all, Printable.of(text));
    }
}
