package io.github.gcrsync.output;

import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;

/** Prints only failures. */
public final class FailureLines implements RunListener {
    private final PrintWriter err;

    public FailureLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void imageFailed(Failure failure) {
        err.println(text(failure));
    }

    static String text(Failure failure) {
        return Printable.of((failure.isHeld() ? "HELD     " : "FAILED   ") + failure.what() + "  "
                + Advice.side(failure) + ": " + failure.reason().getMessage());
    }
}
