package io.github.gcrsync.server;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A mirror and its runs.
 *
 * @param current queued or running
 * @param next when it runs by its schedule
 * @param skipped runs that were due while it was still running, since the service started
 * @param incompleteSince the first of the latest runs that all left images waiting, failed or in quarantine
 */
public record MirrorStatus(
        ServedMirror mirror,
        Optional<Run> current,
        Optional<Run> last,
        Optional<Instant> next,
        long skipped,
        Optional<Instant> incompleteSince) {
    public String name() {
        return mirror.name();
    }

    /** Returns {@code idle}, or the state of the current run. */
    public String state() {
        return current.map(run -> run.state().word()).orElse("idle");
    }

    /** Whether the mirror could start when it last ran; true if it did not run yet. */
    boolean couldStart() {
        return last.filter(run -> run.state() == Run.State.FAILED).isEmpty();
    }

    /** Returns the fields as the API shows them. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name());
        fields.put("source", mirror.source());
        fields.put("destinations", mirror.destinations());
        fields.put("state", state());
        mirror.scheduleText().ifPresent(text -> fields.put("schedule", text));
        current.ifPresent(run -> fields.put("run", run.id()));
        last.ifPresent(run -> fields.put("lastRun", run.fields()));
        next.ifPresent(at -> fields.put("nextRun", at));
        fields.put("waiting", last.map(Run::waiting).orElse(0L));
        fields.put("failed", last.map(run -> run.count("failed", "quarantined")).orElse(0L));
        incompleteSince.ifPresent(at -> fields.put("incompleteSince", at));
        fields.put("skippedRuns", skipped);
        return fields;
    }
}
