package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.StopSignal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Writes a tar archive, and computes the sums of its files and of itself. */
final class TarWriter {
    private static final int BUFFER = 256 << 10;

    private final DigestOutputStream out;
    private final StopSignal stop;
    private final Progress progress;
    private final byte[] buffer = new byte[BUFFER];
    private long written;

    TarWriter(OutputStream out, StopSignal stop, Progress progress) {
        this.out = new DigestOutputStream(new BufferedOutputStream(out, BUFFER), Sha256.hasher());
        this.stop = stop;
        this.progress = progress;
    }

    /** Returns the sum of the content. */
    String add(TarHeader header, InputStream content) throws IOException {
        write(header.encoded());
        MessageDigest sum = Sha256.hasher();
        long left = header.size();
        for (int count = read(header, content); count >= 0; count = read(header, content)) {
            stop.check();
            left -= count;
            if (left < 0) {
                break;
            }
            sum.update(buffer, 0, count);
            out.write(buffer, 0, count);
            progress.done(count);
        }
        if (left != 0) {
            throw new ContentException.Corrupt(header.path() + " does not have " + header.size() + " bytes");
        }
        written += header.size();
        write(new byte[(int) (TarHeader.padded(header.size()) - header.size())]);
        return HexFormat.of().formatHex(sum.digest());
    }

    private int read(TarHeader header, InputStream content) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw new ContentException.Unreachable("cannot read " + header.path() + ": " + e.getMessage(), e);
        }
    }

    void end() throws IOException {
        write(new byte[2 * TarHeader.BLOCK]);
        out.flush();
    }

    long written() {
        return written;
    }

    String sha256() {
        return HexFormat.of().formatHex(out.getMessageDigest().digest());
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }
}
