package io.github.gcrsync.server;

import io.github.gcrsync.check.ImageContents;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.state.WaitingImage;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The mirrors of a configuration file, which may change at any time. The command line runs them. */
public interface Mirrors {
    /** Returns a value that differs once the file has changed. */
    Object version();

    /** @throws InvalidFileException with all errors in the file */
    Snapshot read() throws InvalidFileException;

    /** The mirrors of a valid file; a later change of the file does not affect them. */
    interface Snapshot {
        List<ServedMirror> mirrors();

        default Optional<ServedMirror> mirror(String name) {
            return mirrors().stream()
                    .filter(mirror -> mirror.name().equals(name))
                    .findFirst();
        }

        default boolean contains(String name) {
            return mirror(name).isPresent();
        }

        /**
         * Runs one mirror like {@code gcrsync sync NAME}.
         *
         * @param events receives those of {@code --log-format json}, one line each, from several threads
         */
        Outcome run(String mirror, StopSignal stop, Consumer<String> events);

        /** Returns the image that has waited longest for its copy to any destination of a mirror. */
        Optional<WaitingImage> oldestWaiting(String mirror);

        /** Returns the last verify at each destination of a mirror that was verified; always the latest. */
        List<VerifyResult> verified(String mirror);

        /** Returns the images that the ledgers of a mirror record. */
        List<CatalogImage> catalog(String mirror);

        /**
         * Asks the destination what it holds of an image of the catalog.
         *
         * @throws RuntimeException with the reason, if it cannot be asked
         */
        ImageContents contents(CatalogImage image);
    }

    /**
     * The result of a run.
     *
     * @param exitCode that of {@code sync}, or of {@code prune} after it
     * @param batch empty if the run ended before its first mirror
     */
    record Outcome(int exitCode, Optional<BatchRecord> batch) {}
}
