package io.github.gcrsync.cli.execution;

import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.MetricsFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file about a run, written at its end.
 *
 * @param failure how a message begins if it cannot be written
 */
public record OutputFile(String failure, Path file) {
    static OutputFile report(Path file) {
        return new OutputFile("cannot write the report ", file);
    }

    /**
     * Returns the file of {@code --metrics-file}.
     *
     * @throws NotStartedException if it cannot be written, as far as that shows before the run
     */
    public static Optional<OutputFile> metrics(MetricsFlags flags) {
        Optional<OutputFile> metrics =
                Optional.ofNullable(flags.metricsFile).map(file -> new OutputFile("cannot write the metrics ", file));
        metrics.ifPresent(OutputFile::requireFolder);
        return metrics;
    }

    void requireFolder() {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new NotStartedException(message(
                    Files.isDirectory(file)
                            ? "it is a folder; use a file in it"
                            : "its folder does not exist; create it or use another file"));
        }
    }

    private String message(String reason) {
        return failure + file + ": " + reason;
    }

    /** Writes a file. */
    @FunctionalInterface
    public interface Writing {
        void to(Path file) throws IOException;
    }

    /** Returns the exit code, or another one for success if the file cannot be written; prints why. */
    public int written(int exitCode, Writing writing, PrintWriter messages) {
        try {
            writing.to(file);
            return exitCode;
        } catch (IOException e) {
            messages.println("gcrsync: " + Printable.of(message(DiskErrors.reason(e))));
            return exitCode == ExitCode.DONE ? ExitCode.SOME_FAILED : exitCode;
        }
    }
}
