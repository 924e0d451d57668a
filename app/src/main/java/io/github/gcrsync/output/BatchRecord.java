package io.github.gcrsync.output;

import io.github.gcrsync.state.WaitingImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
 * @param beforeStop the number of results before the sync was stopped; all of them if it was not
 * @param exitCode the worst of all
 */
public record BatchRecord(
        String metadata,
        Instant started,
        Duration took,
        Traffic traffic,
        List<Result> results,
        int beforeStop,
        int exitCode) {
    /** Takes the place of a host in metrics. */
    public static final String FOLDER = "folder";

    /**
     * What was exchanged with registries.
     *
     * @param pulled bytes read from the sources, by host or {@link #FOLDER}
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

        /** Returns the image that has waited longest for its copy to this destination. */
        Optional<WaitingImage> oldestWaiting();

        /** Returns a unique name for users. */
        default String label() {
            return mirror().orElse(source())
                    + destinationName().map(name -> " to " + name).orElse("");
        }
    }

    /**
     * A mirror that could not start at a destination, with the reason.
     *
     * @param oldestWaiting of the images that earlier runs left
     */
    public record NotStarted(
            Optional<String> mirror,
            Optional<String> destinationName,
            String source,
            String destination,
            Optional<WaitingImage> oldestWaiting,
            String reason)
            implements Result {}

    /** How the run of one mirror ended. */
    public enum Outcome {
        DONE,
        /** Images are missing, a destination could not start, a side was lost, or the ledger was not saved. */
        INCOMPLETE,
        /** No destination could start. */
        FAILED,
        STOPPED;

        /**
         * @param results of one mirror, one for each destination; empty if it ended before the first
         * @param isStopped whether the run was asked to stop before its end
         */
        public static Outcome of(List<? extends Result> results, boolean isStopped) {
            if (isStopped) {
                return STOPPED;
            }
            if (results.stream().noneMatch(RunRecord.class::isInstance)) {
                return FAILED;
            }
            return results.stream().allMatch(result -> result instanceof RunRecord run && run.exitCode() == 0)
                    ? DONE
                    : INCOMPLETE;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The results of one mirror, one for each destination. */
    public record OfMirror(Optional<String> name, List<Result> results, Outcome outcome) {
        private OfMirror(List<Result> results, boolean isStopped) {
            this(results.getFirst().mirror(), List.copyOf(results), Outcome.of(results, isStopped));
        }

        /** Returns the finished runs. */
        public Stream<RunRecord> runs() {
            return finished(results);
        }

        /** Returns the image that has waited longest for its copy to any destination. */
        public Optional<WaitingImage> oldestWaiting() {
            return results.stream()
                    .flatMap(result -> result.oldestWaiting().stream())
                    .min(WaitingImage.OLDEST_FIRST);
        }

        /** Whether all selected images are mirrored. */
        public boolean isComplete() {
            return outcome == Outcome.DONE && oldestWaiting().isEmpty();
        }
    }

    public BatchRecord {
        results = List.copyOf(results);
    }

    /** Returns the results by mirror. */
    public List<OfMirror> mirrors() {
        Map<Optional<String>, List<Result>> byName = new LinkedHashMap<>();
        results.forEach(result ->
                byName.computeIfAbsent(result.mirror(), _ -> new ArrayList<>()).add(result));
        List<Optional<String>> stopped = results.subList(beforeStop, results.size()).stream()
                .map(Result::mirror)
                .toList();
        return byName.entrySet().stream()
                .map(mirror -> new OfMirror(mirror.getValue(), stopped.contains(mirror.getKey())))
                .toList();
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
        return finished(results);
    }

    private static Stream<RunRecord> finished(List<Result> results) {
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
