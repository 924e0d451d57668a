package io.github.gcrsync.output;

import io.github.gcrsync.plan.Share;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.state.WaitingImage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A finished run at one destination, with everything that the reports contain.
 *
 * @param program version, commit and Java on one line
 * @param mirror its name in a file; empty for the mirror that flags describe
 * @param destinationName if the mirror has several destinations
 * @param source {@code HOST[/PATH]} or {@code oci:DIR}
 * @param destination the value of {@code --destination}
 * @param share empty for a whole mirror
 * @param metadata the metadata repository, without secrets of its location
 * @param took from the start of the command to the end of the run, including listing
 * @param oldestWaiting of the images that the run left
 * @param requests by host
 * @param spans the time of each transfer, in order of start
 */
public record RunRecord(
        String program,
        Optional<String> mirror,
        Optional<String> destinationName,
        String source,
        String destination,
        Optional<Share> share,
        String metadata,
        Instant started,
        Duration took,
        RunReport report,
        Optional<WaitingImage> oldestWaiting,
        Requests requests,
        List<Timeline.Span> spans,
        int exitCode)
        implements BatchRecord.Result {
    /** Returns {@code NAME: SOURCE} for a mirror of a file. */
    public String title() {
        return mirror.map(name -> name + ": ").orElse("") + source;
    }

    public RunRecord {
        spans = List.copyOf(spans);
    }

    /**
     * Requests per {@code host[:port]}, including retries, redirects and token requests.
     *
     * @param sources hosts of the source; empty for a folder
     * @param destinations hosts of the destinations, except folders
     */
    public record Requests(Map<String, Long> byHost, Set<String> sources, Set<String> destinations) {
        public long total() {
            return byHost.values().stream().mapToLong(Long::longValue).sum();
        }

        /** Returns what the host is used for in this run. */
        public String role(String host) {
            boolean isDestination = destinations.contains(host);
            if (sources.contains(host)) {
                return isDestination ? "source and destination" : "source";
            }
            return isDestination ? "destination" : "other";
        }
    }
}
