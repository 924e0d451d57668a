package io.github.gcrsync.http.tls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that reads several TLS records at a time: the JDK reads the five bytes of each record's header, then the rest
 * of it, which doubles the system calls of a transfer.
 */
public final class ReadAheadSocket extends Socket {
    /** Four records of the largest size (RFC 8446, section 5.1). */
    private static final int BUFFER = 64 << 10;

    private @Nullable InputStream ahead;

    /** Begins to read ahead. */
    void readAhead() throws IOException {
        if (ahead == null) {
            ahead = new BufferedInputStream(super.getInputStream(), BUFFER);
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream open = ahead;
        return open == null ? super.getInputStream() : open;
    }
}
