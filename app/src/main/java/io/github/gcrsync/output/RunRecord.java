package io.github.gcrsync.output;

import io.github.gcrsync.run.RunReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run that is over, with all that reports tell of it.
 *
 * @param program version, commit and Java, one line
 * @param source {@code host/namespace}
 * @param destination as {@code --destination} has it
 * @param metadata the metadata repository, without what is secret in its location
 * @param took from the command's start to the end of the run, listing included
 * @param requests by host
 * @param spans what was transferred when, in order of start
 */
public record RunRecord(
        String program,
        String source,
        String destination,
        String metadata,
        Instant started,
        Duration took,
        RunReport report,
        Requests requests,
        List<Timeline.Span> spans,
        int exitCode) {
    public RunRecord {
        spans = List.copyOf(spans);
    }

    /**
     * Requests sent by {@code host[:port]}, retries, redirects and those for tokens included.
     *
     * @param source host of the source
     * @param destination host of the destination; empty for a folder
     */
    public record Requests(Map<String, Long> byHost, String source, Optional<String> destination) {
        public long total() {
            return byHost.values().stream().mapToLong(Long::longValue).sum();
        }

        /** What the host is to this run. */
        public String role(String host) {
            boolean isDestination = destination.filter(host::equals).isPresent();
            if (host.equals(source)) {
                return isDestination ? "source and destination" : "source";
            }
            return isDestination ? "destination" : "other";
        }
    }
}
