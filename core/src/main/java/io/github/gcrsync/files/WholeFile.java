package io.github.gcrsync.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Replaces files atomically: a reader finds the old content or the new, even after a kill or a power failure. */
public final class WholeFile {
    /** Linux's limit for one path. */
    private static final int MOST_LINKS = 40;

    private static final Set<Path> STREAMS = Set.of(Path.of("/dev/stdout"), Path.of("/dev/stderr"));

    private WholeFile() {}

    /**
     * Writes a temporary file in the same folder, flushes it to the disk and renames it. Symbolic links are followed,
     * and permissions are kept. A file that cannot be replaced (a pipe, a file bind-mounted into a container, a file in
     * a read-only folder) is overwritten; an open stream such as {@code /dev/stdout} is appended to.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path absolute = file.toAbsolutePath();
        if (isOpenAlready(absolute)) {
            Files.write(absolute, content, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } else if (Files.isRegularFile(absolute)) {
            Path target = absolute.toRealPath();
            try {
                replace(target, content);
            } catch (FileSystemException e) {
                Files.write(target, content);
            }
        } else if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            Files.write(absolute, content);
        } else if (Files.isDirectory(absolute.resolveSibling("."))) {
            replace(absolute, content);
        } else {
            throw new NoSuchFileException(file.toString());
        }
    }

    /** Whether the path, or the target of its links, names an open file of a process. */
    private static boolean isOpenAlready(Path path) throws IOException {
        Path step = path.normalize();
        for (int hops = 0; hops < MOST_LINKS; hops++) {
            if (step.startsWith("/proc") || step.startsWith("/dev/fd") || STREAMS.contains(step)) {
                return true;
            }
            if (!Files.isSymbolicLink(step)) {
                return false;
            }
            step = step.resolveSibling(Files.readSymbolicLink(step)).normalize();
        }
        throw new FileSystemLoopException(path.toString());
    }

    private static void replace(Path target, byte[] content) throws IOException {
        try (TempFile temporary = TempFile.in(target.resolveSibling(""))) {
            if (Files.exists(target)) {
                Files.setPosixFilePermissions(temporary.path(), Files.getPosixFilePermissions(target));
            }
            temporary.write(content, content.length);
            temporary.moveTo(target);
        }
    }
}
