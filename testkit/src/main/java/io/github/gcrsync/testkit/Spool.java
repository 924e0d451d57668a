package io.github.gcrsync.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Collects uploaded bytes: up to 8 MiB in memory, beyond that in an unlinked file, which vanishes with the process. The
 * heap stays small for uploads of any size.
 */
final class Spool {
    private static final int IN_MEMORY = 8 << 20;

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable FileChannel file;
    private long size;

    long size() {
        return size;
    }

    void append(byte[] bytes, int length) throws IOException {
        FileChannel to = file;
        if (to == null && size + length > IN_MEMORY) {
            to = FileChannel.open(
                    Files.createTempFile("testkit", ".blob"),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            write(to, memory.toByteArray(), memory.size(), 0);
            memory.reset();
            file = to;
        }
        if (to == null) {
            memory.write(bytes, 0, length);
        } else {
            write(to, bytes, length, size);
        }
        size += length;
    }

    private static void write(FileChannel to, byte[] bytes, int length, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            to.write(buffer, position + buffer.position());
        }
    }

    /** Returns the content; do not append to the spool afterwards. */
    Content content() {
        FileChannel from = file;
        return from == null ? Content.of(memory.toByteArray()) : new Filed(from, size);
    }

    private record Filed(FileChannel file, long size) implements Content {
        @Override
        public InputStream openAt(long offset) {
            return new PositionedInput(file, offset, size);
        }
    }

    /** Reads a file at its own position, so that several readers can share the file. */
    private static final class PositionedInput extends InputStream {
        private final FileChannel file;
        private final long end;
        private long at;

        private PositionedInput(FileChannel file, long from, long end) {
            this.file = file;
            this.at = from;
            this.end = end;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            try {
                int n = file.read(ByteBuffer.wrap(buffer, offset, length), at);
                at += Math.max(0, n);
                return n;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, end - at);
        }
    }
}
