package io.github.gcrsync.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file that is written under a temporary name and appears under its real name complete and durable, or not at all. It
 * stays locked while it is open; {@link Leftovers} uses the lock to tell files of killed runs from files in use.
 */
public final class TempFile implements Closeable {
    static final String PREFIX = ".gcrsync-tmp-";
    /** Identifies this process's files even where process IDs are not unique, as in containers and on network disks. */
    public static final String OWN_PREFIX = PREFIX + UUID.randomUUID() + "-";

    private static final AtomicLong COUNT = new AtomicLong();

    private final Path path;
    private final FileChannel channel;

    private TempFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @param attributes of the new file */
    public static TempFile in(Path folder, FileAttribute<?>... attributes) throws IOException {
        while (true) {
            Path path = folder.resolve(OWN_PREFIX + COUNT.incrementAndGet());
            FileChannel channel =
                    FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
            TempFile file = new TempFile(path, channel);
            file.lock();
            // Another process may have removed the file between its creation and the lock.
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return file;
            }
            file.close();
        }
    }

    Path path() {
        return path;
    }

    private void lock() throws IOException {
        try {
            channel.lock();
        } catch (IOException e) {
            if (!channel.isOpen()) {
                close();
                throw e;
            }
            // The file system has no locks: Leftovers cannot lock the file either, and removes it only after a day.
        }
    }

    public void write(byte[] bytes, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** Returns a stream to the file. Do not close it; use {@link #close}. */
    public OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** Flushes the content to the disk, then atomically replaces the target. */
    public void moveTo(Path target) throws IOException {
        channel.force(false);
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes the file unless it was moved. */
    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(path);
        }
    }

    /** Makes the folder's entries durable. Does nothing on systems that cannot open folders (Windows). */
    public static void syncFolder(Path folder) throws IOException {
        FileChannel entries;
        try {
            entries = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException e) {
            if (Files.isReadable(folder)) {
                return;
            }
            throw e;
        }
        try (entries) {
            entries.force(true);
        }
    }
}
