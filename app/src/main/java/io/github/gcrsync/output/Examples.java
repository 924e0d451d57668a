package io.github.gcrsync.output;

import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.text.Printable;
import java.util.stream.Collectors;

/** Lists some of the images that a rule excludes, for users. */
public final class Examples {
    private static final int MAX = 3;

    private Examples() {}

    /** Returns the first few images, with an ellipsis if there are more. */
    public static String of(Excluded excluded, String rule) {
        return excluded.images(rule).limit(MAX).map(Printable::of).collect(Collectors.joining(", "))
                + (excluded.count(rule) > MAX ? ", ..." : "");
    }
}
