package io.github.gcrsync.metrics;

import io.github.gcrsync.state.VerifyResult;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the last verify at each destination.
 *
 * @param results by mirror
 */
record VerifyMetrics(Map<String, List<VerifyResult>> results) implements MultiCollector {
    static final String DRIFTED = "gcrsync_drifted_images";
    static final String UNCHECKED = "gcrsync_unchecked_images";
    static final String TIME = "gcrsync_last_verify_timestamp_seconds";

    VerifyMetrics {
        results = Map.copyOf(results);
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(
                gauge(
                        DRIFTED,
                        "Images that the last verify found missing or damaged at the destination and did not repair.",
                        VerifyResult::drifted),
                gauge(UNCHECKED, "Images that the last verify could not check.", VerifyResult::unchecked),
                gauge(
                        TIME,
                        "When the last verify of the destination ended, in Unix time.",
                        result -> result.time().getEpochSecond()));
    }

    private GaugeSnapshot gauge(String name, String help, ToDoubleFunction<VerifyResult> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        results.forEach((mirror, all) -> all.forEach(result -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of(RunMetrics.MIRROR, mirror, RunMetrics.DESTINATION, result.destination()))
                .value(value.applyAsDouble(result))
                .build())));
        return gauge.build();
    }
}
