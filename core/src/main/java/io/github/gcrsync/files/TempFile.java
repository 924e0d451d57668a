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
 * A file that is written under a name of its own and appears under its real name whole and durable, or not at all. It
 * is locked for as long as it is open, which is how {@link Leftovers} tells a killed run's file from a live one's.
 */
public final class TempFile implements Closeable {
    static final String PREFIX = ".gcrsync-tmp-";
    /** Names this process's own files, also where process ids are not unique: in containers and on network disks. */
    public static final String OWN_PREFIX = PREFIX + UUID.randomUUID() + "-";

    private static final AtomicLong COUNT = new AtomicLong();

    private final Path path;
    private final FileChannel channel;

    private TempFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @param attributes of the file from its creation on */
    public static TempFile in(Path folder, FileAttribute<?>... attributes) throws IOException {
        while (true) {
            Path path = folder.resolve(OWN_PREFIX + COUNT.incrementAndGet());
            FileChannel channel =
                    FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
            TempFile file = new TempFile(path, channel);
            file.lock();
            // Another process's sweep may have come between the creation and the lock.
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
            // A file system without locks: the sweep cannot lock the file either, and waits a day.
        }
    }

    public void write(byte[] bytes, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** Closing the stream closes this file; do that by {@link #close} alone. */
    public OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** Flushes the content to the disk, then puts it in the target's place in one step. */
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

    /** Makes the folder's entries durable; a system that cannot open folders (Windows) does that by itself. */
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
