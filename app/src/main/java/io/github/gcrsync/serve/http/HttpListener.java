package io.github.gcrsync.serve.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections, and ends those that do nothing for too long. */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    /** Each has a thread. If there are more, the one that has been idle longest is closed. */
    private static final int MOST = 512;

    private static final int BACKLOG = 256;
    private static final long PAUSE_MILLIS = 100;

    private final ServerSocketChannel server;
    private final Optional<SSLContext> tls;
    private final Handler handler;
    private final Duration patience;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "gcrsync-registry-limit"));

    private HttpListener(
            ServerSocketChannel server,
            Optional<SSLContext> tls,
            Handler handler,
            Duration patience,
            ThreadFactory threads) {
        this.server = server;
        this.threads = Executors.newCachedThreadPool(threads);
        this.tls = tls;
        this.handler = handler;
        this.patience = patience;
    }

    /**
     * Starts to answer.
     *
     * @param tls empty: HTTP
     * @param patience how long a client may be idle, take for a request, and take for {@link Wire#STEP} bytes
     * @throws IOException if the address cannot be used
     */
    public static HttpListener start(
            InetSocketAddress address, Optional<SSLContext> tls, Handler handler, Duration patience)
            throws IOException {
        return start(address, tls, handler, patience, work -> daemon(work, "gcrsync-registry"));
    }

    /** @param threads for connections */
    static HttpListener start(
            InetSocketAddress address,
            Optional<SSLContext> tls,
            Handler handler,
            Duration patience,
            ThreadFactory threads)
            throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, BACKLOG);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        HttpListener listener = new HttpListener(server, tls, handler, patience, threads);
        long period = Math.max(1, patience.toMillis() / 16);
        var _ = listener.timer.scheduleWithFixedDelay(listener::endSlow, period, period, TimeUnit.MILLISECONDS);
        daemon(listener::accept, "gcrsync-registry-accept").start();
        return listener;
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                serve(new Connection(server.accept(), tls, handler, patience));
            } catch (ClosedChannelException | RejectedExecutionException e) {
                // The listener is closed, or the client was faster.
            } catch (IOException | OutOfMemoryError e) {
                // Usually too many open files or threads, which ends when a connection does.
                LOG.warn("cannot accept a connection: {}", e.getMessage());
                pause();
            }
        }
    }

    private void serve(Connection connection) throws IOException {
        boolean isServed = false;
        try {
            connection.prepare();
            makeRoom();
            connections.add(connection);
            threads.execute(() -> {
                try {
                    connection.run();
                } finally {
                    connections.remove(connection);
                }
            });
            isServed = true;
        } finally {
            if (!isServed) {
                connections.remove(connection);
                connection.abort();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void makeRoom() {
        if (connections.size() >= MOST) {
            connections.stream()
                    .min(Comparator.comparing((Connection connection) -> !connection.isIdle())
                            .thenComparingLong(Connection::left))
                    .ifPresent(connection -> {
                        // Its thread takes a moment to end.
                        connections.remove(connection);
                        connection.abort();
                    });
        }
    }

    private void endSlow() {
        connections.stream().filter(connection -> connection.left() < 0).forEach(Connection::abort);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("closing: {}", e.toString());
        }
        timer.shutdownNow();
        connections.forEach(Connection::abort);
        threads.shutdownNow();
    }
}
