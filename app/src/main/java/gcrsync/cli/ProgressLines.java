package gcrsync.cli;

import gcrsync.mirror.CopyTask;
import gcrsync.mirror.Failure;
import gcrsync.mirror.Plan;
import gcrsync.mirror.RunListener;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Printable;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Progress as lines, one for each image. */
final class ProgressLines implements RunListener {
    private final PrintWriter err;
    private final AtomicInteger done = new AtomicInteger();
    private volatile int all;

    ProgressLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void runStarted(Plan plan) {
        all = plan.toCopy().size();
    }

    @Override
    public void imageCopied(CopyTask task) {
        line("copied   " + task.image());
    }

    @Override
    public void imageVanished(CopyTask task) {
        line("gone     " + task.image() + " (deleted at the source since it was listed)");
    }

    @Override
    public void manifestAbsent(Descriptor manifest) {
        String platform = manifest.platform().map(p -> " for " + p).orElse("");
        err.println(Printable.of("note: an index names " + manifest.digest() + platform
                + ", which the source does not have; the mirror is as sparse as the source"));
    }

    @Override
    public void imageFailed(Failure failure) {
        line("FAILED   " + failure.what() + "  "
                + failure.side().name().toLowerCase(Locale.ROOT)
                + ": " + failure.reason().getMessage());
    }

    private void line(String text) {
        int width = Integer.toString(all).length();
        err.printf("[%" + width + "d/%d] %s%n", done.incrementAndGet(), all, Printable.of(text));
    }
}
