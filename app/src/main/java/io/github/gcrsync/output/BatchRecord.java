package io.github.gcrsync.output;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A finished sync of one mirror that flags describe, or of the mirrors of a file.
 *
 * @param metadata the metadata repository, without secrets of its location
 * @param took from the start of the command to its end
 * @param results in the order of the file
 * @param exitCode the worst of all
 */
public record BatchRecord(String metadata, Instant started, Duration took, List<Result> results, int exitCode) {
    /** The result of one mirror. */
    public sealed interface Result permits RunRecord, NotStarted {}

    /** A mirror of a file that could not start, with the reason. */
    public record NotStarted(String mirror, String source, String destination, String reason) implements Result {}

    public BatchRecord {
        results = List.copyOf(results);
    }

    /** Whether the mirrors are those of a file. */
    public boolean isOfFile() {
        return results.stream()
                .noneMatch(result ->
                        result instanceof RunRecord run && run.mirror().isEmpty());
    }

    /** Returns the finished runs. */
    public Stream<RunRecord> runs() {
        return results.stream().filter(RunRecord.class::isInstance).map(RunRecord.class::cast);
    }

    public Stream<NotStarted> notStarted() {
        return results.stream().filter(NotStarted.class::isInstance).map(NotStarted.class::cast);
    }

    /** Returns the requests of all runs by host. */
    Map<String, Long> requests() {
        Map<String, Long> all = new TreeMap<>();
        runs().forEach(run -> run.requests().byHost().forEach((host, count) -> all.merge(host, count, Long::sum)));
        return all;
    }
}
