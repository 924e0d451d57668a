package io.github.gcrsync.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.testkit.CertificateAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Checks trusted authorities and client certificates. */
@Timeout(60)
final class TlsTest {
    @TempDir
    private static Path made;

    private static CertificateAuthority ours;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() {
        ours = CertificateAuthority.in(made.resolve("ours"));
        ours.server();
    }

    private static ScriptedServer server(CertificateAuthority.Issued as) throws IOException {
        ClientCertificate own = ClientCertificate.read(as.certificate(), as.key());
        return ScriptedServer.start(
                Trust.context(List.of(), List.of(own)).getServerSocketFactory(), call -> call.reply(200, "tls"));
    }

    private static ScriptedServer server() throws IOException {
        return server(
                new CertificateAuthority.Issued(made.resolve("ours/server.cert"), made.resolve("ours/server.key")));
    }

    private static ApacheTransport transport(TlsSettings tls) {
        return new ApacheTransport(
                new HttpSettings(Duration.ofSeconds(20), Optional.empty(), tls, 4, "test"),
                Map.of(),
                () -> Trust.system(Map.of()));
    }

    private static void assertTalks(TlsSettings tls, ScriptedServer server) throws IOException {
        try (Transport transport = transport(tls)) {
            assertTalks(transport, server.host());
        }
    }

    private static void assertTalks(Transport transport, String host) throws IOException {
        try (Response response = transport.send(Request.get(URI.create("https://" + host + "/")))) {
            assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("tls");
        }
    }

    private static TlsSettings trusting(Path authority) {
        return new TlsSettings(List.of(authority), List.of(), Set.of());
    }

    private TlsSettings hostFolders() {
        return new TlsSettings(List.of(), List.of(folder.resolve("absent"), folder), Set.of());
    }

    private Path hostFolder(String host) throws IOException {
        return Files.createDirectories(folder.resolve(host));
    }

    @Test
    void trustsAllAuthoritiesOfFile() throws IOException {
        CertificateAuthority other = CertificateAuthority.in(folder.resolve("other"));
        Path bundle = Files.writeString(
                folder.resolve("bundle.pem"),
                "# ours and another\n" + Files.readString(other.certificate()) + Files.readString(ours.certificate()));
        try (ScriptedServer server = server()) {
            assertTalks(trusting(bundle), server);
            assertTalks(trusting(ours.certificate()), server);
        }
    }

    @Test
    void usesFolderOfHostOnlyForThatHost() throws IOException {
        try (ScriptedServer server = server();
                ScriptedServer other = server()) {
            Files.copy(ours.certificate(), hostFolder(server.host()).resolve("ours.crt"));
            assertTalks(hostFolders(), server);
            assertThatThrownBy(() -> assertTalks(hostFolders(), other)).hasMessageContaining("unknown authority");
        }
    }

    @Test
    void usesSslCertFileIfSet() throws IOException {
        assertThat(Trust.system(Map.of("SSL_CERT_FILE", ours.certificate().toString())))
                .hasSize(1);
        assertThat(Trust.system(Map.of())).hasSizeGreaterThan(20);
    }

    @Test
    void explainsBadCertificateWithHostAndRemedy() throws IOException {
        TlsSettings trusting = trusting(ours.certificate());
        try (ScriptedServer expired = server(ours.issue(
                        "old",
                        "ec",
                        "IP:127.0.0.1",
                        "-not_before",
                        "20200101000000Z",
                        "-not_after",
                        "20200102000000Z"));
                ScriptedServer future = server(ours.issue(
                        "new",
                        "ec",
                        "IP:127.0.0.1",
                        "-not_before",
                        "20900101000000Z",
                        "-not_after",
                        "20910102000000Z"));
                ScriptedServer other = server(ours.issue("elsewhere", "ec", "DNS:registry.example"));
                ScriptedServer unknown = server()) {
            assertRefused(trusting, expired, " has expired (", "2020", "--insecure " + expired.host());
            assertRefused(trusting, future, " is not valid yet", "clock");
            assertRefused(trusting, other, " is for another host", "127.0.0.1", "--insecure " + other.host());
            assertRefused(TlsSettings.SYSTEM, unknown, " is signed by an unknown authority", "--ca-file", "--insecure");
        }
    }

    private static void assertRefused(TlsSettings tls, ScriptedServer server, String... words) {
        assertThatThrownBy(() -> assertTalks(tls, server))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the certificate of " + server.host())
                .hasMessageContainingAll(words);
    }

