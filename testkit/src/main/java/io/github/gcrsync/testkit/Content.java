package io.github.gcrsync.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Bytes that can be read from any offset and as often as needed, in memory or not. */
public interface Content {
    long size();

    /** A stream of the bytes from this offset (0 to size) to the end. */
    InputStream openAt(long offset);

    /** All of it; only for what is known to be small. */
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
