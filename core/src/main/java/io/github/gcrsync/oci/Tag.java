package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import java.util.regex.Pattern;

/** The grammar of tags (OCI distribution specification, "Pulling manifests"); tags themselves are strings. */
public final class Tag {
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    private Tag() {}

    public static boolean isValid(String tag) {
        return FORM.matcher(tag).matches();
    }

    /** @throws IllegalArgumentException if the text is not a valid tag */
    public static String checked(String tag) {
        if (!isValid(tag)) {
            throw new IllegalArgumentException("not a tag: " + Printable.shortened(tag));
        }
        return tag;
    }
}
