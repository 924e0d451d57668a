package gcrsync.layout;

import gcrsync.content.BlobContent;
import gcrsync.content.ContentException;
import gcrsync.oci.Printable;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads a blob from its source to the end; where the transfer breaks, it goes on from that byte. */
final class SourceReader implements Closeable {
    /** Breaks in a row without a single new byte between them. */
    private static final int MOST_FRUITLESS = 3;

    private final String what;
    private final BlobContent content;
    private @Nullable InputStream stream;
    private long offset;
    private int fruitless;

    /** @param what names the blob in errors */
    SourceReader(String what, BlobContent content) {
        this.what = what;
        this.content = content;
    }

    /**
     * Fills some of the buffer, at least one byte; -1 at the end.
     *
     * @throws ContentException.Unreachable if the transfer breaks again and again without progress
     */
    int read(byte[] buffer) {
        while (true) {
            try {
                InputStream open = stream;
                if (open == null) {
                    open = content.openAt(offset);
                    stream = open;
                }
                int count = open.read(buffer);
                if (count > 0) {
                    offset += count;
                    fruitless = 0;
                }
                return count;
            } catch (IOException e) {
                close();
                if (++fruitless > MOST_FRUITLESS) {
                    throw new ContentException.Unreachable(
                            what + ": reading broke off at byte " + offset + ": "
                                    + Printable.shortened(String.valueOf(e.getMessage())),
                            e);
                }
            }
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
