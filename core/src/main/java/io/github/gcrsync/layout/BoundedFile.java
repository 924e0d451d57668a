package io.github.gcrsync.layout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads small files of limited size. */
final class BoundedFile {
    private BoundedFile() {}

    /** @throws IOException if the file cannot be read, or is longer than {@code most} bytes */
    static byte[] read(Path file, int most) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            // Opening a pipe would wait for a writer.
            throw new FileSystemException(file.toString(), null, "not a regular file");
        }
        try (InputStream content = Files.newInputStream(file)) {
            byte[] bytes = content.readNBytes(most);
            if (bytes.length == most && content.read() >= 0) {
                throw new IOException("longer than " + most + " bytes");
            }
            return bytes;
        }
    }
}
