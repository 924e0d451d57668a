package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.text.Printable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Limits the size of a body, whatever length was announced: reading more throws {@code Corrupt}. */
public final class BoundedInput extends FilterInputStream {
    private final long most;
    private long count;

    public BoundedInput(InputStream in, long most) {
        super(in);
        this.most = most;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            counted(1);
        }
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            counted(read);
        }
        return read;
    }

    /** The bytes read so far. */
    public long count() {
        return count;
    }

    /** Does nothing: the owner of the body closes it, and may drop a rest that closing would read. */
    @Override
    public void close() {}

    private void counted(int bytes) {
        count += bytes;
        if (count > most) {
            throw new ContentException.Corrupt(
                    Printable.shortened("the answer is larger than the " + most + " bytes that are accepted"));
        }
    }
}
