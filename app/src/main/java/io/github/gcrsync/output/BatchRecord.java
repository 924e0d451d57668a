package io.github.gcrsync.output;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A finished sync: of one mirror at one destination, or of several.
 *
 * @param metadata the metadata repository, without secrets of its location
 * @param took from the start of the command to its end
 * @param traffic with all hosts
 * @param results in the order of the file, one for each destination
 * @param exitCode the worst of all
 */
public record BatchRecord(
        String metadata, Instant started, Duration took, Traffic traffic, List<Result> results, int exitCode) {
    /**
     * What was exchanged with registries.
     *
     * @param pulled bytes read from the sources, by host
     * @param answers to requests, by host and class of the status ({@code 2xx}; {@code error} without an answer)
     * @param quota pulls left, by host, for those that report it
     */
    public record Traffic(Map<String, Long> pulled, Map<String, Map<String, Long>> answers, Map<String, Long> quota) {
        public Traffic {
            pulled = Map.copyOf(pulled);
            answers = Map.copyOf(answers);
            quota = Map.copyOf(quota);
        }
    }

    /** The result of one mirror at one destination. */
    public sealed interface Result permits RunRecord, NotStarted {
        /** Returns the mirror's name; empty for the mirror that flags describe. */
        Optional<String> mirror();

        /** Returns the destination's name if the mirror has several. */
        Optional<String> destinationName();

        String source();

        /** Returns a unique name for users. */
        default String label() {
            return mirror().orElse(source())
                    + destinationName().map(name -> " to " + name).orElse("");
        }
    }

    /** A mirror that could not start at a destination, with the reason. */
    public record NotStarted(
            Optional<String> mirror, Optional<String> destinationName, String source, String destination, String reason)
            implements Result {}

    public BatchRecord {
        results = List.copyOf(results);
    }

    /** Whether this is the run of the mirror that flags describe, at its only destination. */
    public boolean isSingle() {
        return results.size() == 1
                && results.getFirst() instanceof RunRecord run
                && run.mirror().isEmpty()
                && run.destinationName().isEmpty();
    }

    /** Returns the bytes read from all sources. */
    public long pulled() {
        return traffic.pulled().values().stream().mapToLong(Long::longValue).sum();
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
