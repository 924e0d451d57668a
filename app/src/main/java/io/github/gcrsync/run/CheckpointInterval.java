package io.github.gcrsync.run;

import io.github.gcrsync.config.GoDuration;
import io.github.gcrsync.text.Printable;
import java.time.Duration;

/** Commits a checkpoint after this many images or this much time, whichever comes first. */
public record CheckpointInterval(int images, Duration time) {
    public static final CheckpointInterval DEFAULT = new CheckpointInterval(100, Duration.ofMinutes(5));

    private static final Duration NEVER = Duration.ofDays(365);

    /**
     * Parses {@code 100}, {@code 5m} or both, {@code 100,5m}.
     *
     * @throws IllegalArgumentException with the valid forms
     */
    public static CheckpointInterval parse(String text) {
        int images = Integer.MAX_VALUE;
        Duration time = NEVER;
        for (String part : text.split(",", 2)) {
            if (part.matches("[1-9]\\d{0,8}")) {
                images = Integer.parseInt(part);
            } else {
                time = duration(part, text);
            }
        }
        return new CheckpointInterval(images, time);
    }

    private static Duration duration(String part, String text) {
        Duration time;
        try {
            time = GoDuration.parse(part);
        } catch (IllegalArgumentException e) {
            time = Duration.ZERO;
        }
        if (time.isZero()) {
            throw new IllegalArgumentException("'" + Printable.shortened(text)
                    + "' is neither a number of images nor a duration; write 100, 5m or 100,5m");
        }
        return time;
    }
}
