package io.github.gcrsync.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Content that can be read repeatedly and from any offset, in memory or not. */
public interface Content {
    long size();

    /** Opens the bytes from this offset (0 to size) to the end. */
    InputStream openAt(long offset);

    /** Reads all bytes; only for small content. */
    default byte[] bytes() {
        try (InputStream all = openAt(0)) {
            return all.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Content of(byte[] bytes) {
        byte[] own = bytes.clone();
        return new Content() {
            @Override
            public long size() {
                return own.length;
            }

            @Override
            public InputStream openAt(long offset) {
                int from = Math.toIntExact(offset);
                return new ByteArrayInputStream(own, from, own.length - from);
            }
        };
    }
}
