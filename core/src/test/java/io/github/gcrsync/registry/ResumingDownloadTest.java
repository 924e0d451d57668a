package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads of blobs that break anywhere and repeatedly. */
@Timeout(60)
final class ResumingDownloadTest {
    private static final byte[] BYTES = TestImages.bytes(3, 1000);
    private static final String TEXT = new String(BYTES, StandardCharsets.ISO_8859_1);
    private static final Descriptor BLOB = TestImages.blob(BYTES);

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private byte[] read(ScriptedServer server) throws IOException {
        return read(engine, server);
    }

    private static byte[] read(Engine engine, ScriptedServer server) throws IOException {
        try (InputStream in = engine.registry(server.host())
                .repository(new RepositoryName("a"))
                .blob(BLOB)
                .openAt(0)) {
            return in.readAllBytes();
        }
    }

    private static int from(ScriptedServer.Call call) {
        String range = call.header("range");
        return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    }

    private static String head(int from) {
        return from == 0
                ? "HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n"
                : "HTTP/1.1 206 X\r\nContent-Range: bytes " + from + "-999/1000\r\nContent-Length: " + (1000 - from)
                        + "\r\n\r\n";
    }

    /** Some proxies compress although they were asked not to. */
    @Test
    void decompressesAnswerCompressedByProxy() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(BYTES);
        }
        String body = zipped.toString(StandardCharsets.ISO_8859_1);
        for (String length : List.of("Content-Length: " + body.length(), "Connection: close")) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                call.send("HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\n" + length + "\r\n\r\n" + body);
                call.hangUp();
            })) {
                assertThat(read(server)).isEqualTo(BYTES);
            }
        }
    }

    @Test
    void resumesCompressedAnswerFromItsBeginning() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(BYTES);
        }
        String body = zipped.toString(StandardCharsets.ISO_8859_1);
        AtomicInteger calls = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
            int number = calls.incrementAndGet();
            String sent = number == 1 ? body.substring(0, body.length() / 2) : body;
            String head = from(call) == 0 ? "200 X" : "206 X\r\nContent-Range: bytes " + from(call) + "-999/1000";
            call.send("HTTP/1.1 " + head + "\r\nContent-Encoding: gzip\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + sent);
            if (number == 1) {
                call.hangUp();
            }
        })) {
            assertThat(read(server)).isEqualTo(BYTES);
        }
    }

    /** Some storage declares compressed layers as encoded. */
    @Test
    void keepsBodyOfRightLength() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                call -> call.send("HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n" + TEXT))) {
            assertThat(read(server)).isEqualTo(BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "416 X\r\nContent-Length: 0\r\n\r\n",
                "206 X\r\nContent-Range: bytes 0-999/1000\r\nContent-Length: 1000\r\n\r\nTEXT",
                "206 X\r\nContent-Length: 1000\r\n\r\nTEXT"
            })
    void restartsIfRangeIsIgnored(String answer) throws IOException {
        AtomicInteger calls = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
            int number = calls.incrementAndGet();
            if (from(call) > 0) {
                call.send("HTTP/1.1 " + answer.replace("TEXT", TEXT));
                return;
            }
            call.send(head(0) + TEXT.substring(0, number == 1 ? 400 : number == 3 ? 600 : 1000));
            if (number < 4) {
                call.hangUp();
            }
        })) {
            assertThat(read(server)).isEqualTo(BYTES);
            assertThat(server.calls())
                    .extracting(ResumingDownloadTest::from)
                    .as("no further range request")
                    .containsExactly(0, 400, 0, 0);
        }
    }

    @Test
    void resumesTransferCutAnywhere() throws IOException {
        for (int at = 0; at < 1000; at += 37) {
            int cut = at;
            AtomicInteger calls = new AtomicInteger();
            try (ScriptedServer server = ScriptedServer.start(call -> {
                int from = from(call);
                if (calls.incrementAndGet() == 1) {
                    call.send(head(from) + TEXT.substring(0, cut));
                    call.hangUp();
                }
                call.send(head(from) + TEXT.substring(from));
            })) {
                assertThat(read(server)).as("cut at %d", at).isEqualTo(BYTES);
                assertThat(server.calls()).hasSize(2);
                assertThat(from(server.calls().getLast())).isEqualTo(cut);
            }
        }
    }

    @Test
    void resetsAttemptsAfterProgress() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            int from = from(call);
            call.send(head(from) + TEXT.substring(from, Math.min(1000, from + 100)));
            call.hangUp();
        })) {
            assertThat(read(server)).isEqualTo(BYTES);
            assertThat(server.calls()).hasSize(10);
        }
    }

    @Test
    void stopsWithoutProgress() {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            int from = from(call);
            call.send(head(from) + (from < 10 ? TEXT.substring(from, 10) : ""));
            call.hangUp();
        })) {
            assertThatThrownBy(() -> read(server))
                    .isInstanceOf(ContentException.Unreachable.class)
                    .hasMessageContaining(BLOB.digest().value());
        }
    }

    @Test
    void skipsKnownBytesIfServerIgnoresRange() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
            call.send(head(0) + TEXT.substring(0, calls.incrementAndGet() == 1 ? 500 : 1000));
            if (calls.get() == 1) {
                call.hangUp();
            }
        })) {
            assertThat(read(server)).isEqualTo(BYTES);
        }
    }

    @Test
    void resumesStalledBody() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(call -> {
                    int from = from(call);
                    if (calls.incrementAndGet() == 1) {
                        call.send(head(from) + TEXT.substring(0, 300));
                        call.stall();
                    }
                    call.send(head(from) + TEXT.substring(from));
                });
                Engine impatient =
                        Registries.engine().timeout(Duration.ofMillis(300)).build()) {
            assertThat(read(impatient, server)).isEqualTo(BYTES);
        }
    }

    @Test
    void refusesWrongAnswers() {
        for (String wrong : new String[] {
            "HTTP/1.1 206 X\r\nContent-Range: bytes 400-999/1000\r\nContent-Length: 600\r\n\r\n" + TEXT.substring(400),
            "HTTP/1.1 206 X\r\nContent-Length: 500\r\n\r\n" + TEXT.substring(500),
            "HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n" + TEXT.substring(1),
            "HTTP/1.1 200 X\r\nContent-Length: 1001\r\n\r\n" + TEXT + "x",
            "HTTP/1.1 204 X\r\n\r\n",
            "HTTP/1.1 206 X\r\nContent-Range: bytes 500-999/1000\r\nContent-Length: 500\r\n\r\n" + "x".repeat(500),
            "HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n" + TEXT.substring(1) + "x",
            "HTTP/1.1 416 X\r\nContent-Length: 0\r\n\r\n"
        }) {
            AtomicInteger calls = new AtomicInteger();
            try (ScriptedServer server = ScriptedServer.start(call -> {
                if (calls.incrementAndGet() == 1) {
                    call.send(head(0) + TEXT.substring(0, 500));
                    call.hangUp();
                }
                call.send(wrong);
            })) {
                assertThatThrownBy(() -> read(server))
                        .as(wrong.substring(0, 18))
                        .isInstanceOfAny(ContentException.Corrupt.class, ContentException.Unsupported.class);
            }
        }
    }

    @Test
    void returnsLastByteOnlyIfDigestMatches() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.send(head(0) + "x" + TEXT.substring(1)));
                InputStream in = engine.registry(server.host())
                        .repository(new RepositoryName("a"))
                        .blob(BLOB)
                        .openAt(0)) {
            assertThat(in.readNBytes(900)).hasSize(900);
            assertThatThrownBy(() -> in.readNBytes(100)).isInstanceOf(ContentException.Corrupt.class);
        }
    }

    @Test
    void reusesConnectionAfterBlob() throws IOException {
        for (String length : new String[] {
            "Content-Length: 1000\r\n\r\n" + TEXT, "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + TEXT + "\r\n0\r\n\r\n"
        }) {
            try (ScriptedServer server = ScriptedServer.start(call -> call.send("HTTP/1.1 200 X\r\n" + length))) {
                for (int i = 0; i < 5; i++) {
                    assertThat(read(server)).isEqualTo(BYTES);
                }
                assertThat(server.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void requestsBlobUncompressed() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.send(head(0) + TEXT))) {
            read(server);
            assertThat(server.calls().getFirst().header("accept-encoding")).isEqualTo("identity");
        }
    }
}
