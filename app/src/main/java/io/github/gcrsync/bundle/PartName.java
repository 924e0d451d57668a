package io.github.gcrsync.bundle;

import java.nio.file.Path;

/** {@code FILE.tar}, or {@code FILE.01-of-12.tar}, so that names sort like the parts. */
final class PartName {
    private static final String SUFFIX = ".tar";

    private PartName() {}

    static Path of(Path file, int part, int of) {
        if (of == 1) {
            return file;
        }
        String name = file.getFileName().toString();
        String stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        int digits = Integer.toString(of).length();
        return file.resolveSibling(stem + (".%0" + digits + "d-of-%d").formatted(part, of) + SUFFIX);
    }
}
