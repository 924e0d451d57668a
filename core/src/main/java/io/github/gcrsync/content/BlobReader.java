package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob from its source and checks its length: it is neither shorter nor longer than the descriptor says. The
 * caller verifies the digest; the content resumes broken transfers itself.
 */
public final class BlobReader extends InputStream {
    private final String what;
    private final Descriptor blob;
    private final BlobContent content;
    private @Nullable InputStream stream;
    private long offset;

    /** @param what name of the blob in errors */
    public BlobReader(String what, Descriptor blob, BlobContent content) {
        this(what, blob, content, 0);
    }

    /** @param offset first byte to read */
    public BlobReader(String what, Descriptor blob, BlobContent content, long offset) {
        this.what = what;
        this.blob = blob;
        this.content = content;
        this.offset = offset;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads at least one byte; returns -1 at the end.
     *
     * @throws ContentException.Corrupt if the content is shorter or longer than its descriptor says
     * @throws ContentException.Unreachable if the transfer breaks
     */
    @Override
    public int read(byte[] buffer, int from, int most) {
        try {
            InputStream open = stream;
            if (open == null) {
                open = content.uncheckedAt(offset);
                stream = open;
            }
            int count = open.read(buffer, from, most);
            offset += Math.max(0, count);
            checkLength(count < 0);
            return count;
        } catch (IOException e) {
            throw new ContentException.Unreachable(
                    what + ": reading stopped at byte " + offset + ": "
                            + Printable.shortened(String.valueOf(e.getMessage())),
                    e);
        }
    }

    private void checkLength(boolean ended) {
        if (offset > blob.size()) {
            throw new ContentException.Corrupt(what + ": longer than the " + blob.size() + " bytes announced");
        }
        if (ended && offset < blob.size()) {
            throw new ContentException.Corrupt(what + ": ends after " + offset + " of " + blob.size() + " bytes");
        }
    }

    @Override
    public void close() {
        InputStream open = stream;
        stream = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (IOException e) {
            // The digest verifies what was read; a failed close adds nothing.
            return;
        }
    }
}
