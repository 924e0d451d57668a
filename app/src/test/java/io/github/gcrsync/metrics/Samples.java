package io.github.gcrsync.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The values of metrics, by name and labels without their quotes: {@code gcrsync_runs_total{mirror=a,result=done}}. */
public record Samples(Map<String, Double> values) {
    /** @throws AssertionError if promtool does not accept the text */
    public static Samples of(String text) {
        Program.Result checked = Program.require("promtool")
                .arguments("check", "metrics")
                .stdin(text)
                .run();
        assertThat(checked.exitCode()).as("%s", checked).isZero();
        Map<String, Double> values = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            // Sums of doubles depend on the order.
            long thousandths = Math.round(Double.parseDouble(line.substring(end + 1)) * 1000);
            values.put(line.substring(0, end).replace("\"", ""), thousandths / 1000.0);
        });
        return new Samples(values);
    }

    /** Returns the value; -1 if there is none. */
    public double value(String key) {
        return values.getOrDefault(key, -1.0);
    }

    /** Returns the finished runs of a mirror: done, incomplete, failed and stopped. */
    public String runs(String mirror) {
        String form = "gcrsync_runs_total{mirror=%s,result=%s}";
        return "%.0f %.0f %.0f %.0f"
                .formatted(
                        value(form.formatted(mirror, "done")),
                        value(form.formatted(mirror, "incomplete")),
                        value(form.formatted(mirror, "failed")),
                        value(form.formatted(mirror, "stopped")));
    }

    public long lastSuccess(String mirror) {
        return (long) value("gcrsync_last_success_timestamp_seconds{mirror=" + mirror + "}");
    }

    public double waiting(String mirror) {
        return value("gcrsync_oldest_waiting_seconds{mirror=" + mirror + "}");
    }

    public double images(String mirror, String destination, String state) {
        return value("gcrsync_images{destination=%s,mirror=%s,state=%s}".formatted(destination, mirror, state));
    }

    public Samples only(Predicate<String> key) {
        Map<String, Double> some = new TreeMap<>(values);
        some.keySet().removeIf(key.negate());
        return new Samples(some);
    }
}
