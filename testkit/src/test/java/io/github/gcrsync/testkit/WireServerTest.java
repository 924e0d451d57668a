package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the HTTP layer byte by byte (RFC 9112). */
final class WireServerTest {
    private final WireServer server = WireServer.start(new RequestLog(), WireServerTest::answer);
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();

    private static Reply answer(Request request) throws IOException {
        return switch (request.path()) {
            case "/204" -> Reply.of(204);
            case "/304" -> Reply.of(304);
            case "/echo" -> Reply.of(200).body("text/plain", request.body().readAllBytes());
            case "/unknown" -> Reply.of(200).body(Content.of(new byte[100_000]).openAt(0), -1);
            case "/refuse" -> Reply.text(413, "too much");
            default -> Reply.text(200, "hello");
        };
    }

    @BeforeEach
    void connect() throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        server.close();
    }

    private Head send(String text) throws IOException {
        out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        return Head.read(in).orElseThrow();
    }

    private String body(Head head) throws IOException {
        return new String(Framed.body(in, head.headers()).readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void keepsConnectionInSyncAfterAnswersWithoutBody() throws IOException {
        assertThat(send("HEAD /a HTTP/1.1\nHost: a\n\n").headers().first("Content-Length"))
                .isEqualTo("5");
        assertThat(send("GET /204 HTTP/1.1\nHost: a\n\n").headers().has("Content-Length"))
                .isFalse();
        assertThat(send("GET /304 HTTP/1.1\nHost: a\n\n").headers().has("Content-Length"))
                .isFalse();
        assertThat(body(send("GET /a HTTP/1.1\nHost: a\n\n"))).isEqualTo("hello");
    }

    @Test
    void readsFixedLengthAndChunkedBodies() throws IOException {
        assertThat(body(send("PUT /echo HTTP/1.1\nContent-Length: 3\n\nabc"))).isEqualTo("abc");
        assertThat(body(send("PUT /echo HTTP/1.1\nTransfer-Encoding: chunked\n\n3\nabc\n2;x=y\nde\n0\nTrailer: t\n\n")))
                .isEqualTo("abcde");
        assertThat(server.log.requestBytes()).isEqualTo(8);
    }

    @Test
    void sendsBodyOfUnknownLengthInChunks() throws IOException {
        Head head = send("GET /unknown HTTP/1.1\n\n");
        assertThat(head.headers().first("Transfer-Encoding")).isEqualTo("chunked");
        assertThat(body(head)).hasSize(100_000);
        assertThat(body(send("GET /a HTTP/1.1\n\n"))).isEqualTo("hello");
    }

    @Test
    void sendsContinueWhenBodyIsRead() throws IOException {
        Head interim = send("PUT /echo HTTP/1.1\nContent-Length: 3\nExpect: 100-continue\n\n");
        assertThat(interim.startLine()).contains("100");
        assertThat(body(send("abc"))).isEqualTo("abc");
    }

    @Test
    void refusesBeforeBodyIfClientExpectsContinue() throws IOException {
        Head refusal = send("PUT /refuse HTTP/1.1\nContent-Length: 3\nExpect: 100-continue\n\n");
        assertThat(refusal.startLine()).contains("413");
        assertThat(refusal.headers().first("Connection")).isEqualTo("close");
    }

    @Test
    void skipsSmallUnreadBody() throws IOException {
        assertThat(body(send("PUT /refuse HTTP/1.1\nContent-Length: 3\n\nabc"))).isEqualTo("too much");
        assertThat(body(send("GET /a HTTP/1.1\n\n"))).isEqualTo("hello");
    }

    @Test
    void closesConnectionAfterAnswerIfLongBodyIsUnread() throws IOException {
        Head refusal = send("PUT /refuse HTTP/1.1\nContent-Length: 100000000\n\nabc");
        assertThat(refusal.headers().first("Connection")).isEqualTo("close");
        assertThat(body(refusal)).isEqualTo("too much");
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void keepsSecretsOutOfLog() throws IOException {
        body(send("GET /a HTTP/1.1\nAuthorization: Bearer abcdef\n\n"));
        assertThat(server.log.exchanges().getFirst().header("Authorization")).isEqualTo("Bearer");
        assertThat(server.log.toString()).contains("GET /a -> 200").doesNotContain("abcdef");
    }

    @Test
    void closesConnectionOnRequest() throws IOException {
        Head head = send("GET /a HTTP/1.1\nConnection: close\n\n");
        assertThat(body(head)).isEqualTo("hello");
        assertThat(in.read()).isEqualTo(-1);
    }
}
