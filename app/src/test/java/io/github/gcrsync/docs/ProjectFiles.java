package io.github.gcrsync.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this checkout. */
final class ProjectFiles {
    static final Path ROOT =
            Path.of(System.getProperty("gcrsync.root", "..")).toAbsolutePath().normalize();

    private ProjectFiles() {}

    /** All files below a folder of the checkout, or the file itself. */
    static List<Path> under(String path) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(path))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
