package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob from its source. It never ends early nor goes on beyond the length that the descriptor says; the digest is for
 * its reader to check. Going on after a broken transfer is for the source: it knows whether there is another try.
 */
public final class BlobReader extends InputStream {
    private final String what;
    private final Descriptor blob;
    private final BlobContent content;
    private @Nullable InputStream stream;
    private long offset;

    /** @param what names the blob in errors */
    public BlobReader(String what, Descriptor blob, BlobContent content) {
        this(what, blob, content, 0);
    }

    /** @param offset of the first byte to read */
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
     * Fills some of the buffer, at least one byte; -1 at the end.
     *
     * @throws ContentException.Corrupt if there are fewer or more bytes than there should be
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
                    what + ": reading broke off at byte " + offset + ": "
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
            // What was read is checked by its digest; a source that cannot even close has nothing to add.
            return;
        }
    }
}
