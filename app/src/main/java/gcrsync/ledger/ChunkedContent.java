package gcrsync.ledger;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Enumeration;
import java.util.function.IntFunction;

/** Content made piece by piece while it is read, so that a large file never stands in memory. */
final class ChunkedContent implements FileContent {
    private final long length;
    private final int chunks;
    private final IntFunction<byte[]> chunk;

    ChunkedContent(long length, int chunks, IntFunction<byte[]> chunk) {
        this.length = length;
        this.chunks = chunks;
        this.chunk = chunk;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes no Iterator
    public InputStream open() {
        return new SequenceInputStream(new Enumeration<>() {
            private int next;

            @Override
            public boolean hasMoreElements() {
                return next < chunks;
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(chunk.apply(next++));
            }
        });
    }
}
