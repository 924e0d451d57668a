package io.github.gcrsync.state;

import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.text.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
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
        return read().entrySet().stream()
                .map(image -> new WaitingImage(image.getKey(), image.getValue()))
                .min(WaitingImage.OLDEST_FIRST);
    }

    /**
     * Records what a run left, and returns the image that has waited longest. An image that an earlier run left keeps
     * its date.
     *
     * @param left images, and repositories that could not be listed, whose images still wait; sorted, there may be a
     *     million of them
     */
    public Optional<WaitingImage> update(List<String> left, Instant started) {
        Instant start = started.truncatedTo(ChronoUnit.SECONDS);
        Map<String, Instant> before = read();
        // A date in the future was written before the clock was set back.
        Map<String, Instant> kept = new HashMap<>(before);
        kept.values().removeIf(since -> !since.isBefore(start));
        List<String> unlisted = kept.keySet().stream()
                .filter(image -> Collections.binarySearch(left, image) < 0)
                .filter(image -> Collections.binarySearch(left, repository(image)) >= 0)
                .toList();
        List<String> all = unlisted.isEmpty()
                ? left
                : Stream.concat(left.stream(), unlisted.stream()).sorted().toList();
        Function<String, Instant> since = image -> kept.getOrDefault(image, start);
        boolean isSame = all.size() == before.size()
                && all.stream().allMatch(image -> since.apply(image).equals(before.get(image)));
        if (!isSame) {
            write(all, since);
        }
        return all.stream()
                .map(image -> new WaitingImage(image, since.apply(image)))
                .min(WaitingImage.OLDEST_FIRST);
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
        Map<String, Instant> dates = new HashMap<>(); // Each run adds one.
        text.lines().skip(1).forEach(line -> {
            List<String> fields = List.of(line.split(" ", 2));
            images.put(fields.getLast(), dates.computeIfAbsent(fields.getFirst(), Instant::parse));
        });
        return images;
    }

    private void write(List<String> images, Function<String, Instant> since) {
        try {
            if (images.isEmpty()) {
                Files.deleteIfExists(file);
                return;
            }
            int length = head.length()
                    + images.stream()
                            .mapToInt(image -> image.length() + "2026-01-01T00:00:00Z \n".length())
                            .sum();
            ByteArrayOutputStream text = new ByteArrayOutputStream(length);
            text.writeBytes(head.getBytes(StandardCharsets.UTF_8));
            for (String image : images) {
                text.writeBytes((since.apply(image) + " " + image + "\n").getBytes(StandardCharsets.UTF_8));
            }
            PrivateFiles.createFolder(file.resolveSibling(""));
            WholeFile.write(file, text.toByteArray());
        } catch (IOException e) {
            LOG.warn("cannot record since when images wait: {}", e.toString());
        }
    }
}
