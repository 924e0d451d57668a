package gcrsync.layout;

import gcrsync.content.ContentException;
import gcrsync.oci.Descriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** A blob's file as it is read; whoever reads to its end gets what the descriptor names, or an error. */
final class VerifiedStream extends FilterInputStream {
    private final String what;
    private final Descriptor blob;
    private final MessageDigest hasher;
    private long length;
    private boolean checked;

    /** @param file the blob's content from its first byte */
    VerifiedStream(String what, Descriptor blob, InputStream file) {
        super(file);
        this.what = what;
        this.blob = blob;
        this.hasher = blob.digest().newHasher();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int most) throws IOException {
        int count = super.read(buffer, from, most);
        if (count > 0) {
            hasher.update(buffer, from, count);
            length += count;
        } else if (count < 0 && !checked) {
            checked = true;
            if (length != blob.size() || !blob.digest().matches(hasher.digest())) {
                throw new ContentException.Corrupt(
                        what + ": the file is damaged, its bytes are not those of its digest");
            }
        }
        return count;
    }

    /** Skipped bytes count for the digest like any others. */
    @Override
    public long skip(long most) throws IOException {
        byte[] buffer = new byte[Math.clamp(most, 1, 64 << 10)];
        long skipped = 0;
        while (skipped < most) {
            int count = read(buffer, 0, (int) Math.min(buffer.length, most - skipped));
            if (count < 0) {
                break;
            }
            skipped += count;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
