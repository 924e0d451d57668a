package io.github.gcrsync.http.client;

import io.github.gcrsync.http.ScriptedServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/**
 * An HTTP proxy (CONNECT and absolute-form) and SOCKS5 proxy on 127.0.0.1. Resolves every name to 127.0.0.1, so tests
 * can use unknown names.
 */
final class ForwardProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final String user;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** @param user {@code user:password}; empty to require no login */
    ForwardProxy(String user) {
        this(user, ServerSocketFactory.getDefault());
    }

    /** @param sockets TLS sockets make it a TLS proxy */
    ForwardProxy(String user, ServerSocketFactory sockets) {
        this.user = user;
        try {
            listener = sockets.createServerSocket(0, 512, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String host() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** The requests: {@code CONNECT host:port}, {@code GET http://…} or {@code SOCKS host:port}. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            in.mark(1);
            int first = in.read();
            in.reset();
            if (first == 5) {
                socks(client, in);
            } else {
                http(client, in);
            }
        } catch (IOException e) {
            // Ended.
        }
    }

    private void http(Socket client, InputStream in) throws IOException {
        String line = ScriptedServer.line(in);
        StringBuilder head = new StringBuilder();
        boolean known = user.isEmpty();
        for (String field = ScriptedServer.line(in); !field.isEmpty(); field = ScriptedServer.line(in)) {
            if (field.toLowerCase(java.util.Locale.ROOT).startsWith("proxy-authorization: basic ")) {
                String pair = field.substring(field.lastIndexOf(' ') + 1);
                known |= new String(Base64.getDecoder().decode(pair), StandardCharsets.UTF_8).equals(user);
            } else if (!field.toLowerCase(java.util.Locale.ROOT).startsWith("proxy-connection")
                    && !field.toLowerCase(java.util.Locale.ROOT).startsWith("connection")) {
                head.append(field).append("\r\n");
            }
        }
        String[] parts = line.split(" ");
        asked.add(parts[0] + " " + parts[1]);
        if (!known) {
            refuse(client, "407 No\r\nProxy-Authenticate: Basic realm=\"p\"");
        } else if (parts[0].equals("CONNECT")) {
            if (parts[1].startsWith("refused.")) {
                refuse(client, "404 No");
                return;
            }
            try (Socket server = connect(parts[1].substring(parts[1].lastIndexOf(':') + 1))) {
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                relay(client, in, server);
            }
        } else {
            java.net.URI uri = java.net.URI.create(parts[1]);
            try (Socket server = connect(Integer.toString(uri.getPort()))) {
                server.getOutputStream()
                        .write((parts[0] + " " + uri.getRawPath() + " HTTP/1.1\r\nConnection: close\r\n" + head
                                        + "\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
                relay(client, in, server);
            }
        }
    }

    private static void refuse(Socket client, String status) throws IOException {
        String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    private void socks(Socket client, InputStream in) throws IOException {
        OutputStream out = client.getOutputStream();
        in.readNBytes(1);
        byte[] methods = in.readNBytes(in.read());
        if (!user.isEmpty()) {
            boolean offered = methods[methods.length - 1] == 2;
            out.write(new byte[] {5, (byte) (offered ? 2 : 0xff)});
            if (!offered) {
                return;
            }
            in.readNBytes(1);
            String name = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
            String password = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
            boolean known = user.equals(name + ":" + password);
            out.write(new byte[] {1, (byte) (known ? 0 : 1)});
            if (!known) {
                return;
            }
        } else {
            out.write(new byte[] {5, 0});
        }
        in.readNBytes(3);
        int kind = in.read();
        String host = kind == 3
                ? new String(in.readNBytes(in.read()), StandardCharsets.US_ASCII)
                : InetAddress.getByAddress(in.readNBytes(kind == 1 ? 4 : 16)).getHostAddress();
        int port = in.read() << 8 | in.read();
        asked.add("SOCKS " + host + ":" + port);
        if (host.startsWith("refused.")) {
            out.write(new byte[] {5, 2, 0, 1, 0, 0, 0, 0, 0, 0});
            return;
        }
        try (Socket server = connect(Integer.toString(port))) {
            out.write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 0});
            relay(client, in, server);
        }
    }

    private Socket connect(String port) throws IOException {
        Socket server = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), Integer.parseInt(port));
        sockets.add(server);
        return server;
    }

    private static void relay(Socket client, InputStream fromClient, Socket server) throws IOException {
        Thread.startVirtualThread(() -> {
            try {
                pump(fromClient, server.getOutputStream());
            } catch (IOException e) {
                // The other direction ends on its own.
            }
        });
        pump(server.getInputStream(), client.getOutputStream());
    }

    private static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
            out.flush();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
