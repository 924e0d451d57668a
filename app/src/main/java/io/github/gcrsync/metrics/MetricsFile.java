package io.github.gcrsync.metrics;

import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.output.BatchRecord;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics of syncs in a file, for node exporter's textfile collector. Each sync adds its counters to those of the
 * file, and keeps what it says of other mirrors.
 */
public final class MetricsFile {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([^\\s{]+(?:\\{.*})?) ([0-9.]{1,30}(?:E[0-9]{1,2})?)");
    private static final String WAITING = "gcrsync_oldest_waiting_seconds";

    private MetricsFile() {}

    /** A metric with its samples, by name and labels. */
    private static final class Family {
        private final List<String> head = new ArrayList<>();
        private final Map<String, BigDecimal> samples = new LinkedHashMap<>();
        private boolean isCounted;
    }

    public static void write(BatchRecord batch, Path file, Instant now) throws IOException {
        RunMetrics metrics = new RunMetrics();
        metrics.addSync(batch, now);
        Map<String, Family> all = read(metrics.text());
        if (Files.isRegularFile(file)) {
            Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now());
            merge(all, read(Files.readString(file)), age);
        }
        WholeFile.write(file, text(all).getBytes(StandardCharsets.UTF_8));
    }

    private static void merge(Map<String, Family> all, Map<String, Family> before, Duration age) {
        before.forEach((name, old) -> {
            Family current = all.computeIfAbsent(name, _ -> {
                Family empty = new Family();
                empty.head.addAll(old.head);
                return empty;
            });
            old.samples.forEach((key, value) -> current.samples.merge(key, value, (now, earlier) -> {
                if (old.isCounted) {
                    return now.add(earlier);
                }
                // Still waiting: since the time that the file says.
                boolean stillWaits = name.equals(WAITING) && now.signum() > 0 && earlier.signum() > 0;
                return stillWaits ? earlier.add(BigDecimal.valueOf(Math.max(0, age.toSeconds()))) : now;
            }));
        });
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
