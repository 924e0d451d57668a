package io.github.gcrsync.cli.execution;

import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.rule.NameCollisionException;
import java.io.UncheckedIOException;

/** Describes for users why something could not start. */
public final class StartFailure {
    private StartFailure() {}

    /** Describes why a command or a mirror could not start. */
    public static String words(Exception e) {
        return switch (e) {
            case ContentException reason -> Advice.withRemedy(reason);
            case CopyException reason -> Advice.withRemedy(reason);
            // Of the last one, about a file or folder of the user, the message names it.
            case LedgerException _, NameCollisionException _, NotStartedException _, UncheckedIOException _ ->
                String.valueOf(e.getMessage());
            default -> internal(e);
        };
    }

    /** The stack trace is only logged with {@code --debug}. */
    public static String internal(Throwable thrown) {
        Logs.debug("stack trace:", thrown);
        String remedy = thrown instanceof OutOfMemoryError
                ? "out of memory; increase it, for example with GCRSYNC_JAVA_OPTIONS=-Xmx2g, or lower --processlimit"
                : "internal error; run again with --debug and report the output";
        return thrown.getClass().getSimpleName() + ": " + thrown.getMessage() + "; " + remedy;
    }
}
