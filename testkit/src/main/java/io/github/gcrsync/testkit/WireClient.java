package io.github.gcrsync.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Sends requests to one plain HTTP server and streams both bodies; reuses connections. */
final class WireClient implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final String host;
    private final int port;

    /**
     * @param host as HOST:PORT
     */
    WireClient(String host) {
        int colon = host.lastIndexOf(':');
        this.host = host.substring(0, colon);
        this.port = Integer.parseInt(host.substring(colon + 1));
    }

    private record Connection(Socket socket, InputStream in, OutputStream out) {
        void close() {
            try {
                socket.close();
            } catch (IOException ignored) {
                // The connection is not needed anymore.
            }
        }
    }

    /**
     * Sends a request. The connection stays in use until the reply's body is closed.
     *
     * @param length of the body, -1 if unknown
     * @throws IOException if there was no answer
     */
    Reply send(String method, String target, Headers headers, InputStream body, long length) throws IOException {
        Connection kept = idle.pollFirst();
        if (kept != null) {
            try {
                return exchange(kept, method, target, headers, body, length);
            } catch (IOException e) {
                // The server may have closed the connection; a consumed body cannot be sent twice.
                kept.close();
                if (length != 0) {
                    throw e;
                }
            }
        }
        Socket socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        Connection fresh = new Connection(socket, in, socket.getOutputStream());
        try {
            return exchange(fresh, method, target, headers, body, length);
        } catch (IOException e) {
            fresh.close();
            throw e;
        }
    }

    private Reply exchange(
            Connection connection, String method, String target, Headers headers, InputStream body, long length)
            throws IOException {
        Headers sent = headers.copy();
        sent.remove("Connection").remove("Expect").remove("Content-Length").remove("Transfer-Encoding");
        if (!sent.has("Host")) {
            sent.set("Host", host + ":" + port);
        }
        if (length < 0) {
            sent.set("Transfer-Encoding", "chunked");
        } else if (length > 0 || method.startsWith("P")) {
            sent.set("Content-Length", Long.toString(length));
        }
        connection.out.write(new Head(method + " " + target + " HTTP/1.1", sent).bytes());
        boolean whole = copy(body, length, connection.out);
        Head head = answer(connection);
        int status = Integer.parseInt(head.startLine().split(" ", 3)[1]);
        return reply(connection, method, status, head.headers(), whole);
    }

    /** Returns false if the server stopped reading, which it may do once its answer is ready. */
    private static boolean copy(InputStream body, long length, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            try {
                if (length < 0) {
                    out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    out.write(buffer, 0, n);
                    out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
                } else {
                    out.write(buffer, 0, n);
                }
            } catch (IOException ignored) {
                return false;
            }
        }
        if (length < 0) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        return true;
    }

    private static Head answer(Connection connection) throws IOException {
        Optional<Head> head = Head.read(connection.in);
        while (head.filter(interim -> interim.startLine().contains(" 100 ")).isPresent()) {
            head = Head.read(connection.in);
        }
        return head.orElseThrow(() -> new IOException("the server closed the connection without an answer"));
    }

    private Reply reply(Connection connection, String method, int status, Headers headers, boolean reusable)
            throws IOException {
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
        boolean counted = headers.has("Content-Length");
        boolean chunked =
                headers.first("Transfer-Encoding").toLowerCase(Locale.ROOT).contains("chunked");
        Framed body = bodiless
                ? Framed.nothing()
                : counted || chunked ? Framed.body(connection.in, headers) : Framed.toEnd(connection.in);
        long length = counted ? Long.parseLong(headers.first("Content-Length")) : -1;
        boolean keep = reusable && !headers.first("Connection").equalsIgnoreCase("close");
        return new Reply(status, headers, new ReplyBody(connection, body, keep), bodiless && !counted ? 0 : length);
    }

    /** Returns the connection to the pool if the body was read to its end, otherwise closes it. */
    private final class ReplyBody extends InputStream {
        private final Connection connection;
        private final Framed body;
        private final boolean keep;
        private boolean closed;

        private ReplyBody(Connection connection, Framed body, boolean keep) {
            this.connection = connection;
            this.body = body;
            this.keep = keep;
        }

        @Override
        public int read() throws IOException {
            return body.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return body.read(buffer, offset, length);
        }

        @Override
        public int available() throws IOException {
            return body.available();
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (keep && body.atEnd()) {
                idle.addFirst(connection);
            } else {
                connection.close();
            }
        }
    }

    @Override
    public void close() {
        for (Connection each = idle.poll(); each != null; each = idle.poll()) {
            each.close();
        }
    }
}
