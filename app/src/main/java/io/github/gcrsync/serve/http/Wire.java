package io.github.gcrsync.serve.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** Sends bytes and files to a client, in steps that its limit of time applies to. */
interface Wire {
    /** In bytes. Clients may take a minute for each: 2 kB per second. */
    int STEP = 128 << 10;

    void write(byte[] bytes, int from, int count) throws IOException;

    /** Sends some of these bytes, and returns how many. */
    long send(FileChannel file, long from, long count) throws IOException;

    /** The kernel sends files itself. */
    record Plain(SocketChannel client) implements Wire {
        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, count);
            while (buffer.hasRemaining()) {
                var _ = client.write(buffer);
            }
        }

        @Override
        public long send(FileChannel file, long from, long count) throws IOException {
            return file.transferTo(from, count, client);
        }
    }

    /** TLS. */
    record Encrypted(OutputStream client) implements Wire {
        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            client.write(bytes, from, count);
        }

        @Override
        public long send(FileChannel file, long from, long count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(Math.min(count, STEP)));
            int read = file.read(buffer, from);
            if (read > 0) {
                client.write(buffer.array(), 0, read);
            }
            return read;
        }
    }

    /** @throws EOFException if the file is shorter */
    static byte[] read(FileChannel file, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, from + buffer.position()) <= 0) {
                throw new EOFException("the file has become shorter");
            }
        }
        return buffer.array();
    }
}
