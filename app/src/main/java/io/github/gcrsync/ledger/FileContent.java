package io.github.gcrsync.ledger;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Enumeration;
import java.util.function.IntFunction;

/** The content of a file whose length is known before it is read, as git's object header requires. */
public record FileContent(long length, Source source) {
    /** Opens the content from the start; may be called repeatedly. */
    @FunctionalInterface
    public interface Source {
        InputStream open() throws IOException;
    }

    public static FileContent of(byte[] bytes) {
        return new FileContent(bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /** Returns content that is created in chunks while it is read, so that a large file is never in memory. */
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes no Iterator
    static FileContent inChunks(long length, int chunks, IntFunction<byte[]> chunk) {
        return new FileContent(
                length,
                () -> new SequenceInputStream(new Enumeration<>() {
                    private int next;

                    @Override
                    public boolean hasMoreElements() {
                        return next < chunks;
                    }

                    @Override
                    public InputStream nextElement() {
                        return new ByteArrayInputStream(chunk.apply(next++));
                    }
                }));
    }

    /** Concatenates two contents. */
    public FileContent followedBy(FileContent rest) {
        return new FileContent(length + rest.length, () -> new SequenceInputStream(open(), rest.open()));
    }

    public InputStream open() throws IOException {
        return source.open();
    }

    public byte[] bytes() throws IOException {
        try (InputStream in = open()) {
            return in.readAllBytes();
        }
    }
}
