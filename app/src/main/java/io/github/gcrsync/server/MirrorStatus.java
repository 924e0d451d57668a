package io.github.gcrsync.server;

import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.state.WaitingImage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A mirror and its runs.
 *
 * @param current queued or running
 * @param counted the last run that counted images: not one that could not start
 * @param next when it runs by its schedule
 * @param skipped runs that were due while it was still running, since the service started
 * @param oldestWaiting the image that has waited longest for its copy
 * @param verified the last verify at each destination that was verified
 */
public record MirrorStatus(
        ServedMirror mirror,
        Optional<Run> current,
        Optional<Run> last,
        Optional<Run> counted,
        Optional<Instant> next,
        long skipped,
        Optional<WaitingImage> oldestWaiting,
        List<VerifyResult> verified) {
    MirrorStatus withVerified(List<VerifyResult> latest) {
        return new MirrorStatus(mirror, current, last, counted, next, skipped, oldestWaiting, latest);
    }

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

    /** Returns the images that a later run takes. */
    public long waiting() {
        return counted.map(Run::waiting).orElse(0L);
    }

    /** Returns the images that failed, are held or are in quarantine. */
    public long failed() {
        return counted.map(Run::failing).orElse(0L);
    }

    private static Map<String, Object> fields(WaitingImage image) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", image.image());
        fields.put("since", image.since());
        return fields;
    }

    /** Returns the fields as the API shows them; null: there is none. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", name());
        fields.put("source", mirror.source());
        fields.put("destinations", mirror.destinations());
        fields.put("state", state());
        fields.put("run", current.map(Run::id).orElse(null));
        fields.put("schedule", mirror.scheduleText().orElse(null));
        fields.put("lastRun", last.map(Run::fields).orElse(null));
        fields.put("nextRun", next.orElse(null));
        fields.put("waiting", waiting());
        fields.put("failed", failed());
        fields.put("oldestWaiting", oldestWaiting.map(MirrorStatus::fields).orElse(null));
        fields.put("verified", verified.stream().map(VerifyResult::fields));
        fields.put("skippedRuns", skipped);
        return fields;
    }
}
