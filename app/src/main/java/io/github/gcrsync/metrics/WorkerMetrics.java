package io.github.gcrsync.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The metrics of the workers of a server and their tasks. */
public record WorkerMetrics(int workers, int queued, int running) implements MultiCollector {
    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(
                GaugeSnapshot.builder()
                        .name("gcrsync_workers")
                        .help("Living workers of the database.")
                        .dataPoint(
                                GaugeDataPointSnapshot.builder().value(workers).build())
                        .build(),
                GaugeSnapshot.builder()
                        .name("gcrsync_tasks")
                        .help("Tasks of the database by state: queued or running.")
                        .dataPoint(tasks("queued", queued))
                        .dataPoint(tasks("running", running))
                        .build());
    }

    private static GaugeDataPointSnapshot tasks(String state, int number) {
        return GaugeDataPointSnapshot.builder()
                .labels(Labels.of("state", state))
                .value(number)
                .build();
    }
}
