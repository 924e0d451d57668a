package io.github.gcrsync.ledger;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Enumeration;
import java.util.function.IntFunction;

/** What a file is to hold: its length is known before it is read, as git's object header wants it. */
public record FileContent(long length, Source source) {
    /** Opens the content from its beginning, as often as it is asked. */
    @FunctionalInterface
    public interface Source {
        InputStream open() throws IOException;
    }

    public static FileContent of(byte[] bytes) {
        return new FileContent(bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /** Content made piece by piece while it is read, so that a large file never stands in memory. */
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

    /** This content with more behind it. */
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
