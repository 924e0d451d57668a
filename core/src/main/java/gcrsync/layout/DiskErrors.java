package gcrsync.layout;

import gcrsync.content.ContentException;
import gcrsync.oci.Printable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Set;

/** What the file system refused, as an error that names the path and the reason in words. */
public final class DiskErrors {
    private DiskErrors() {}

    /** As Linux says it of a disk that takes nothing more, whatever it is. */
    private static final Set<String> FOR_NOTHING_MORE =
            Set.of("No space left on device", "Disk quota exceeded", "Read-only file system");

    /** @param doing what failed, e.g. {@code cannot write} */
    static ContentException unreachable(String doing, Path path, IOException e) {
        String reason = reason(e);
        String message = doing + " " + Printable.of(path.toString()) + ": " + Printable.shortened(reason);
        return FOR_NOTHING_MORE.contains(reason)
                ? new ContentException.Unwritable(message)
                : new ContentException.Unreachable(message, named(path, e));
    }

    /** Some errors are told without their file: with one, whoever looks at the cause sees that no network is to blame. */
    private static FileSystemException named(Path path, IOException e) {
        if (e instanceof FileSystemException known) {
            return known;
        }
        FileSystemException named = new FileSystemException(path.toString(), null, reason(e));
        named.initCause(e);
        return named;
    }

    /** The reason in words, without the path that was asked for. */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException missing -> "no such file or folder: " + missing.getFile();
            case FileAlreadyExistsException there -> there.getFile() + " is a file, where a folder is needed";
            case NotDirectoryException file -> file.getFile() + " is a file, where a folder is needed";
            case DirectoryNotEmptyException _ -> "a folder is in the place of the file";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case ClosedByInterruptException _ -> "interrupted";
            case FileLockInterruptionException _ -> "interrupted";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
