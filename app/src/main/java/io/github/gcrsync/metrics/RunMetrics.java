package io.github.gcrsync.metrics;

import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.state.VerifyResult;
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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The metrics of mirrors. Labels hold mirrors, hosts and words of gcrsync, but no repositories and tags. */
public final class RunMetrics {
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;
    /** The label of the mirror that flags describe. */
    private static final String UNNAMED = "default";

    static final String MIRROR = "mirror";
    static final String DESTINATION = "destination";
    static final String HOST = "host";
    static final String IMAGES = "gcrsync_images";
    static final String WAITING = "gcrsync_oldest_waiting_seconds";

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
            .help("Duration of runs that could start.")
            .classicOnly()
            .classicUpperBounds(1, 5, 15, 60, 300, 900, 3600, 14400, 43200)
            .register(registry);
    private final Gauge images = Gauge.builder()
            .name(IMAGES)
            .help("Images of the last run by state, with the names of the report.")
            .labelNames(MIRROR, DESTINATION, "state")
            .register(registry);
    private final Counter pruned = Counter.builder()
            .name("gcrsync_pruned_images_total")
            .help("Images deleted at destinations because they are gone at the source or no longer selected.")
            .labelNames(MIRROR)
            .register(registry);
    private final Counter repaired = Counter.builder()
            .name("gcrsync_repaired_images_total")
            .help("Images that verify copied again because they were missing or damaged at a destination.")
            .labelNames(MIRROR)
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
            .name(WAITING)
            .help("Age of the oldest image that is selected and missing at a destination; 0 if there is none.")
            .labelNames(MIRROR)
            .register(registry);
    /** By mirror, the labels of its images; empty for a mirror that has not run. */
    private final Map<String, Set<List<String>>> imagesOf = new HashMap<>();

    private final HostLabels hosts;
    private Optional<WorkerMetrics> workers = Optional.empty();
    private Optional<VerifyMetrics> verified = Optional.empty();

    public RunMetrics() {
        this(Set.of());
    }

    /** @param hosts with series in the file that these metrics continue */
    RunMetrics(Collection<String> hosts) {
        this.hosts = new HostLabels(hosts);
    }

    /** Begins to count the runs of a mirror. */
    public synchronized void add(String mirror, Optional<Instant> success) {
        imagesOf.computeIfAbsent(mirror, _ -> new HashSet<>());
        for (BatchRecord.Outcome outcome : BatchRecord.Outcome.values()) {
            runs.initLabelValues(mirror, outcome.word());
        }
        success.ifPresent(at -> lastSuccess.labelValues(mirror).set((double) at.getEpochSecond()));
    }

    /** Forgets the last runs of all other mirrors, which are no longer configured. Their runs remain counted. */
    public synchronized void retain(Set<String> mirrors) {
        imagesOf.forEach((mirror, labels) -> {
            if (!mirrors.contains(mirror)) {
                lastSuccess.remove(mirror);
                waiting.remove(mirror);
                labels.forEach(this::removeImages);
            }
        });
        imagesOf.keySet().retainAll(mirrors);
    }

    private void removeImages(List<String> labels) {
        images.remove(labels.toArray(String[]::new));
    }

    /** @param since when the oldest waiting image of the mirror waits */
    public void waiting(String mirror, Optional<Instant> since, Instant now) {
        // Always above 0, which in a file means that no image is waiting.
        waiting.labelValues(mirror)
                .set(since.map(at -> Math.max(0.001, seconds(at, now))).orElse(0.0));
    }

    static double seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis()) / 1000.0;
    }

    /** Counts images that were deleted at the destinations of a mirror. */
    public void pruned(String mirror, long count) {
        pruned.labelValues(mirror).inc(count);
    }

    /** Counts images that a verify repaired at a destination of a mirror. */
    void repaired(String mirror, long count) {
        repaired.labelValues(mirror).inc(count);
    }

    /** @param results of the last verify at each destination, by mirror; replace those from before */
    public synchronized void verified(Map<String, List<VerifyResult>> results) {
        verified.ifPresent(registry::unregister);
        verified = Optional.of(new VerifyMetrics(results));
        verified.ifPresent(registry::register);
    }

    /** Counts a run without results. */
    public void ended(String mirror, BatchRecord.Outcome outcome) {
        runs.labelValues(mirror, outcome.word()).inc();
    }

    /** Counts the runs of a sync that has ended at this time. */
    public synchronized void add(BatchRecord batch, Instant now) {
        batch.traffic()
                .pulled()
                .forEach((host, count) ->
                        bytes.labelValues(hosts.ofRule(host), "pull").inc(count));
        batch.traffic()
                .quota()
                .forEach((host, left) -> quota.labelValues(hosts.ofRule(host)).set((double) left));
        batch.mirrors().forEach(mirror -> add(mirror, now));
        // Last, because these hosts need not be those of a rule.
        batch.traffic().answers().forEach((host, classes) -> {
            String label = hosts.of(host);
            classes.forEach((name, count) -> requests.labelValues(label, name).inc(count));
        });
    }

    private void add(BatchRecord.OfMirror mirror, Instant now) {
        String name = name(mirror);
        add(name, mirror.isComplete() ? Optional.of(end(mirror, now)) : Optional.empty());
        ended(name, mirror.outcome());
        mirror.runs()
                .map(RunRecord::took)
                .max(Comparator.naturalOrder())
                .ifPresent(took -> seconds.observe(took.toMillis() / 1000.0));
        Set<List<String>> all = imagesOf.computeIfAbsent(name, _ -> new HashSet<>());
        destinations(mirror)
                .ifPresent(current -> all.removeIf(labels -> {
                    boolean isGone = !current.contains(labels.get(1));
                    if (isGone) {
                        removeImages(labels);
                    }
                    return isGone;
                }));
        mirror.runs().forEach(run -> {
            Reports.images(run).forEach((state, count) -> {
                List<String> labels = List.of(name, destination(run), snakeCase(state));
                all.add(labels);
                images.labelValues(labels.toArray(String[]::new)).set(count);
            });
            bytes.labelValues(hosts.ofRule(host(run)), "push")
                    .inc(run.report().moved().bytes());
        });
    }

    /** Other mirrors of the sync may have run later. */
    private static Instant end(BatchRecord.OfMirror mirror, Instant now) {
        return mirror.runs()
                .map(run -> run.started().plus(run.took()))
                .max(Comparator.naturalOrder())
                .filter(end -> end.isBefore(now))
                .orElse(now);
    }

    /** Returns the label of a mirror. */
    static String name(BatchRecord.OfMirror mirror) {
        return name(mirror.name());
    }

    static String name(Optional<String> mirror) {
        return mirror.orElse(UNNAMED);
    }

    /** Returns the labels of all destinations of a mirror; empty if it could not start, so that they are unknown. */
    static Optional<Set<String>> destinations(BatchRecord.OfMirror mirror) {
        return mirror.runs().findAny().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        mirror.results().stream().map(RunMetrics::destination).collect(Collectors.toSet()));
    }

    private static String destination(BatchRecord.Result result) {
        return result.destinationName().orElseGet(() -> result instanceof RunRecord run ? host(run) : "");
    }

    private static String host(RunRecord run) {
        return run.requests().destinations().stream().findFirst().orElse(BatchRecord.FOLDER);
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** @param now empty: not known, or there are none */
    public synchronized void workers(Optional<WorkerMetrics> now) {
        workers.ifPresent(registry::unregister);
        now.ifPresent(registry::register);
        workers = now;
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
