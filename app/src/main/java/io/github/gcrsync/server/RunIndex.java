package io.github.gcrsync.server;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The finished runs of a history without their reports, newest first. All methods are thread-safe. */
public final class RunIndex {
    /**
     * How much is kept.
     *
     * @param age of the end of a run
     * @param bytes of all runs with their reports
     * @param runs their number
     */
    public record Limits(Duration age, long bytes, int runs) {
        /** The fields of so many runs take a few megabytes of memory. */
        public static Limits of(Duration age) {
            return new Limits(age, 256L << 20, 5_000);
        }
    }

    private record Kept(Run run, long bytes) {}

    private final Limits limits;
    private final InstantSource clock;
    private final NavigableMap<String, Kept> byId = new TreeMap<>(Comparator.reverseOrder());

    public RunIndex(Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** @param bytes of the run with its report */
    public synchronized void add(Run run, long bytes) {
        byId.put(run.id(), new Kept(run, bytes));
    }

    /** Removes what is beyond the limits, and returns the IDs. */
    public synchronized List<String> forgetOld() {
        Instant oldest = clock.instant().minus(limits.age());
        List<String> forgotten = new ArrayList<>();
        long bytes = 0;
        int runs = 0;
        for (Kept kept : byId.values()) {
            bytes += kept.bytes();
            runs++;
            boolean isOld = kept.run().ended().orElse(Instant.MAX).isBefore(oldest);
            // The newest run is kept, whatever its size.
            if (runs > 1 && (isOld || bytes > limits.bytes() || runs > limits.runs())) {
                forgotten.add(kept.run().id());
            }
        }
        forgotten.forEach(byId::remove);
        return forgotten;
    }

    public synchronized List<Run> runs() {
        return byId.values().stream().map(Kept::run).toList();
    }

    public synchronized Optional<Run> run(String id) {
        return Optional.ofNullable(byId.get(id)).map(Kept::run);
    }
}
