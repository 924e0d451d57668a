package io.github.gcrsync.config;

import java.util.regex.Pattern;

/** The name of a mirror, which is also its folder in the metadata repository. */
final class MirrorName {
    /** A part that begins with a dot could be a folder of git or of a tool, and one with a dash a flag. */
    private static final Pattern FORM = Pattern.compile("[a-z0-9_][a-z0-9._-]*+(/[a-z0-9_][a-z0-9._-]*+)*+");

    private MirrorName() {}

    static String checked(String name) {
        if (name.length() > 200 || !FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name
                    + "' is not a name; use a-z, 0-9, '.', '_' and '-', with '/' between parts, beginning with a"
                    + " letter, a digit or '_'");
        }
        return name;
    }
}
