package io.github.gcrsync.bundle;

import io.github.gcrsync.files.TempFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parts of a bundle before all of them are written, so that a failure leaves those of an earlier bundle alone. */
final class Unfinished implements Closeable {
    private final Map<Path, TempFile> parts = new LinkedHashMap<>();

    TempFile add(Path part) throws IOException {
        TempFile file = TempFile.in(part.toAbsolutePath().resolveSibling(""));
        parts.put(part, file);
        return file;
    }

    void finish() throws IOException {
        for (Map.Entry<Path, TempFile> part : parts.entrySet()) {
            part.getValue().moveTo(part.getKey());
        }
    }

    @Override
    public void close() throws IOException {
        for (TempFile part : parts.values()) {
            part.close();
        }
    }
}
