package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What the file system refused, as an error of the store that names the path and the reason in words. */
final class LayoutErrors {
    private LayoutErrors() {}

    /** @param doing what failed, e.g. {@code cannot write} */
    static ContentException unreachable(String doing, Path path, IOException e) {
        String message = doing + " " + Printable.of(path.toString()) + ": " + Printable.shortened(DiskErrors.reason(e));
        return DiskErrors.isFullOrReadOnly(e)
                ? new ContentException.Unwritable(message)
                : new ContentException.Unreachable(message, named(path, e));
    }

    /** Some errors come without their file; with one, the cause shows that no network is to blame. */
    private static FileSystemException named(Path path, IOException e) {
        if (e instanceof FileSystemException known) {
            return known;
        }
        FileSystemException named = new FileSystemException(path.toString(), null, DiskErrors.reason(e));
        named.initCause(e);
        return named;
    }
}
