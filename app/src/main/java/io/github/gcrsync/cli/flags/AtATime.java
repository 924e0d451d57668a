package io.github.gcrsync.cli.flags;

import io.github.gcrsync.run.MirrorRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much is done at a time: what the flags say, or less where the system lets a process open few files ({@code ulimit -n}).
 *
 * @param images copied; 0 for a command that copies nothing
 * @param queries to list and compare
 * @param connectionsPerHost most of them
 * @param connections most of them, to all hosts together
 */
public record AtATime(int images, int queries, int connectionsPerHost, int connections) {
    /** What the JVM, the program's libraries and git hold open, and folders of images. */
    private static final int OTHER_FILES = 48;

    private static final int FEWEST_CONNECTIONS = 8;
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d+) ");

    public static AtATime of(int images, int queries) {
        return fitting(images, queries, openFiles());
    }

    private static AtATime fitting(int images, int queries, OptionalInt openFiles) {
        int most = Math.max(FEWEST_CONNECTIONS, openFiles.orElse(Integer.MAX_VALUE) - OTHER_FILES);
        // A copy within one registry holds two connections to it for each blob, and each image may ask for a manifest.
        int fewerImages = Math.min(images, Math.max(1, most / 5));
        int fewerQueries = Math.min(queries, most);
        int perHost = 2 * MirrorRun.blobsInFlight(fewerImages) + fewerImages + fewerQueries;
        return new AtATime(fewerImages, fewerQueries, Math.min(perHost, most), Math.min(4 * perHost, most));
    }

    /** How many the process may open; empty where nobody knows or there is no limit. */
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
