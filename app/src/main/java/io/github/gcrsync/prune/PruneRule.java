package io.github.gcrsync.prune;

import io.github.gcrsync.rule.NamePattern;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which recorded images may be deleted at the destination.
 *
 * @param when what must have become of an image at the source
 * @param after how long it must have been so
 * @param atMost the most recorded images to delete at a time, as a fraction of all
 * @param keep images that always stay
 * @param apply whether the server deletes after each run
 */
public record PruneRule(Set<When> when, Duration after, double atMost, List<NamePattern> keep, boolean apply) {
    public enum When {
        GONE,
        UNSELECTED
    }

    public static final PruneRule DEFAULT =
            new PruneRule(EnumSet.of(When.GONE), Duration.ofDays(14), 0.1, List.of(), false);

    public PruneRule {
        when = Set.copyOf(when);
        keep = List.copyOf(keep);
    }

    /** Whether this many images are more than may be deleted of all that are recorded, rounded up to a whole image. */
    public boolean isExceededBy(long images, long recorded) {
        return images > Math.ceil(atMost * recorded - 1e-6);
    }

    /** Returns the shortest time as users write it. */
    public String time() {
        long seconds = after.toSeconds();
        return seconds % 86_400 == 0
                ? seconds / 86_400 + "d"
                : seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds + "s";
    }

    /** Returns the limit as a percentage. */
    public String limit() {
        return BigDecimal.valueOf(atMost).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }

    /**
     * Whether the image always stays: a pattern matches its tag or the whole name.
     *
     * @param image {@code name:tag} or {@code name@digest}
     */
    public boolean keeps(String image, String reference) {
        return keep.stream().anyMatch(pattern -> pattern.matches(reference) || pattern.matches(image));
    }
}
