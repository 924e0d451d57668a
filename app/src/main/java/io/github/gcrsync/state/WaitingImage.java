package io.github.gcrsync.state;

import java.time.Instant;
import java.util.Comparator;

/**
 * A selected image that a destination lacks.
 *
 * @param image {@code name:tag}, relative to the namespace; {@code name} for a repository that cannot be listed
 * @param since the start of the first of the latest runs that all left it
 */
public record WaitingImage(String image, Instant since) {
    public static final Comparator<WaitingImage> OLDEST_FIRST =
            Comparator.comparing(WaitingImage::since).thenComparing(WaitingImage::image);
}
