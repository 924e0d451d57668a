package io.github.gcrsync.server;

import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the events of a run have reported so far. */
public final class Progress {
    static final String PRUNED = "pruned";
    private static final int MOST_FAILURES = 100;

    /** A failure of an image, with what to do about it. */
    public record Failure(String image, String side, String message, String advice) {}

    private final Map<String, Long> toCopy = new TreeMap<>();
    private final Map<String, Long> images = new LinkedHashMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private long bytes;
    private Optional<String> error = Optional.empty();

    synchronized void add(String event) {
        if (!(Json.tree(event.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> fields)) {
            return;
        }
        switch (String.valueOf(fields.get("event"))) {
            case "run-started" -> toCopy.put(text(fields, "destination"), number(fields, "toCopy"));
            case "image-copied" -> images.merge("copied", 1L, Long::sum);
            case "image-gone" -> images.merge("gone", 1L, Long::sum);
            case "image-skipped" -> images.merge("skipped", 1L, Long::sum);
            case "image-pruned" -> {
                if (!text(fields, "deletes").equals("missing")) {
                    images.merge(PRUNED, 1L, Long::sum);
                }
            }
            case "blob-arrived" -> bytes += number(fields, "bytes");
            case "image-failed" -> {
                images.merge(text(fields, "cause").equals("Held") ? "held" : "failed", 1L, Long::sum);
                if (failures.size() < MOST_FAILURES) {
                    failures.add(new Failure(
                            text(fields, "image"),
                            text(fields, "side"),
                            text(fields, "message"),
                            text(fields, "advice")));
                }
            }
            // Advice may follow as a second one.
            case "error" -> error = error.or(() -> Optional.of(text(fields, "message")));
            default -> {}
        }
    }

    private static String text(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    private static long number(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Long number ? number : 0;
    }

    /** Returns the images to copy, at all destinations. */
    public synchronized long toCopy() {
        return toCopy.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the images by outcome. */
    public synchronized Map<String, Long> images() {
        return new LinkedHashMap<>(images);
    }

    /** Returns the first failures. */
    public synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }

    public synchronized long bytes() {
        return bytes;
    }

    /** Returns why the mirror could not start, or could not be pruned. */
    public synchronized Optional<String> error() {
        return error;
    }
}
