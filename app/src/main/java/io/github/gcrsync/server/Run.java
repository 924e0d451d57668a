package io.github.gcrsync.server;

import io.github.gcrsync.output.BatchRecord;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run of one mirror: queued, running or finished.
 *
 * @param id unique, and in order of time
 * @param started when it was queued, until it starts
 * @param images by outcome, as in the report; those so far while it runs
 * @param bytes pulled from the source
 * @param exitCode that of {@code sync}, or of {@code prune} after it; empty while the run has not ended, and if it did not begin
 * @param error why the mirror could not start, or the run ended early or is not recorded, or nothing may be pruned
 */
public record Run(
        String id,
        String mirror,
        Trigger trigger,
        State state,
        Instant started,
        Optional<Instant> ended,
        Map<String, Long> images,
        long bytes,
        Optional<Integer> exitCode,
        Optional<String> error) {
    /** The exit code of a mirror that cannot start. */
    static final int CANNOT_START = 3;

    private static final int OVER_QUOTA = 5;

    /** Why a mirror runs. */
    public enum Trigger {
        SCHEDULE,
        REQUEST
    }

    /** The last four are those of {@link BatchRecord.Outcome}. */
    public enum State {
        QUEUED,
        RUNNING,
        STOPPING,
        DONE,
        INCOMPLETE,
        FAILED,
        STOPPED;

        static State of(BatchRecord.Outcome outcome) {
            return valueOf(outcome.name());
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the number of images with these outcomes. */
    public long count(String... outcomes) {
        long sum = 0;
        for (String outcome : outcomes) {
            sum += images.getOrDefault(outcome, 0L);
        }
        return sum;
    }

    /** Returns the images that failed, are held by a tag that cannot be overwritten, or are in quarantine. */
    public long failing() {
        return count("failed", "held", "quarantined");
    }

    /** Returns the images that a later run takes. */
    public long waiting() {
        return count("waiting", "unfinished", "overQuota");
    }

    public boolean hasEnded() {
        return ended.isPresent();
    }

    /** Whether the mirror holds all that it selects. */
    boolean isComplete() {
        return state == State.DONE && waiting() + failing() == 0;
    }

    /** Whether somebody must look at it; a later run takes what a used up quota left. */
    boolean hasFailed() {
        return state == State.FAILED
                || (state == State.INCOMPLETE && exitCode.orElse(0) != OVER_QUOTA)
                || (state == State.DONE && exitCode.orElse(0) != 0) // Could not be pruned.
                || failing() > 0;
    }

    /** Returns the fields as the API shows them. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", id);
        fields.put("mirror", mirror);
        fields.put("trigger", trigger.name().toLowerCase(Locale.ROOT));
        fields.put("state", state.word());
        fields.put("started", started);
        ended.ifPresent(at -> fields.put("ended", at));
        fields.put("images", images);
        fields.put("bytesPulled", bytes);
        exitCode.ifPresent(code -> fields.put("exitCode", code));
        error.ifPresent(words -> fields.put("error", words));
        return fields;
    }

    /** @throws RuntimeException if the fields are not those of a run */
    public static Run of(Map<?, ?> fields) {
        Map<String, Long> images = new LinkedHashMap<>();
        ((Map<?, ?>) required(fields, "images"))
                .forEach((outcome, count) -> images.put((String) outcome, (Long) count));
        return new Run(
                (String) required(fields, "run"),
                (String) required(fields, "mirror"),
                Trigger.valueOf(upper(fields, "trigger")),
                State.valueOf(upper(fields, "state")),
                Instant.parse((String) required(fields, "started")),
                Optional.ofNullable((String) fields.get("ended")).map(Instant::parse),
                images,
                (Long) required(fields, "bytesPulled"),
                Optional.ofNullable((Long) fields.get("exitCode")).map(Long::intValue),
                Optional.ofNullable((String) fields.get("error")));
    }

    private static Object required(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return value;
    }

    private static String upper(Map<?, ?> fields, String name) {
        return ((String) required(fields, name)).toUpperCase(Locale.ROOT);
    }
}
