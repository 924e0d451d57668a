package io.github.gcrsync.registry;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobReader;
import io.github.gcrsync.oci.Descriptor;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A blob read in parts that follow each other, and from another byte where the registry has not kept all. Its digest is
 * checked here when it is read from the first byte to the last in one go. After a jump only the registry has seen all bytes: it
 * checks the whole.
 */
final class BlobTrail implements AutoCloseable {
    private final String what;
    private final Descriptor blob;
    private final BlobContent content;
    private @Nullable BlobReader reader;
    /** Of all bytes up to the position; null where not all of them were read here. */
    private @Nullable MessageDigest hash;

    private long position;

    BlobTrail(String what, Descriptor blob, BlobContent content) {
        this.what = what;
        this.blob = blob;
        this.content = content;
    }

    /**
     * The bytes from one offset to another. Closing it leaves the source open for the part that follows.
     *
     * @throws io.github.gcrsync.content.ContentException if the source fails, or all was read and does not have the digest
     */
    InputStream part(long from, long to) {
        BlobReader open = reader;
        if (open == null || position != from) {
            close();
            open = new BlobReader(what, blob, content, from);
            reader = open;
            position = from;
            hash = from == 0 ? blob.digest().newHasher() : null;
        }
        return new Part(open, to);
    }

    /** Looks for bytes that should not be there, and checks the digest, before the last bytes are given away. */
    private void ended(BlobReader open) {
        MessageDigest whole = hash;
        hash = null;
        open.read(); // A source that is too long says so here.
        if (whole != null && !blob.digest().matches(whole.digest())) {
            throw content.damaged(what);
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
        private final BlobReader open;
        private final long end;

        Part(BlobReader open, long end) {
            this.open = open;
            this.end = end;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (position >= end) {
                return -1; // An empty blob is never read; nor is the source asked for bytes of the next part.
            }
            int count = open.read(buffer, offset, (int) Math.min(length, end - position));
            position += Math.max(0, count);
            MessageDigest running = hash;
            if (running != null && count > 0) {
                running.update(buffer, offset, count);
            }
            if (position == blob.size()) {
                ended(open);
            }
            return count;
        }
    }
}
