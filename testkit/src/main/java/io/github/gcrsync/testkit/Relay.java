package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network link to a TCP server. While it is cut, nothing arrives and nobody is told, as in a partition. */
public final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean isCut;

    private Relay(String hostAndPort) throws IOException {
        int colon = hostAndPort.lastIndexOf(':');
        this.target = new InetSocketAddress(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    public static Relay to(String hostAndPort) {
        try {
            Relay relay = new Relay(hostAndPort);
            start(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    public synchronized void cut() {
        isCut = true;
    }

    public synchronized void mend() {
        isCut = false;
        notifyAll();
    }

    private synchronized void awaitLink() throws InterruptedException {
        while (isCut) {
            wait();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                sockets.add(client);
                start(() -> connect(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void connect(Socket client) {
        try {
            awaitLink();
            Socket server = new Socket(target.getAddress(), target.getPort());
            sockets.add(server);
            start(() -> pass(client, server));
            pass(server, client);
        } catch (IOException e) {
            close(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitLink();
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // One of them is closed, so the other is.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mend();
        Set.copyOf(sockets).forEach(this::close);
    }
}
