package io.github.gcrsync.cli.flags;

import io.github.gcrsync.run.MirrorRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many operations run at a time: the values of the flags, or less if the limit of open files is low
 * ({@code ulimit -n}).
 *
 * @param images to copy; 0 for a command that copies nothing
 * @param queries while listing and comparing
 * @param connectionsPerHost maximum
 * @param connections maximum for all hosts together
 */
public record Concurrency(int images, int queries, int connectionsPerHost, int connections) {
    /** Files that the JVM, libraries, git and folders of images keep open. */
    private static final int OTHER_FILES = 48;

    private static final int MIN_CONNECTIONS = 8;
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d+) ");

    /** @param destinations that receive each image */
    public static Concurrency of(int images, int queries, int destinations) {
        return fitting(images, queries, destinations, openFiles());
    }

    static Concurrency fitting(int images, int queries, int destinations, OptionalInt openFiles) {
        int most = Math.max(MIN_CONNECTIONS, openFiles.orElse(Integer.MAX_VALUE) - OTHER_FILES);
        // A blob uses a connection at the source and one at each destination; each image may request a manifest.
        int perBlob = 1 + destinations;
        int fewerImages = Math.min(images, Math.max(1, most / (2 * perBlob + 1)));
        int fewerQueries = Math.min(queries, most);
        int blobs = MirrorRun.blobsInFlight(fewerImages);
        // A copy within one registry uses two there.
        int perHost = 2 * blobs + fewerImages + fewerQueries;
        int all = Math.max(4 * perHost, perBlob * blobs + fewerImages + fewerQueries);
        return new Concurrency(fewerImages, fewerQueries, Math.min(perHost, most), Math.min(all, most));
    }

    /** Returns the limit of open files; empty if it is unknown or unlimited. */
    private static OptionalInt openFiles() {
        try {
            Matcher line = OPEN_FILES.matcher(Files.readString(LIMITS));
            return line.find() && line.group(1).length() < 10
                    ? OptionalInt.of(Integer.parseInt(line.group(1)))
                    : OptionalInt.empty();
        } catch (IOException e) {
            return OptionalInt.empty(); // Not Linux.
        }
    }
}
