package gcrsync.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that is written as a whole: whoever reads it, even after a kill or a power cut, finds the old content or the new. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Writes another file beside it, flushes that to the disk and renames it. A link is followed. What is no plain file (a pipe,
     * {@code /dev/stdout}) is written to as it is, and so is a file in a folder that takes no others, such as one that is mounted
     * by itself into a container.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path target = target(file);
        boolean exists = Files.exists(target);
        Path folder = target.resolveSibling(".");
        if (exists && (!Files.isRegularFile(target) || !Files.isWritable(folder))) {
            Files.write(target, content);
        } else if (Files.isDirectory(folder)) {
            replace(target, content);
        } else {
            throw new NoSuchFileException(file.toString());
        }
    }

    private static void replace(Path target, byte[] content) throws IOException {
        Path temporary = target.resolveSibling("." + UUID.randomUUID() + ".gcrsync.tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Path target(Path file) throws IOException {
        try {
            return file.toRealPath();
        } catch (NoSuchFileException e) {
            return file.toAbsolutePath();
        }
    }
}
