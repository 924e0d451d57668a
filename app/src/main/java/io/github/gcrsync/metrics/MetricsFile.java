package io.github.gcrsync.metrics;

import io.github.gcrsync.files.ExclusiveLock;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.state.WaitingImage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The metrics of commands in a file, for node exporter's textfile collector. Each command adds its counters to those of
 * the file, and keeps what it says of other mirrors and commands.
 */
public final class MetricsFile {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([^\\s{]+(?:\\{.*})?) ([0-9.]{1,30}(?:E[0-9]{1,2})?)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private MetricsFile() {}

    /** A metric with its samples, by name and labels. */
    private static final class Family {
        private final List<String> head = new ArrayList<>();
        private final Map<String, BigDecimal> samples = new LinkedHashMap<>();
        private boolean isCounted;
    }

    /** Adds the runs of a sync. */
    public static void write(BatchRecord batch, Path file, Instant now) throws IOException {
        write(file, now, (metrics, before) -> {
            metrics.add(batch, now);
            for (BatchRecord.OfMirror mirror : batch.mirrors()) {
                String name = RunMetrics.name(mirror);
                metrics.waiting(name, mirror.oldestWaiting().map(WaitingImage::since), now);
                RunMetrics.destinations(mirror).ifPresent(current -> drop(before, RunMetrics.IMAGES, name, current));
            }
        });
    }

    /**
     * Adds images that were deleted at a destination.
     *
     * @param mirror its name in a file
     */
    public static void pruned(Optional<String> mirror, long count, Path file, Instant now) throws IOException {
        write(file, now, (metrics, _) -> metrics.pruned(RunMetrics.name(mirror), count));
    }

    /**
     * Adds the result of a verify at one destination.
     *
     * @param mirror its name in a file
     * @param destinations all that the mirror has now, by their labels
     */
    public static void verified(
            Optional<String> mirror, VerifyResult result, Set<String> destinations, Path file, Instant now)
            throws IOException {
        String name = RunMetrics.name(mirror);
        write(file, now, (metrics, before) -> {
            metrics.verified(Map.of(name, List.of(result)));
            metrics.repaired(name, result.repaired());
            for (String family : List.of(VerifyMetrics.DRIFTED, VerifyMetrics.UNCHECKED, VerifyMetrics.TIME)) {
                drop(before, family, name, destinations);
            }
        });
    }

    private static void write(Path file, Instant now, BiConsumer<RunMetrics, Map<String, Family>> change)
            throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            WholeFile.write(file, text(merged(change, Map.of(), 0)).getBytes(StandardCharsets.UTF_8));
            return;
        }
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        try (ExclusiveLock _ = locked(target.resolveSibling(target.getFileName() + ".lock"))) {
            Map<String, Family> before = Map.of();
            double age = 0;
            if (Files.exists(target)) {
                before = read(Files.readString(target));
                age = RunMetrics.seconds(Files.getLastModifiedTime(target).toInstant(), now);
            }
            WholeFile.write(target, text(merged(change, before, age)).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static ExclusiveLock locked(Path lock) throws IOException {
        return ExclusiveLock.acquire(lock, PATIENCE)
                .orElseThrow(() -> new FileSystemException(
                        lock.toString(),
                        null,
                        "another run has held " + lock + " for " + PATIENCE.toSeconds() + " seconds"));
    }

    /**
     * @param change adds to the metrics of this command, and removes outdated ones from those of the file
     * @param age of the earlier metrics in seconds
     */
    private static Map<String, Family> merged(
            BiConsumer<RunMetrics, Map<String, Family>> change, Map<String, Family> before, double age) {
        Family waits = before.getOrDefault(RunMetrics.WAITING, new Family());
        waits.samples.replaceAll((_, value) -> value.signum() > 0 ? value.add(BigDecimal.valueOf(age)) : value);
        RunMetrics metrics = new RunMetrics(before.values().stream()
                .flatMap(family -> family.samples.keySet().stream())
                .flatMap(key -> Stream.ofNullable(labels(key).get(RunMetrics.HOST)))
                .collect(Collectors.toSet()));
        change.accept(metrics, before);
        Map<String, Family> all = read(metrics.text());
        before.forEach((name, old) -> {
            Family current = all.computeIfAbsent(name, _ -> old);
            if (current != old) {
                old.samples.forEach((key, value) -> current.samples.merge(
                        key, value, (latest, earlier) -> old.isCounted ? latest.add(earlier) : latest));
            }
        });
        return all;
    }

    /** Drops the samples of destinations that a mirror has no longer. */
    private static void drop(Map<String, Family> before, String family, String mirror, Set<String> current) {
        before.getOrDefault(family, new Family()).samples.keySet().removeIf(key -> {
            Map<String, String> labels = labels(key);
            return mirror.equals(labels.get(RunMetrics.MIRROR))
                    && !current.contains(labels.getOrDefault(RunMetrics.DESTINATION, ""));
        });
    }

    private static Map<String, String> labels(String key) {
        Map<String, String> labels = new HashMap<>();
        LABEL.matcher(key).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        return labels;
    }

    /** Skips lines that are no metrics. */
    private static Map<String, Family> read(String text) {
        Map<String, Family> families = new LinkedHashMap<>();
        List<String> head = new ArrayList<>();
        Family current = new Family();
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                current = new Family();
                current.head.addAll(head);
                current.head.add(line);
                current.isCounted = !type.group(2).equals("gauge");
                families.put(type.group(1), current);
                head.clear();
            } else if (line.startsWith("#")) {
                head.add(line);
            } else if (sample.matches()) {
                current.samples.put(sample.group(1), new BigDecimal(sample.group(2)));
            }
        }
        return families;
    }

    private static String text(Map<String, Family> families) {
        StringBuilder text = new StringBuilder();
        families.values().forEach(family -> {
            family.head.forEach(line -> text.append(line).append('\n'));
            family.samples.forEach((key, value) ->
                    text.append(key).append(' ').append(value.toPlainString()).append('\n'));
        });
        return text.toString();
    }
}
