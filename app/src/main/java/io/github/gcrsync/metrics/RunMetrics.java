package io.github.gcrsync.metrics;

import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.output.RunRecord;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The metrics of mirrors. Labels hold mirrors, hosts and words of gcrsync, but no repositories and tags. */
public final class RunMetrics {
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;
    /** The results of runs. */
    private static final List<String> RESULTS = List.of("done", "incomplete", "failed", "stopped");
    /** The label of the mirror that flags describe. */
    private static final String UNNAMED = "default";

    private static final String MIRROR = "mirror";
    private static final String HOST = "host";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Gauge lastSuccess = Gauge.builder()
            .name("gcrsync_last_success_timestamp_seconds")
            .help("When a run of the mirror last ended with all images mirrored, in Unix time.")
            .labelNames(MIRROR)
            .register(registry);
    private final Counter runs = Counter.builder()
            .name("gcrsync_runs_total")
            .help("Finished runs by result: done, incomplete, failed or stopped.")
            .labelNames(MIRROR, "result")
            .register(registry);
    private final Histogram seconds = Histogram.builder()
            .name("gcrsync_run_seconds")
            .help("Duration of runs.")
            .classicOnly()
            .classicUpperBounds(1, 5, 15, 60, 300, 900, 3600, 14400, 43200)
            .register(registry);
    private final Gauge images = Gauge.builder()
            .name("gcrsync_images")
            .help("Images of the last run by state, with the names of the report.")
            .labelNames(MIRROR, "destination", "state")
            .register(registry);
    private final Counter bytes = Counter.builder()
            .name("gcrsync_bytes_total")
            .help("Bytes of blobs by host: pulled from sources, pushed to destinations.")
            .labelNames(HOST, "direction")
            .register(registry);
    private final Counter requests = Counter.builder()
            .name("gcrsync_requests_total")
            .help("Requests by host and class of the status: 2xx, 3xx, 4xx, 5xx, or error without an answer.")
            .labelNames(HOST, "class")
            .register(registry);
    private final Gauge quota = Gauge.builder()
            .name("gcrsync_pull_quota_remaining")
            .help("Pulls that the source allows until its quota is renewed, as it reported last.")
            .labelNames(HOST)
            .register(registry);
    private final Gauge waiting = Gauge.builder()
            .name("gcrsync_oldest_waiting_seconds")
            .help("Time since the first of the latest runs that all left images waiting or failed; 0 if none waits.")
            .labelNames(MIRROR)
            .register(registry);
    private final Map<String, Set<List<String>>> imagesOf = new HashMap<>();

    /** Begins to count the runs of a mirror. */
    public synchronized void add(String mirror, Optional<Instant> success) {
        RESULTS.forEach(result -> runs.initLabelValues(mirror, result));
        success.ifPresent(at -> lastSuccess.labelValues(mirror).set((double) at.getEpochSecond()));
    }

    /** Forgets the last run of a mirror that is no longer configured. */
    public synchronized void remove(String mirror) {
        lastSuccess.remove(mirror);
        waiting.remove(mirror);
        forgetImages(mirror);
    }

    private void forgetImages(String mirror) {
        Optional.ofNullable(imagesOf.remove(mirror))
                .ifPresent(all -> all.forEach(labels -> images.remove(labels.toArray(String[]::new))));
    }

    /**
     * Counts a finished run.
     *
     * @param result {@code done}, {@code incomplete}, {@code failed} or {@code stopped}
     */
    public synchronized void ended(String mirror, String result, Instant at, Duration took) {
        runs.labelValues(mirror, result).inc();
        seconds.observe(took.toMillis() / 1000.0);
        if (result.equals("done")) {
            lastSuccess.labelValues(mirror).set((double) at.getEpochSecond());
        }
    }

    /** Sets how long images of a mirror wait. */
    public void waiting(String mirror, Duration time) {
        waiting.labelValues(mirror).set((double) time.toSeconds());
    }

    /** Counts what a run copied and sent. */
    public synchronized void add(BatchRecord batch) {
        batch.runs().map(run -> run.mirror().orElse(UNNAMED)).distinct().forEach(this::forgetImages);
        batch.runs().forEach(this::add);
        batch.traffic()
                .pulled()
                .forEach((host, count) -> bytes.labelValues(host, "pull").inc(count));
        batch.traffic()
                .answers()
                .forEach((host, classes) -> classes.forEach(
                        (name, count) -> requests.labelValues(host, name).inc(count)));
        batch.traffic().quota().forEach((host, left) -> quota.labelValues(host).set((double) left));
    }

    private void add(RunRecord run) {
        String mirror = run.mirror().orElse(UNNAMED);
        String destination = run.destinationName().orElseGet(() -> host(run));
        Reports.images(run).forEach((state, count) -> {
            List<String> labels = List.of(mirror, destination, snakeCase(state));
            imagesOf.computeIfAbsent(mirror, _ -> new HashSet<>()).add(labels);
            images.labelValues(labels.toArray(String[]::new)).set(count);
        });
        bytes.labelValues(host(run), "push").inc(run.report().moved().bytes());
    }

    private static String host(RunRecord run) {
        return run.requests().destinations().stream().findFirst().orElse("folder");
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** Adds the finished runs of a sync. */
    void addSync(BatchRecord batch, Instant now) {
        add(batch);
        Map<String, Integer> worst = new HashMap<>();
        Map<String, Duration> took = new HashMap<>();
        for (BatchRecord.Result result : batch.results()) {
            String mirror = result.mirror().orElse(UNNAMED);
            worst.merge(mirror, result instanceof RunRecord run ? run.exitCode() : 3, Math::max);
            took.merge(mirror, result instanceof RunRecord run ? run.took() : Duration.ZERO, (a, b) -> a);
        }
        worst.forEach((mirror, exitCode) -> {
            add(mirror, Optional.empty());
            Duration time = took.getOrDefault(mirror, Duration.ZERO);
            ended(mirror, exitCode == 0 ? "done" : exitCode == 3 ? "failed" : "incomplete", now, time);
            waiting(mirror, exitCode == 0 ? Duration.ZERO : time);
        });
    }

    /** Returns all metrics as text. */
    public synchronized String text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
