package io.github.gcrsync.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** Creates TLS connections, each with the certificate that is current when it is accepted. */
final class TlsSockets extends ServerSocketFactory {
    private final Supplier<SSLContext> current;

    TlsSockets(Supplier<SSLContext> current) {
        this.current = current;
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, 0);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
        return new ServerSocket(port, backlog, address) {
            @Override
            public Socket accept() throws IOException {
                Socket plain = super.accept();
                // This variant creates a server-side socket.
                return current.get().getSocketFactory().createSocket(plain, null, true);
            }
        };
    }
}
