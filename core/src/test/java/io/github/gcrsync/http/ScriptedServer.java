package io.github.gcrsync.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A server on 127.0.0.1 that sends exactly the bytes of a test, including answers that no real registry would send. */
public final class ScriptedServer implements AutoCloseable {
    /** Answers one request. */
    public interface Script {
        void answer(Call call) throws IOException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    private ScriptedServer(ServerSocketFactory factory, Script script) throws IOException {
        this.listener = factory.createServerSocket(0, 512, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        this.script = script;
    }

    public static ScriptedServer start(Script script) {
        return start(ServerSocketFactory.getDefault(), script);
    }

    public static ScriptedServer start(ServerSocketFactory factory, Script script) {
        try {
            ScriptedServer server = new ScriptedServer(factory, script);
            Thread.ofVirtual().start(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String host() {
        return "127.0.0.1:" + port();
    }

    public int port() {
        return listener.getLocalPort();
    }

    public URI uri(String path) {
        return URI.create("http://" + host() + path);
    }

    /** The number of connections accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** The number of requests so far. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException e) {
                // Closed, or the client disconnected.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String line = line(in);
                if (line.isEmpty()) {
                    return;
                }
                Map<String, String> headers = new TreeMap<>();
                for (String field = line(in); !field.isEmpty(); field = line(in)) {
                    int colon = field.indexOf(':');
                    headers.put(
                            field.substring(0, colon).toLowerCase(Locale.ROOT),
                            field.substring(colon + 1).strip());
                }
                String[] parts = line.split(" ", -1);
                Call call = new Call(parts[0], parts[1], headers, socket, in);
                calls.add(call);
                script.answer(call);
            }
        } catch (IOException e) {
            // The connection has ended.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Reads the next line, without its terminator; empty at the end of the stream. */
    public static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request and its connection. */
    public final class Call {
        private final String method;
        private final String target;
        private final Map<String, String> headers;
        private final Socket socket;
        private final InputStream in;

        private Call(String method, String target, Map<String, String> headers, Socket socket, InputStream in) {
            this.method = method;
            this.target = target;
            this.headers = Map.copyOf(headers);
            this.socket = socket;
            this.in = in;
        }

        public String method() {
            return method;
        }

        /** The target as sent, including the query. */
        public String target() {
            return target;
        }

        /** Returns empty if the header was not sent. */
        public String header(String lowerCaseName) {
            return headers.getOrDefault(lowerCaseName, "");
        }

        /** Reads the request's body. */
        public byte[] body() throws IOException {
            return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }

        /** Sends a complete answer; header fields as {@code Name: value}. */
        public void reply(int status, String content, String... fields) throws IOException {
            byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            send(head + (method.equals("HEAD") ? "" : content));
        }

        /** Sends exactly these bytes. */
        public void send(String bytes) throws IOException {
            out().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out().flush();
        }

        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        public InputStream in() {
            return in;
        }

        /** Closes the connection normally. */
        public void hangUp() throws IOException {
            socket.close();
            throw new IOException("hung up");
        }

        /** Resets the connection. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            hangUp();
        }

        /** Sends and reads nothing more until the server is closed. */
        public void stall() throws IOException {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("stalled to the end");
        }
    }
}
