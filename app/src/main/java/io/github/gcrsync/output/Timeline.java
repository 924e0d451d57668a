package io.github.gcrsync.output;

import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records when each image was copied. */
public final class Timeline implements RunListener {
    /** The outcome of a copy. */
    public enum Outcome {
        COPIED,
        FAILED,
        HELD,
        GONE
    }

    /**
     * The copy of one image.
     *
     * @param start since the run began to copy
     */
    public record Span(String image, Duration start, Duration end, Outcome outcome) {}

    private volatile long began = System.nanoTime();
    private final Map<String, Duration> open = new HashMap<>();
    private final List<Span> spans = new ArrayList<>();

    /** Excludes the time for listing and planning. */
    @Override
    public void runStarted(Workload work) {
        began = System.nanoTime();
    }

    @Override
    public synchronized void imageStarted(ImageTask task) {
        open.put(task.image(), now());
    }

    @Override
    public void imageCopied(ImageTask task) {
        ended(task.image(), Outcome.COPIED);
    }

    @Override
    public void imageVanished(ImageTask task) {
        ended(task.image(), Outcome.GONE);
    }

    @Override
    public synchronized void imageSkipped(ImageTask task, String reason) {
        open.remove(task.image());
    }

    @Override
    public void imageFailed(Failure failure) {
        ended(failure.what(), failure.isHeld() ? Outcome.HELD : Outcome.FAILED);
    }

    private synchronized void ended(String image, Outcome outcome) {
        Duration start = open.remove(image);
        // An image that failed while planning was never in flight.
        if (start != null) {
            spans.add(new Span(image, start, now(), outcome));
        }
    }

    private Duration now() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Returns the spans in order of start. */
    public synchronized List<Span> spans() {
        return spans.stream()
                .sorted(Comparator.comparing(Span::start).thenComparing(Span::image))
                .toList();
    }
}
