package io.github.gcrsync.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A request body of known length, opened again for each attempt. */
public interface RequestBody {
    /** The length in bytes. */
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
