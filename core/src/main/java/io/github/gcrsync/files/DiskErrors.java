package io.github.gcrsync.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Set;

/** Describes errors of the file system. */
public final class DiskErrors {
    /** Linux's messages for a disk to which no file can be written. */
    private static final Set<String> FULL_OR_READ_ONLY =
            Set.of("No space left on device", "Disk quota exceeded", "Read-only file system");

    private DiskErrors() {}

    /** Whether other files cannot be written either. */
    public static boolean isFullOrReadOnly(IOException e) {
        return FULL_OR_READ_ONLY.contains(reason(e));
    }

    /** Returns the reason without the requested path. */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException ignored -> "permission denied";
            case NoSuchFileException missing -> "no such file or folder: " + missing.getFile();
            case FileAlreadyExistsException there -> there.getFile() + " is a file, where a folder is needed";
            case NotDirectoryException file -> file.getFile() + " is a file, where a folder is needed";
            case DirectoryNotEmptyException ignored -> "a folder is in the place of the file";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case ClosedByInterruptException ignored -> "interrupted";
            case FileLockInterruptionException ignored -> "interrupted";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
