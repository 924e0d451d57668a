package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Maps errors of the file system to errors of the store, with path and reason. */
final class LayoutErrors {
    private LayoutErrors() {}

    /** @param doing the failed action, e.g. {@code cannot write} */
    static ContentException unreachable(String doing, Path path, IOException e) {
        String message = doing + " " + Printable.of(path.toString()) + ": " + Printable.shortened(DiskErrors.reason(e));
        return DiskErrors.isFullOrReadOnly(e)
                ? new ContentException.Unwritable(message)
                : new ContentException.Unreachable(message, named(path, e));
    }

    /** Adds the file to errors without one; the exception type then shows that the network is not at fault. */
    private static FileSystemException named(Path path, IOException e) {
        if (e instanceof FileSystemException known) {
            return known;
        }
        FileSystemException named = new FileSystemException(path.toString(), null, DiskErrors.reason(e));
        named.initCause(e);
        return named;
    }
}
