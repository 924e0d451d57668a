package io.github.gcrsync.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One client's connection: handles sequential requests until either side closes it. */
final class WireConnection {
    /** An unread body up to this size is read to keep the connection; a longer one closes it, as in Go's server. */
    private static final long DRAINED = 256 << 10;

    private static final int BUFFER = 64 << 10;

    private final WireServer server;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];

    WireConnection(WireServer server, Socket socket) throws IOException {
        this.server = server;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    void serve() throws IOException {
        boolean goOn = true;
        while (goOn) {
            Optional<Head> head = Head.read(in);
            goOn = head.isPresent() && answer(head.get());
        }
    }

    private boolean answer(Head head) throws IOException {
        String[] line = head.startLine().split(" ");
        if (line.length != 3) {
            return false;
        }
        String[] target = line[1].split("\\?", 2);
        String query = target.length == 2 ? target[1] : "";
        // Happens before the request is logged: once a test sees a request in the log, its fault has already struck.
        Optional<Fault.Action> fault = server.faults.strike(line[0], target[0]);
        RequestLog.Entry entry = server.log.begin(line[0], target[0], query, head.headers());
        try {
            boolean expects = head.headers().first("Expect").equalsIgnoreCase("100-continue");
            RequestBody body =
                    new RequestBody(Framed.body(in, head.headers()), entry, expects ? this::goAhead : () -> {});
            Request request = new Request(line[0], target[0], query, head.headers(), body);
            boolean asked = !line[2].equals("HTTP/1.0")
                    && !head.headers().first("Connection").equalsIgnoreCase("close");
            return answer(request, fault, entry, asked, expects);
        } finally {
            entry.landed();
        }
    }

    private void goAhead() throws IOException {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private boolean answer(
            Request request, Optional<Fault.Action> fault, RequestLog.Entry entry, boolean keepAsked, boolean expects)
            throws IOException {
        long sendOnly = Long.MAX_VALUE;
        Reply reply;
        switch (fault.orElse(null)) {
            case null -> reply = handle(request);
            case Fault.Action.Answer answer -> {
                reply = Reply.of(answer.status());
                reply = reply.body("application/json", answer.body().getBytes(StandardCharsets.UTF_8));
                answer.headers().forEach(reply::header);
            }
            case Fault.Action.Cut cut -> {
                sendOnly = cut.afterBytes();
                reply = handle(request);
            }
            case Fault.Action.ResetAfter cut -> {
                sendOnly = cut.bytes();
                reply = handle(request);
            }
            case Fault.Action.Stall stall -> {
                sendOnly = stall.afterBytes();
                reply = handle(request);
            }
            case Fault.Action.Corrupt corrupt -> reply = handle(request).corruptedAt(corrupt.offset());
            case Fault.Action.Delay delay -> {
                server.await(delay.until());
                reply = handle(request);
            }
            case Fault.Action.Reset ignored -> {
                reset();
                return false;
            }
            case Fault.Action.CutHead ignored -> {
                handle(request).body().close();
                out.write("HTTP/1.1 200 OK\r\nContent-Le".getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                reset();
                return false;
            }
            case Fault.Action.LateCut ignored -> {
                handle(request).body().close();
                return false;
            }
            case Fault.Action.Throttle slow -> reply = handle(request).throttledTo(slow.bytesPerSecond());
            case Fault.Action.CutUpload cut -> {
                request.body().endAfter(cut.afterBytes(), () -> {
                    throw new IOException("cut by a fault");
                });
                reply = handle(request);
            }
            case Fault.Action.StallUpload stall -> {
                request.body().endAfter(stall.afterBytes(), server::stall);
                reply = handle(request);
            }
            case Fault.Action.ThrottleUpload slow -> {
                request.body().throttle(slow.bytesPerSecond());
                reply = handle(request);
            }
        }
        boolean drain = request.body().atEnd()
                || (request.body().left() >= 0
                        && request.body().left() <= DRAINED
                        && (!expects || request.body().begun()));
        boolean keep = keepAsked && drain;
        try (InputStream body = reply.body()) {
            send(reply, request.method().equals("HEAD"), keep, body, sendOnly, entry);
        }
        if (sendOnly < Long.MAX_VALUE) {
            if (fault.orElseThrow() instanceof Fault.Action.Stall) {
                server.stall();
            } else if (fault.orElseThrow() instanceof Fault.Action.ResetAfter) {
                reset();
            }
            return false;
        }
        return finish(request, keep);
    }

    private Reply handle(Request request) throws IOException {
        try {
            return server.handler.handle(request);
        } catch (RuntimeException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return Reply.text(500, trace.toString());
        }
    }

    private void send(Reply reply, boolean head, boolean keep, InputStream body, long only, RequestLog.Entry entry)
            throws IOException {
        boolean bodiless = head || reply.status() == 204 || reply.status() == 304;
        Headers headers = reply.headers();
        headers.remove("Transfer-Encoding").remove("Content-Length").remove("Connection");
        if (reply.status() != 204 && reply.status() != 304) {
            if (reply.length() >= 0) {
                headers.set("Content-Length", Long.toString(reply.length()));
            } else {
                headers.set("Transfer-Encoding", "chunked");
            }
        }
        if (!keep) {
            headers.set("Connection", "close");
        }
        entry.answered(reply.status());
        if (bodiless || reply.length() == 0) {
            entry.landed();
        }
        out.write(new Head("HTTP/1.1 " + reply.status() + " " + Reason.of(reply.status()), headers).bytes());
        if (!bodiless) {
            copy(body, reply.length(), only, entry);
        }
        out.flush();
    }

    private void copy(InputStream body, long length, long only, RequestLog.Entry entry) throws IOException {
        long sent = 0;
        while (sent < only && (length < 0 || sent < length)) {
            long most = Math.min(only, length < 0 ? Long.MAX_VALUE : length) - sent;
            int n = body.read(buffer, 0, (int) Math.min(buffer.length, most));
            if (n < 0) {
                break;
            }
            sent += n;
            entry.sent(sent);
            if (sent == length) {
                entry.landed();
            }
            if (length < 0) {
                out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.write(buffer, 0, n);
                out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
            } else {
                out.write(buffer, 0, n);
            }
            if (body.available() == 0) {
                out.flush();
            }
        }
        if (length < 0 && sent < only) {
            entry.landed();
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        if (length >= 0 && sent < length && sent < only) {
            throw new IOException("only %d of %d bytes to send".formatted(sent, length));
        }
    }

    private boolean finish(Request request, boolean keep) throws IOException {
        if (keep) {
            request.body().transferTo(OutputStream.nullOutputStream());
            return true;
        }
        // Closing with unread bytes would reset the connection, and the client could lose the answer.
        socket.shutdownOutput();
        socket.setSoTimeout(500);
        long until = System.nanoTime() + 1_000_000_000L;
        try {
            while (in.read(buffer) >= 0 && System.nanoTime() < until) {
                // Ignore the bytes.
            }
        } catch (SocketTimeoutException ignored) {
            // The time is up.
        }
        return false;
    }

    private void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
