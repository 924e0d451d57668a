package io.github.gcrsync.registry;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobReader;
import io.github.gcrsync.oci.Descriptor;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob in consecutive parts, and from another offset if the registry lost bytes. Verifies the digest if the
 * blob is read in one pass from the first byte to the last. After a jump, only the registry has seen all bytes, and
 * verifies them.
 */
final class BlobTrail implements AutoCloseable {
    private final String what;
    private final Descriptor blob;
    private final BlobContent content;
    private @Nullable BlobReader reader;
    /** The hash of all bytes up to the position; null if some were skipped. */
    private @Nullable MessageDigest hash;

    private long position;

    BlobTrail(String what, Descriptor blob, BlobContent content) {
        this.what = what;
        this.blob = blob;
        this.content = content;
    }

    /**
     * Returns the bytes between two offsets. Closing the stream leaves the source open for the next part.
     *
     * @throws io.github.gcrsync.content.ContentException if the source fails, or the content does not match its digest
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

    /** Checks for excess bytes and verifies the digest before the last bytes are returned. */
    private void ended(BlobReader open) {
        MessageDigest whole = hash;
        hash = null;
        open.read(); // Throws if the source is too long.
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
                return -1; // Never reads an empty blob, or bytes of the next part.
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
