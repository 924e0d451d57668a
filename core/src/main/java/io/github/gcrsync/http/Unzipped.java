package io.github.gcrsync.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;

/** A body that its server calls gzip. */
public final class Unzipped {
    private static final int BUFFER = 64 << 10;

    private Unzipped() {}

    /** The body decompressed, or as it is if it is not gzip at all: some storage says so of whatever it holds. */
    public static InputStream of(InputStream body) throws IOException {
        PushbackInputStream content = new PushbackInputStream(body, 2);
        byte[] magic = content.readNBytes(2);
        content.unread(magic);
        boolean isGzip = magic.length == 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
        return isGzip ? new GZIPInputStream(content, BUFFER) : content;
    }

    /** Whether the headers say that the body was compressed by gzip on its way (RFC 9110, section 8.4.1.3). */
    public static boolean isAnnounced(Headers headers) {
        return headers.first("Content-Encoding").orElse("").matches("(?i)(x-)?gzip");
    }
}
