package io.github.gcrsync.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.text.Printable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of one connection, one after another. */
final class Connection implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** What is read of a body that nobody wants, so that its client reads the response before it notices the end. */
    private static final int UNWANTED = 256 << 10;

    private final SocketChannel client;
    private final Optional<SSLContext> tls;
    private final Handler handler;
    private final long patience;

    private volatile long deadline;
    private volatile boolean isIdle = true;
    /** Whether the handler works at a response and has sent nothing of it. The client has no limit then. */
    private volatile boolean isWorking;

    private @Nullable Thread thread;
    private boolean isAborted;

    /** @param patience for a request, and for each step of a response */
    Connection(SocketChannel client, Optional<SSLContext> tls, Handler handler, Duration patience) {
        this.client = client;
        this.tls = tls;
        this.handler = handler;
        this.patience = patience.toNanos();
        renew();
    }

    void prepare() throws IOException {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        try (client) {
            if (tls.isEmpty()) {
                serve(Channels.newInputStream(client), new Wire.Plain(client));
                return;
            }
            try (SSLSocket socket =
                    (SSLSocket) tls.get().getSocketFactory().createSocket(client.socket(), null, true)) {
                serve(socket.getInputStream(), new Wire.Encrypted(socket.getOutputStream()));
            }
        } catch (IOException e) {
            LOG.debug("a connection ended: {}", e.toString());
        } finally {
            end();
        }
    }

    private void serve(InputStream stream, Wire wire) throws IOException {
        InputStream in = new BufferedInputStream(stream, 8 << 10);
        RequestReader requests = new RequestReader(in);
        boolean more = true;
        while (more) {
            try {
                renew();
                isIdle = true;
                Optional<Request> request = requests.next(this::begun);
                if (request.isEmpty()) {
                    return;
                }
                more = request.get().keepsOpen();
                answer(request.get(), wire, more);
            } catch (BadRequestException e) {
                more = false;
                Response response = response(wire, false, false);
                response.send(e.status(), "text/plain", (e.getMessage() + "\n").getBytes(UTF_8));
            }
        }
        if (wire instanceof Wire.Plain) {
            client.shutdownOutput();
            renew();
            in.skipNBytes(UNWANTED);
        }
    }

    private void answer(Request request, Wire wire, boolean more) throws IOException {
        Response response = response(wire, request.isHead(), more);
        try {
            isWorking = true;
            handler.answer(request, response);
        } catch (RuntimeException e) {
            LOG.warn("cannot answer {} {}", request.method(), Printable.shortened(request.path()), e);
            if (response.status() != 0) {
                throw new IOException("the response is incomplete", e);
            }
            response.send(500, "text/plain", "internal error\n".getBytes(UTF_8));
        }
        LOG.debug("{} {} {}", request.method(), Printable.shortened(request.path()), response.status());
    }

    private Response response(Wire wire, boolean isHead, boolean more) {
        Response response = new Response(wire, isHead, this::renew);
        if (!more) {
            response.header("Connection", "close");
        }
        return response;
    }

    private void begun() {
        isIdle = false;
        renew();
    }

    private void renew() {
        deadline = System.nanoTime() + patience;
        isWorking = false;
    }

    boolean isIdle() {
        return isIdle;
    }

    /** Returns the nanoseconds that the client has left for what it is doing. */
    long left() {
        return isWorking ? Long.MAX_VALUE : deadline - System.nanoTime();
    }

    private synchronized boolean begin() {
        thread = Thread.currentThread();
        return !isAborted;
    }

    private synchronized void end() {
        thread = null;
    }

    /** Ends the connection, also if its thread reads, writes or lets the kernel send a file. */
    synchronized void abort() {
        isAborted = true;
        try {
            if (thread != null) {
                // Sending a file is not ended by closing the connection.
                thread.interrupt();
            }
            client.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }
}
