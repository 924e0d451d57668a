package io.github.gcrsync.output;

import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.text.Printable;
import java.util.stream.Collectors;

/** Some of the images that a rule excludes, for people. */
public final class Examples {
    private static final int MOST = 3;

    private Examples() {}

    /** The first few, and an ellipsis if there are more. */
    public static String of(Excluded excluded, String rule) {
        return excluded.images(rule).limit(MOST).map(Printable::of).collect(Collectors.joining(", "))
                + (excluded.count(rule) > MOST ? ", ..." : "");
    }
}
