package gcrsync.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Set;
import java.util.UUID;

/** A file that is written as a whole: whoever reads it, even after a kill or a power cut, finds the old content or the new. */
public final class WholeFile {
    /** As Linux has it for one path. */
    private static final int MOST_LINKS = 40;

    private static final Set<Path> STREAMS = Set.of(Path.of("/dev/stdout"), Path.of("/dev/stderr"));

    private WholeFile() {}

    /**
     * Writes another file beside it, flushes that to the disk and renames it. A link is followed, and who may read the file stays
     * as it was.
     *
     * <p>Where that is not possible, the file is written to as it is: a pipe, a file that is mounted by itself into a container, one
     * of another owner, a link to a file that does not exist yet. What is open already, as {@code /dev/stdout}, is appended to.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path absolute = file.toAbsolutePath();
        if (isOpenAlready(absolute)) {
            // It may be a file that others write to as well.
            Files.write(absolute, content, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            return;
        }
        boolean exists = Files.exists(absolute);
        Path target = exists ? absolute.toRealPath() : absolute;
        Path folder = target.resolveSibling(".");
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(file.toString());
        }
        if (exists ? isReplaceable(target, folder) : !Files.isSymbolicLink(absolute)) {
            replace(target, content);
        } else {
            Files.write(target, content);
        }
    }

    /** Whether the path, or what it links to, names what a process has open. */
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

    private static boolean isReplaceable(Path target, Path folder) {
        return Files.isRegularFile(target) && Files.isWritable(target) && Files.isWritable(folder);
    }

    private static void replace(Path target, byte[] content) throws IOException {
        Path temporary = target.resolveSibling("." + UUID.randomUUID() + ".gcrsync.tmp");
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (!Files.exists(target) || isGivenAccessOf(target, temporary)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
                if (isMoved(temporary, target)) {
                    return;
                }
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        Files.write(target, content);
    }

    /** False where the files cannot have the same owner, group and permissions. */
    private static boolean isGivenAccessOf(Path target, Path temporary) throws IOException {
        PosixFileAttributeView view = attributes(temporary);
        PosixFileAttributes wanted = attributes(target).readAttributes();
        PosixFileAttributes given = view.readAttributes();
        try {
            if (!given.owner().equals(wanted.owner())) {
                return false;
            }
            if (!given.group().equals(wanted.group())) {
                view.setGroup(wanted.group());
            }
            view.setPermissions(wanted.permissions());
            return true;
        } catch (FileSystemException e) {
            return false;
        }
    }

    private static PosixFileAttributeView attributes(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** False where the file is a mount point. */
    private static boolean isMoved(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (FileSystemException e) {
            if (Files.isRegularFile(target)) {
                return false;
            }
            throw e;
        }
    }
}
