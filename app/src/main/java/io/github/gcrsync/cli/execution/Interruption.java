package io.github.gcrsync.cli.execution;

import io.github.gcrsync.copy.StopSignal;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Handles Ctrl-C, SIGTERM and a closed terminal: stops the run and waits until it has recorded its work. The process
 * then ends with the signal's exit code (130, 143, 129).
 */
public final class Interruption implements AutoCloseable {
    /** Blobs in flight may take this long before they are aborted. */
    private static final long PATIENCE_SECONDS = 10;
    /**
     * The last checkpoint may take this long; together this is within the 30 seconds that Kubernetes waits before it
     * kills.
     */
    private static final long CHECKPOINT_SECONDS = 18;

    private static final String IN_VAIN = "nothing is written, and an existing file is kept";
    private static final String UNCHANGED = "nothing is changed";
    private static final String RECORDED = "finished images will be recorded";
    private static final String CONTINUES = "the next run continues from the last checkpoint";

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    /**
     * @param give asks the work to stop
     * @param abandon gives up the work in flight
     * @param kept printed at once: what is kept
     * @param next printed if the end takes too long: what the next run does
     */
    private Interruption(
            Runnable give, Runnable abandon, Supplier<PrintWriter> messages, Runnable close, String kept, String next) {
        this.hook = new Thread(() -> {
            PrintWriter err = messages.get();
            give.run();
            err.println("gcrsync: stopping after the blobs in flight; " + kept);
            try {
                if (ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
                abandon.run();
                if (!ended.await(CHECKPOINT_SECONDS, TimeUnit.SECONDS)) {
                    err.println("gcrsync: stopped; " + next);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                // The process may end before the command calls close, and the terminal's cursor must be restored.
                close.run();
            }
        });
    }

    public static Interruption install(StopSignal stop, RunOutput output) {
        return install(
                new Interruption(stop::give, stop::abandon, output::messages, output::close, RECORDED, CONTINUES));
    }

    /** For several runs: asks all of them to stop, or gives them up. */
    public static Interruption install(Runnable give, Runnable abandon, PrintWriter err) {
        return install(new Interruption(give, abandon, () -> err, err::flush, RECORDED, CONTINUES));
    }

    /** For a worker, whose results others record. */
    public static Interruption installForWorker(Runnable give, Runnable abandon, PrintWriter err) {
        String next = "other workers copy the rest";
        return install(new Interruption(give, abandon, () -> err, err::flush, next, next));
    }

    /** For a command that writes one file: work in flight would be in vain. */
    public static Interruption install(StopSignal stop, Runnable abandon, PrintWriter err) {
        return atOnce(stop, abandon, err, IN_VAIN);
    }

    /** For a command that only reads. */
    public static Interruption installForReading(StopSignal stop, Runnable abandon, PrintWriter err) {
        return atOnce(stop, abandon, err, UNCHANGED);
    }

    private static Interruption atOnce(StopSignal stop, Runnable abandon, PrintWriter err, String kept) {
        Runnable give = () -> {
            stop.give();
            abandon.run();
        };
        return install(new Interruption(give, () -> {}, () -> err, err::flush, kept, kept));
    }

    /** For a run that others stop. */
    public static Interruption none() {
        return new Interruption(() -> {}, () -> {}, () -> new PrintWriter(Writer.nullWriter()), () -> {}, "", "");
    }

    /** For a command that records nothing. */
    public static Interruption install(StopSignal stop, MirrorOutput output, String next) {
        return install(new Interruption(stop::give, stop::abandon, output::messages, output::close, next, next));
    }

    private static Interruption install(Interruption interruption) {
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    @Override
    public void close() {
        ended.countDown();
        forget(hook);
    }

    public static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is already ending, by this hook.
        }
    }
}
