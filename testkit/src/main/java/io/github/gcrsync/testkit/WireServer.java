package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ServerSocketFactory;

/**
 * A small HTTP/1.1 server on 127.0.0.1, with a virtual thread per connection. The JDK's server can neither cut a body
 * nor reset a connection, which these tests need.
 */
final class WireServer implements AutoCloseable {
    /** Answers one request; an exception closes the connection. */
    interface Handler {
        Reply handle(Request request) throws IOException;
    }

    final RequestLog log;
    final Faults faults;
    final Handler handler;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener;

    private WireServer(ServerSocketFactory sockets, RequestLog log, Faults faults, Handler handler) throws IOException {
        this.listener = sockets.createServerSocket(0, 1024, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        this.log = log;
        this.faults = faults;
        this.handler = handler;
    }

    static WireServer start(ServerSocketFactory sockets, RequestLog log, Faults faults, Handler handler) {
        try {
            WireServer server = new WireServer(sockets, log, faults, handler);
            Thread.ofVirtual().name("wire-server").start(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not listen on 127.0.0.1", e);
        }
    }

    static WireServer start(RequestLog log, Handler handler) {
        return start(ServerSocketFactory.getDefault(), log, new Faults(), handler);
    }

    int port() {
        return listener.getLocalPort();
    }

    String host() {
        return "127.0.0.1:" + port();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (faults.refusesConnection()) {
                    socket.setSoLinger(true, 0);
                    socket.close();
                    continue;
                }
                connections.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException ignored) {
                // Closed by close(), or the client disconnected before it was accepted.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new WireConnection(this, socket).serve();
        } catch (IOException ignored) {
            // The client disconnected, or a fault closed the connection; the log has the bytes sent so far.
        } finally {
            connections.remove(socket);
        }
    }

    /** Throws when the server is closed. */
    void stall() throws IOException {
        await(closed);
        throw new IOException("stalled until the end");
    }

    void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        closeQuietly(listener);
        connections.forEach(WireServer::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception ignored) {
            // The connection is not needed anymore.
        }
    }
}
