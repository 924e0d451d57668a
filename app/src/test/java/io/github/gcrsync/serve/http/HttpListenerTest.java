package io.github.gcrsync.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.http.tls.ServerCertificate;
import io.github.gcrsync.testkit.CertificateAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile, slow and old clients. */
@Timeout(60)
final class HttpListenerTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    /** Also enough for a handshake on a busy machine. */
    private static final Duration MEDIUM = Duration.ofSeconds(4);

    private static final Duration LONG = Duration.ofMinutes(5);
    /** More than the buffers of a connection hold. */
    private static final long LARGE = 256L << 20;

    @TempDir
    private Path folder;

    private final AtomicInteger answering = new AtomicInteger();

    private HttpListener start(Duration patience) throws IOException {
        return start(patience, Optional.empty());
    }

    private HttpListener start(Duration patience, Optional<SSLContext> tls) throws IOException {
        return HttpListener.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, this::answer, patience);
    }

    /** Sends a large sparse file, or the path and query of the request. */
    private void answer(Request request, Response response) throws IOException {
        answering.incrementAndGet();
        try {
            if (!request.path().equals("/large")) {
                response.send(200, "text/plain", (request.path() + request.query()).getBytes(UTF_8));
                return;
            }
            Path file = folder.resolve("large");
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(LARGE);
            }
            try (FileChannel content = FileChannel.open(file)) {
                response.send(200, "text/plain", content, 0, LARGE);
            }
        } finally {
            answering.decrementAndGet();
        }
    }

    private static Socket connected(HttpListener listener) throws IOException {
        return new Socket(listener.address().getAddress(), listener.address().getPort());
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Returns all that the server sends until it closes the connection. */
    private static String answer(HttpListener listener, String request) throws IOException {
        try (Socket socket = connected(listener)) {
            send(socket, request);
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String get(String target, String... fields) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + String.join("", fields) + "Connection: close\r\n\r\n";
    }

    /** Clients that are told that a registry has no TLS, such as docker and podman, try TLS first all the same. */
    @Test
    void answersHelloOfTlsAtOnce() throws Exception {
        try (HttpListener listener = start(LONG)) {
            assertThat(answer(listener, "\u0016\u0003\u0001\u0001\u0000\u0001")).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /\\r\\n\\r\\n', 400",
        "'GET / HTTP/2.0\\r\\n\\r\\n', 505",
        "'PRI * HTTP/2.0\\r\\n\\r\\n', 505",
        "'GET  / HTTP/1.1\\r\\n\\r\\n', 400",
        "'GET /a b HTTP/1.1\\r\\n\\r\\n', 400",
        "'GET /\u0000 HTTP/1.1\\r\\n\\r\\n', 400",
        "'GET /%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400",
        "'GET /%2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400",
        "'GET /?a=%f HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400",
        "'GET / HTTP/1.1\\r\\n\\r\\n', 400",
        "'GET / HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n', 400",
        "'GET / HTTP/1.1\\r\\nHost: a\\r\\n folded\\r\\n\\r\\n', 400",
        "'GET / HTTP/1.1\\r\\n: a\\r\\n\\r\\n', 400"
    })
    void refusesWhatIsNoRequest(String request, int status) throws Exception {
        try (HttpListener listener = start(LONG)) {
            assertThat(answer(listener, request.replace("\\r\\n", "\r\n"))).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void refusesLongRequests() throws Exception {
        try (HttpListener listener = start(LONG)) {
            assertThat(answer(listener, get("/" + "a".repeat(100_000)))).startsWith("HTTP/1.1 414 ");
            assertThat(answer(listener, get("/", "A: " + "a".repeat(100_000) + "\r\n")))
                    .startsWith("HTTP/1.1 431 ");
            assertThat(answer(listener, get("/", "A: a\r\n".repeat(100_000)))).startsWith("HTTP/1.1 431 ");
            assertThat(answer(listener, "G".repeat(1_000_000))).startsWith("HTTP/1.1 414 ");
        }
    }

    @Test
    void decodesTargets() throws Exception {
        try (HttpListener listener = start(LONG)) {
            assertThat(answer(listener, get("/a%2fb+c/%2e%2e?x=a+b%26&y&x=2"))).endsWith("/a/b+c/..{x=a b&, y=}");
            assertThat(answer(listener, get("http://host:1/a?b=c"))).endsWith("/a{b=c}");
        }
    }

    @Test
    void answersSeveralRequestsOfOneConnection() throws Exception {
        try (HttpListener listener = start(LONG)) {
            String answers = answer(
                    listener, "\r\nGET /1 HTTP/1.1\nHost: a\n\n" + get("/2").replace("GET", "HEAD"));

            assertThat(answers).containsSubsequence("HTTP/1.1 200 ", "/1{}HTTP/1.1 200 ", "Connection: close");
            assertThat(answers).doesNotContain("/2{}").contains("Content-Length: 4\r\n");
        }
    }

    @Test
    void closesAfterRequestWithBodyOrOfHttp10() throws Exception {
        try (HttpListener listener = start(LONG)) {
            String put = "PUT /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + "b".repeat(100_000);

            assertThat(answer(listener, put)).contains("Connection: close").endsWith("/1{}");
            assertThat(answer(listener, "GET /2 HTTP/1.0\r\n\r\n"))
                    .contains("Connection: close")
                    .endsWith("/2{}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n"})
    void closesConnectionOfClientThatWaits(String begun) throws Exception {
        try (HttpListener listener = start(SHORT);
                Socket socket = connected(listener)) {
            send(socket, begun);

            assertThat(endOf(socket)).isTrue();
        }
    }

    @Test
    void closesConnectionOfClientThatDrips() throws Exception {
        try (HttpListener listener = start(SHORT);
                Socket socket = connected(listener)) {
            assertThatThrownBy(() -> {
                        send(socket, "GET / HTTP/1.1\r\nA: ");
                        while (true) {
                            send(socket, "a");
                            Thread.sleep(5);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closesConnectionOfClientThatDoesNotRead(boolean encrypted) throws Exception {
        try (HttpListener listener = start(MEDIUM, encrypted ? Optional.of(certificate()) : Optional.empty());
                Socket socket = encrypted ? encrypted(listener) : connected(listener)) {
            send(socket, get("/large"));
            Waiting.until("an answer", () -> answering.get() == 1);

            Waiting.until("the end of the answer", () -> answering.get() == 0);
            assertThatThrownBy(() -> {
                        if (socket.getInputStream().readAllBytes().length < LARGE) {
                            throw new IOException("cut");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    /** Each step of the answer has the time anew. */
    @Test
    void waitsForClientThatReadsSlowly() throws Exception {
        try (HttpListener listener = start(MEDIUM);
                Socket socket = connected(listener)) {
            send(socket, get("/large"));
            InputStream in = socket.getInputStream();
            long read = 0;
            for (int i = 0; i < 20; i++) {
                read += in.readNBytes(8 << 20).length;
                Thread.sleep(MEDIUM.toMillis() / 16);
            }
            read += in.transferTo(OutputStream.nullOutputStream());

            assertThat(read).isGreaterThan(LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsWhileClientDoesNotRead(boolean encrypted) throws Exception {
        HttpListener listener = start(LONG, encrypted ? Optional.of(certificate()) : Optional.empty());
        try (Socket socket = encrypted ? encrypted(listener) : connected(listener)) {
            send(socket, get("/large"));
            Waiting.until("an answer", () -> answering.get() == 1);

            listener.close();

            Waiting.until("the end of the answer", () -> answering.get() == 0);
        }
    }

    @Test
    void limitsClientsAndNotItself() throws Exception {
        try (HttpListener listener = HttpListener.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                (request, response) -> {
                    work(SHORT.multipliedBy(2));
                    answer(request, response);
                },
                SHORT)) {
            assertThat(answer(listener, get("/1"))).endsWith("/1{}");
        }
    }

    private static void work(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IOException("aborted", e);
        }
    }

    @Test
    void goesOnAfterThreadCannotStart() throws Exception {
        AtomicInteger started = new AtomicInteger();
        try (HttpListener listener = HttpListener.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                this::answer,
                LONG,
                work -> {
                    if (started.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    Thread thread = new Thread(work);
                    thread.setDaemon(true);
                    return thread;
                })) {
            try (Socket refused = connected(listener)) {
                assertThat(endOf(refused)).isTrue();
            }
            assertThat(answer(listener, get("/1"))).endsWith("/1{}");
        }
    }

    @Test
    void makesRoomForClientsByClosingIdleConnection() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try (HttpListener listener = start(LONG)) {
            for (int i = 0; i < 600; i++) {
                idle.add(connected(listener));
            }

            assertThat(answer(listener, get("/1"))).endsWith("/1{}");
            assertThat(endOf(idle.getFirst())).isTrue();
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void answersByTls() throws Exception {
        try (HttpListener listener = start(LONG, Optional.of(certificate()));
                Socket socket = encrypted(listener)) {
            send(socket, get("/large"));

            assertThat(socket.getInputStream().transferTo(OutputStream.nullOutputStream()))
                    .isGreaterThan(LARGE);
        }
    }

    @Test
    void endsHandshakeThatIsNone() throws Exception {
        try (HttpListener listener = start(LONG, Optional.of(certificate()))) {
            assertThat(answer(listener, get("/1"))).doesNotContain("200 OK");
        }
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private SSLContext certificate() throws IOException {
        CertificateAuthority.Issued issued =
                CertificateAuthority.in(folder.resolve("ca")).server();
        return ServerCertificate.context(issued.certificate(), issued.key());
    }

    private static Socket encrypted(HttpListener listener) throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustingAll()}, null);
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(
                        listener.address().getAddress(), listener.address().getPort());
        socket.startHandshake();
        return socket;
    }

    private static final class TrustingAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
