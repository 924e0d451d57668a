package io.github.gcrsync.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** The body of one message on a persistent connection (RFC 9112 section 6). */
abstract sealed class Framed extends InputStream {
    /** Whether the whole body was read, so that the connection can be reused. */
    abstract boolean atEnd();

    /** Returns the bytes left, or -1 if that is unknown. */
    abstract long left();

    /** Returns the body that the headers announce, or an empty body. */
    static Framed body(InputStream connection, Headers headers) throws IOException {
        if (headers.first("Transfer-Encoding").toLowerCase(Locale.ROOT).contains("chunked")) {
            return new Chunked(connection);
        }
        String length = headers.first("Content-Length");
        return new Fixed(connection, length.isEmpty() ? 0 : Long.parseLong(length.strip()));
    }

    static Framed nothing() {
        return new Fixed(InputStream.nullInputStream(), 0);
    }

    static Framed toEnd(InputStream connection) {
        return new ToEnd(connection);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] buffer, int offset, int length) throws IOException;

    private static final class Fixed extends Framed {
        private final InputStream in;
        private long left;

        private Fixed(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        boolean atEnd() {
            return left == 0;
        }

        @Override
        long left() {
            return left;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException(left + " bytes of the body are missing");
            }
            left -= n;
            return n;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(left, in.available());
        }
    }

    private static final class Chunked extends Framed {
        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean ended;

        private Chunked(InputStream in) {
            this.in = in;
        }

        @Override
        boolean atEnd() {
            return ended;
        }

        @Override
        long left() {
            return ended ? 0 : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (!ended && left == 0) {
                nextChunk();
            }
            if (ended) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the body ends within a chunk");
            }
            left -= n;
            return n;
        }

        private void nextChunk() throws IOException {
            if (!first) {
                Head.line(in);
            }
            first = false;
            left = Long.parseLong(Head.line(in).split(";", 2)[0].strip(), 16);
            if (left == 0) {
                while (!Head.line(in).isEmpty()) {
                    // Trailers are not needed here.
                }
                ended = true;
            }
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(left, in.available());
        }
    }

    private static final class ToEnd extends Framed {
        private final InputStream in;

        private ToEnd(InputStream in) {
            this.in = in;
        }

        @Override
        boolean atEnd() {
            return false;
        }

        @Override
        long left() {
            return -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in.read(buffer, offset, length);
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }
}
