package io.github.gcrsync.state;

import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that the runs of a mirror left at one destination, one per line with its date. If none waits there is no
 * file; deleting it only loses the dates. If it cannot be read or written, that is logged.
 */
public final class WaitingImages {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingImages.class);
    private static final String HEAD = "# gcrsync waiting 1: ";

    private final Path file;
    private final String head;

    /** @param mirror the key of the mirror; each destination has its own file */
    public WaitingImages(Path stateFolder, String mirror) {
        this.file = stateFolder.toAbsolutePath().resolve("waiting").resolve(SuspectFile.name(mirror));
        this.head = HEAD + Printable.of(mirror) + "\n";
    }

    /** Returns the image that has waited longest. */
    public Optional<WaitingImage> oldest() {
        return oldest(read());
    }

    private static Optional<WaitingImage> oldest(Map<String, Instant> images) {
        return images.entrySet().stream()
                .map(image -> new WaitingImage(image.getKey(), image.getValue()))
                .min(WaitingImage.OLDEST_FIRST);
    }

    /**
     * Records what a run left, and returns the image that has waited longest. An image that an earlier run left keeps
     * its date.
     *
     * @param left images, and repositories that could not be listed, whose images still wait
     */
    public Optional<WaitingImage> update(Set<String> left, Instant started) {
        Instant start = started.truncatedTo(ChronoUnit.SECONDS);
        Map<String, Instant> before = read();
        Map<String, Instant> now = new TreeMap<>();
        left.forEach(image -> now.put(image, start));
        before.forEach((image, since) -> {
            // A date in the future was written before the clock was set back.
            if (since.isBefore(start) && (left.contains(image) || left.contains(repository(image)))) {
                now.put(image, since);
            }
        });
        if (!now.equals(before)) {
            write(now);
        }
        return oldest(now);
    }

    private static String repository(String image) {
        return image.split("[:@]", 2)[0];
    }

    private Map<String, Instant> read() {
        try {
            return parsed(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            LOG.warn("cannot read since when images wait; their ages start from zero: {}", e.toString());
            return Map.of();
        }
    }

    private Map<String, Instant> parsed(String text) {
        if (!text.startsWith(HEAD) || !text.endsWith("\n")) {
            throw new IllegalArgumentException(file + " is damaged");
        }
        Map<String, Instant> images = new HashMap<>();
        text.lines().skip(1).forEach(line -> {
            List<String> fields = List.of(line.split(" ", 2));
            images.put(fields.getLast(), Instant.parse(fields.getFirst()));
        });
        return images;
    }

    private void write(Map<String, Instant> images) {
        StringBuilder text = new StringBuilder(head);
        images.forEach(
                (image, since) -> text.append(since).append(' ').append(image).append('\n'));
        try {
            if (images.isEmpty()) {
                Files.deleteIfExists(file);
                return;
            }
            PrivateFiles.createFolder(file.resolveSibling(""));
            WholeFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("cannot record since when images wait: {}", e.toString());
        }
    }
}
