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

/** A server on 127.0.0.1 that says, byte by byte, what a test wants it to: what no honest registry would. */
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

    /** Connections accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** Requests so far. */
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
                // Closed, or the client went away.
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

    /** The next line, without its end; empty at the end of the stream. */
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

    /** One request, and the connection to answer it on. */
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

        /** As sent, the query included. */
        public String target() {
            return target;
        }

        /** Empty if it was not sent. */
        public String header(String lowerCaseName) {
            return headers.getOrDefault(lowerCaseName, "");
        }

        /** Reads the request's body. */
        public byte[] body() throws IOException {
            return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }

        /** A whole answer; header fields as {@code Name: value}. */
        public void reply(int status, String content, String... fields) throws IOException {
            byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            send(head + (method.equals("HEAD") ? "" : content));
        }

        /** Just these bytes. */
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

        /** Ends the connection in good order. */
        public void hangUp() throws IOException {
            socket.close();
            throw new IOException("hung up");
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            hangUp();
        }

        /** Says and reads nothing more until the server is closed. */
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
