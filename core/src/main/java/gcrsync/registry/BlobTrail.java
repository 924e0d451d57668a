package gcrsync.registry;

import gcrsync.content.BlobContent;
import gcrsync.content.BlobReader;
import gcrsync.content.ContentException;
import gcrsync.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A blob read in parts that follow each other, and from an earlier byte again when the registry has not kept all. The
 * digest stands over all bytes whatever was read twice: the hash is kept at marks on the way, and reading goes on from the
 * last mark before the byte that is wanted.
 */
final class BlobTrail implements AutoCloseable {
    private static final long MARK_EVERY = 1 << 20;
    /** The registry keeps nearly all that was sent; what is missing was in buffers on the way. */
    private static final int MARKS = 64;

    private final String what;
    private final Descriptor blob;
    private final BlobContent content;
    private final Deque<Mark> marks = new ArrayDeque<>();
    /** Whether an earlier run sent the beginning, which is not read again for its hash: the registry checks the whole. */
    private boolean begunBefore;

    private @Nullable BlobReader reader;
    private @Nullable MessageDigest hash;
    private long position;

    private record Mark(long position, MessageDigest hash) {}

    /** @param begunBefore whether the first part does not begin at byte 0 because an earlier run has sent what is before */
    BlobTrail(String what, Descriptor blob, BlobContent content, boolean begunBefore) {
        this.what = what;
        this.blob = blob;
        this.content = content;
        this.begunBefore = begunBefore;
    }

    /**
     * The bytes from one offset to another. Closing it leaves the source open for the part that follows.
     *
     * @throws ContentException if the source fails, or all was read and does not have the digest
     */
    InputStream part(long from, long to) throws IOException {
        if (reader == null || position != from) {
            reopen(from);
        }
        return new Part(to);
    }

    private void reopen(long from) throws IOException {
        close();
        begunBefore &= from > 0;
        if (begunBefore) {
            hash = null;
            position = from;
            reader = new BlobReader(what, blob, content, position);
            return;
        }
        while (!marks.isEmpty() && marks.getLast().position() > from) {
            marks.removeLast();
        }
        Mark mark = marks.isEmpty() ? new Mark(0, blob.digest().newHasher()) : marks.getLast();
        hash = copyOf(mark.hash());
        position = mark.position();
        reader = new BlobReader(what, blob, content, position);
        byte[] buffer = new byte[64 << 10];
        while (position < from) {
            if (read(buffer, 0, (int) Math.min(buffer.length, from - position)) < 0) {
                throw new IOException(what + " ends before byte " + from);
            }
        }
    }

    private int read(byte[] buffer, int offset, int most) {
        BlobReader open = java.util.Objects.requireNonNull(reader);
        int count = open.read(buffer, offset, most);
        if (count > 0) {
            position += count;
            MessageDigest running = hash;
            if (running != null) {
                running.update(buffer, offset, count);
                mark(running);
            }
        }
        if (position == blob.size()) {
            ended(open);
        }
        return count;
    }

    private void mark(MessageDigest running) {
        long last = marks.isEmpty() ? 0 : marks.getLast().position();
        if (position - last >= MARK_EVERY && position < blob.size()) {
            marks.addLast(new Mark(position, copyOf(running)));
            if (marks.size() > MARKS) {
                marks.removeFirst();
            }
        }
    }

    /** Looks for bytes that should not be there, and checks the digest, before the last bytes are given away. */
    private void ended(BlobReader open) {
        MessageDigest running = hash;
        hash = null;
        open.read(); // A source that is too long says so here.
        if (running != null && !blob.digest().matches(running.digest())) {
            marks.clear();
            throw content.damaged(what);
        }
    }

    private static MessageDigest copyOf(MessageDigest state) {
        try {
            return (MessageDigest) state.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the hash functions of the JDK can be copied", e);
        }
    }

    @Override
    public void close() {
        BlobReader open = reader;
        reader = null;
        if (open != null) {
            open.close();
        }
    }

    private final class Part extends InputStream {
        private final long end;

        Part(long end) {
            this.end = end;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            // An empty blob is never read; nor is the source asked for bytes of the next part.
            return position >= end ? -1 : BlobTrail.this.read(buffer, offset, (int) Math.min(length, end - position));
        }
    }
}