    @Test
    void distinguishesMissingTlsFromBadCertificate() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Transport transport = transport(TlsSettings.SYSTEM)) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 400 X\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // The client closed the connection.
                }
            });
            String host = "127.0.0.1:" + plain.getLocalPort();
            assertThatThrownBy(() -> assertTalks(transport, host))
                    .hasMessageContainingAll(host + " does not speak TLS", "--plain-http " + host);
        }
    }

    @Test
    void skipsVerificationOfNamedHostAndWarnsOnce() throws IOException {
        Logger log = (Logger) LoggerFactory.getLogger(TlsWhenNeeded.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        log.addAppender(said);
        try (ScriptedServer named = server(ours.issue("anybody", "ec", "DNS:registry.example"));
                ScriptedServer other = server();
                Transport transport = transport(new TlsSettings(List.of(), List.of(), Set.of(named.host())))) {
            for (int i = 0; i < 3; i++) {
                try (Response response = transport.send(
                        Request.get(URI.create("https://" + named.host() + "/")).with("Connection", "close"))) {
                    assertThat(response.status()).isEqualTo(200);
                }
            }
            assertThatThrownBy(() -> assertTalks(transport, other.host())).hasMessageContaining("unknown authority");
            assertThat(said.list)
                    .singleElement()
                    .asString()
                    .contains("the certificate of " + named.host() + " is not verified");
        } finally {
            log.detachAppender(said);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rsa, rsa -traditional",
        "rsa, pkey",
        "ec, ec",
        "ec, pkey",
        "ed25519, pkey",
    })
    void readsKeysOfCommonFormats(String algorithm, String form) throws IOException {
        CertificateAuthority.Issued issued = ours.issue("client", algorithm, "DNS:me");
        ours.openssl(form + " -in client.key -out form.key");
        Path key = issued.key().resolveSibling("form.key");
        if (!form.equals("pkey")) {
            assertThat(key).content().contains(algorithm.toUpperCase(java.util.Locale.ROOT) + " PRIVATE KEY");
        }
        assertThat(ClientCertificate.read(issued.certificate(), key).chain()).hasSize(1);
    }

    @Test
    void namesUnusableFileWithReason() throws IOException {
        CertificateAuthority.Issued one = ours.issue("one", "ec", "DNS:one");
        CertificateAuthority.Issued two = ours.issue("two", "rsa", "DNS:two");
        CertificateAuthority.Issued three = ours.issue("three", "ec", "DNS:three");
        ours.openssl("pkey -in one.key -aes256 -passout pass:secret -out locked.key");
        ours.openssl("ec -in one.key -aes256 -passout pass:secret -out oldlocked.key");
        Path locked = one.key().resolveSibling("locked.key");
        Path oldLocked = one.key().resolveSibling("oldlocked.key");
        Path text = Files.writeString(folder.resolve("text.pem"), "nothing of use");
        Path cut = Files.writeString(
                folder.resolve("cut.pem"), Files.readString(one.certificate()).substring(0, 300));
        Path noise = Files.writeString(
                folder.resolve("noise.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        assertUnusable(one.certificate(), locked, locked, "encrypted");
        assertUnusable(one.certificate(), oldLocked, oldLocked, "encrypted");
        assertUnusable(one.certificate(), two.key(), two.key(), "not the EC key");
        assertUnusable(one.certificate(), three.key(), three.key(), "not the key of");
        assertUnusable(one.certificate(), text, text, "no private key");
        assertUnusable(text, one.key(), text, "no certificate");
        assertUnusable(cut, one.key(), cut, "no end");
        assertUnusable(noise, one.key(), noise, "damaged");
        assertUnusable(folder.resolve("missing"), one.key(), folder.resolve("missing"), "does not exist");
    }

    private static void assertUnusable(Path certificate, Path key, Path named, String why) {
        assertThatThrownBy(() -> ClientCertificate.read(certificate, key))
                .isInstanceOf(RefusedException.class)
                .hasMessageContainingAll(named.toString(), why);
    }

    @Test
    void refusesClientCertificateWithoutKey() throws IOException {
        try (ScriptedServer server = server()) {
            Path file = Files.writeString(hostFolder(server.host()).resolve("me.cert"), "");
            assertThatThrownBy(() -> assertTalks(hostFolders(), server))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContainingAll(file.toString(), "me.key is missing in the same folder");
        }
    }

    @Test
    void usesFoldersOfDockerAndPodman() {
        assertThat(TlsSettings.standardFolders(Map.of("XDG_CONFIG_HOME", "/home/me/.config")))
                .extracting(Path::toString)
                .containsExactly(
                        "/home/me/.config/containers/certs.d", "/etc/containers/certs.d", "/etc/docker/certs.d");
    }
}
