package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.Supplier;

/**
 * Verifies a blob while it is read from its first byte: returns the last bytes only if size and digest match the
 * descriptor.
 */
public final class VerifiedStream extends FilterInputStream {
    private final Descriptor blob;
    private final Supplier<? extends RuntimeException> damage;
    private final MessageDigest hasher;
    private long length;
    private boolean checked;

    /** @param damage creates the exception for a mismatch */
    public VerifiedStream(Descriptor blob, InputStream content, Supplier<? extends RuntimeException> damage) {
        super(content);
        this.blob = blob;
        this.damage = damage;
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
        }
        if (!checked && (count < 0 || length >= blob.size())) {
            checked = true;
            boolean goesOn = count >= 0 && super.read() >= 0;
            if (goesOn || length != blob.size() || !blob.digest().matches(hasher.digest())) {
                throw damage.get();
            }
        }
        return count;
    }

    /** Skipped bytes are hashed too. */
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
