package io.github.gcrsync.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;

/** Decompresses bodies that a server declares as gzip. */
public final class Unzipped {
    private static final int BUFFER = 64 << 10;

    private Unzipped() {}

    /**
     * Returns the decompressed body, or the body itself if it is not gzip: some storage declares all content as gzip.
     */
    public static InputStream of(InputStream body) throws IOException {
        PushbackInputStream content = new PushbackInputStream(body, 2);
        byte[] magic = content.readNBytes(2);
        content.unread(magic);
        boolean isGzip = magic.length == 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
        return isGzip ? new GZIPInputStream(content, BUFFER) : content;
    }

    /** Whether the headers declare a gzip content encoding (RFC 9110, section 8.4.1.3). */
    public static boolean isAnnounced(Headers headers) {
        return headers.first("Content-Encoding").orElse("").matches("(?i)(x-)?gzip");
    }
}
