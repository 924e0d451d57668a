package io.github.gcrsync.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes to send, of known length; opened anew for each attempt. */
public interface RequestBody {
    /** In bytes. */
    long length();

    InputStream open() throws IOException;

    static RequestBody of(byte[] content) {
        return new RequestBody() {
            @Override
            public long length() {
                return content.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(content);
            }
        };
    }
}
