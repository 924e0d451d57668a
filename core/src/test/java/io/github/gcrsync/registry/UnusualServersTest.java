package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.auth.Credential;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Talks to old and sloppy servers and to interfering proxies: their answers are parsed, or refused with a clear
 * message.
 */
@Timeout(60)
final class UnusualServersTest {
    private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[]}";
    private static final byte[] BYTES = TestImages.bytes(1, 5 << 20);
    private static final Descriptor BLOB = TestImages.blob(BYTES);

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Repository a(ScriptedServer server) {
        return engine.registry(server.host()).repository(new RepositoryName("a"));
    }

    /** In each text, {@code BODY} stands for the manifest and {@code END} for the end of the connection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\nContent-Type: TYPE\r\n\r\nBODYEND",
                "HTTP/1.1 200\r\nContent-Type: TYPE\r\nConnection: close\r\n\r\nBODYEND",
                "HTTP/1.1 200 OK\nContent-Type: TYPE\nContent-Length: LENGTH\n\nBODY",
                "HTTP/1.1 200 OK\r\nCONTENT-type:TYPE ; charset=utf-8\r\ncontent-length:LENGTH\r\n\r\nBODY",
                "HTTP/1.1 200 OK\r\nContent-Type:\r\n TYPE\r\nContent-Length: LENGTH\r\n\r\nBODY",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: TYPE\r\nContent-Length: LENGTH\r\n\r\nBODY",
                "HTTP/1.1 200 OK\r\nContent-Type: TYPE\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nLENHEX;x=y\r\nBODY\r\n0\r\nTrailer: t\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: TYPE\r\nTransfer-Encoding: chunked\r\n\r\nLENHEX\r\nBODY\r\n0\r\n\r\ngarbage\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: TYPE\r\nContent-Length: LENGTH\r\n\r\nBODYgarbage",
                "HTTP/1.1 200 OK\r\nContent-Type: TYPE\r\nDocker-Content-Digest: nonsense\r\nContent-Length: LENGTH\r\n\r\nBODY",
                "HTTP/1.1 203 Transformed\r\nContent-Type: TYPE\r\nContent-Length: LENGTH\r\n\r\nBODY"
            })
    void parsesValidAnswersInAnyForm(String form) {
        String answer = form.replace("TYPE", MediaType.OCI_INDEX)
                .replace("LENGTH", Integer.toString(INDEX.length()))
                .replace("LENHEX", Integer.toHexString(INDEX.length()))
                .replace("BODY", INDEX);
        try (ScriptedServer server = ScriptedServer.start(call -> {
            call.send(answer.replace("END", ""));
            if (answer.endsWith("END")) {
                call.hangUp();
            }
        })) {
            for (int time = 0; time < 3; time++) {
                assertThat(a(server).manifest("1").content().toArray())
                        .asString()
                        .isEqualTo(INDEX);
            }
        }
    }

    @Test
    void readsUnsolicitedCompressedManifestsAndLists() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            String body = call.target().contains("manifests") ? INDEX : "{\"tags\":[\"1\",\"2\"]}";
            call.reply(
                    200,
                    zipped(body),
                    "Content-Type: " + MediaType.OCI_INDEX,
                    "Content-Encoding: gzip",
                    "Docker-Content-Digest: " + Digest.sha256(INDEX.getBytes(StandardCharsets.UTF_8)));
        })) {
            assertThat(a(server).manifest("1").content().toArray()).asString().isEqualTo(INDEX);
            assertThat(a(server).tags()).containsExactly("1", "2");
            assertThat(a(server).resolve("1")).map(Descriptor::size).contains((long) INDEX.length());
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    private static String zipped(String text) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return zipped.toString(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{}END",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}END",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}END",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}END",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}END",
                "HTTP/1.1 2000 OK\r\n\r\nEND",
                "SSH-2.0-OpenSSH_9.9\r\nEND",
                "\u0000\u0001\u0002END",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nEND",
                "END"
            })
    void failsOnInvalidAnswers(String answer) {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            call.send(answer.replace("END", ""));
            call.hangUp();
        })) {
            assertThatThrownBy(() -> a(server).manifest("1"))
                    .isInstanceOf(ContentException.class)
                    .message()
                    .contains("127.0.0.1", "/v2/a/manifests/1")
                    .hasSizeLessThan(1000);
        }
    }

    @Test
    void treatsNullTagsAsEmpty() {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "{\"name\":\"a\",\"tags\":null}"))) {
            assertThat(a(server).tags()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n"})
    void continuesUploadAfterInterimAnswer(String interim) {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            if (call.method().equals("POST")) {
                call.reply(202, "", "Location: /up");
                return;
            }
            call.send(interim);
            call.reply(call.body().length == BYTES.length ? 201 : 400, "");
        })) {
            assertThat(a(server).ensureBlob(BLOB, TestImages.content(BYTES))).isEqualTo(BlobArrival.UPLOADED);

            int learning = server.calls().size();
            byte[] others = TestImages.bytes(2, BYTES.length);
            assertThat(a(server).ensureBlob(TestImages.blob(others), TestImages.content(others)))
                    .isEqualTo(BlobArrival.UPLOADED);
            assertThat(server.calls().subList(learning, server.calls().size()))
                    .as("no further upload breaks")
                    .extracting(ScriptedServer.Call::method)
                    .containsExactly("POST", "PUT");
        }
    }

    @Test
    void uploadsToAnotherHostWithoutCredentials() {
        try (ScriptedServer storage =
                        ScriptedServer.start(call -> call.reply(call.body().length == BYTES.length ? 201 : 400, ""));
                ScriptedServer registry = ScriptedServer.start(call -> {
                    if (call.header("authorization").isEmpty()) {
                        call.reply(401, "", "WWW-Authenticate: Basic realm=\"r\"");
                    } else {
                        call.reply(202, "", "Location: " + storage.uri("/up?a=b#part"));
                    }
                });
                Engine known = Registries.engine()
                        .credentials(Credentials.of(registry.host(), Credential.password("me", "secret")))
                        .build()) {
            Repository a = known.registry(registry.host()).repository(new RepositoryName("a"));

            assertThat(a.ensureBlob(BLOB, TestImages.content(BYTES))).isEqualTo(BlobArrival.UPLOADED);

            assertThat(storage.calls()).singleElement().satisfies(call -> {
                assertThat(call.target()).isEqualTo("/up?a=b&digest=" + BLOB.digest());
                assertThat(call.header("authorization")).isEmpty();
            });
        }
    }

    @Test
    void followsSessionThatMovedWithinHost() {
        try (ScriptedServer server = ScriptedServer.start(UnusualServersTest::moved)) {
            assertThat(a(server).ensureBlob(BLOB, TestImages.content(BYTES))).isEqualTo(BlobArrival.UPLOADED);
        }
    }

    private static void moved(ScriptedServer.Call call) throws IOException {
        int length = call.body().length;
        if (call.target().startsWith("/v2/")) {
            call.reply(307, "", "Location: /moved" + call.target());
        } else if (call.method().equals("POST")) {
            call.reply(202, "", "Location: /v2/up");
        } else {
            call.reply(length == BYTES.length ? 201 : 400, "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204})
    void acceptsAnySuccessForPatch(int status) {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            int length = call.body().length;
            switch (call.method()) {
                case "POST" -> call.reply(202, "", "Location: /up");
                case "PATCH" -> call.send("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
                default -> call.reply(length > 0 ? 413 : 201, "");
            }
        })) {
            assertThat(a(server).ensureBlob(BLOB, TestImages.content(BYTES))).isEqualTo(BlobArrival.UPLOADED);
            assertThat(List.copyOf(server.calls()))
                    .extracting(ScriptedServer.Call::method)
                    .containsExactly("POST", "PUT", "POST", "PATCH", "PUT");
        }
    }
}
