package io.github.gcrsync.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryingTransport;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.tls.TestTls;
import io.github.gcrsync.http.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends requests through a proxy; only the proxy resolves the names below. */
@Timeout(60)
final class ProxiedTest {
    private static ApacheTransport transport(String proxy, Map<String, String> environment) {
        return transport(proxy, environment, Duration.ofSeconds(20));
    }

    private static ApacheTransport transport(String proxy, Map<String, String> environment, Duration patience) {
        return new ApacheTransport(
                new HttpSettings(
                        patience,
                        proxy.isEmpty() ? Optional.empty() : Optional.of(Proxy.parse(proxy)),
                        TlsSettings.SYSTEM,
                        4,
                        "test"),
                environment,
                TestTls::authorities);
    }

    private static String text(Transport transport, String uri) throws IOException {
        try (Response response = transport.send(Request.get(URI.create(uri)))) {
            return response.status() + new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void sendsProxyCredentialsOnlyToProxy() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "through"));
                ForwardProxy proxy = new ForwardProxy("me:pass word");
                Transport transport = transport("http://me:pass%20word@" + proxy.host(), Map.of())) {
            String uri = "http://registry.invalid:" + server.port() + "/v2/";

            assertThat(text(transport, uri)).isEqualTo("200through");

            assertThat(proxy.asked()).containsExactly("GET " + uri);
            assertThat(server.calls().getFirst().header("proxy-authorization")).isEmpty();
        }
    }

    @Test
    void sendsNoProxyCredentialsToDirectHosts() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "direct"));
                ForwardProxy proxy = new ForwardProxy("me:secret");
                Transport transport = transport("http://me:secret@" + proxy.host(), Map.of("NO_PROXY", "127.0.0.1"))) {
            assertThat(text(transport, server.uri("/").toString())).isEqualTo("200direct");

            assertThat(proxy.asked()).isEmpty();
            assertThat(server.calls().getFirst().header("proxy-authorization")).isEmpty();
        }
    }

    @Test
    void usesProxyOfEnvironmentWithCredentials() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "through"));
                ForwardProxy proxy = new ForwardProxy("me:secret");
                Transport transport = transport("", Map.of("http_proxy", "http://me:secret@" + proxy.host()))) {
            assertThat(text(transport, "http://registry.invalid:" + server.port() + "/"))
                    .isEqualTo("200through");
            assertThat(text(transport, server.uri("/").toString()))
                    .as("loopback hosts are reached directly")
                    .isEqualTo("200through");
            assertThat(proxy.asked()).hasSize(1);
        }
    }

    @Test
    void doesNotRetryWrongProxyCredentials() {
        for (String scheme : new String[] {"http", "https"}) {
            try (ForwardProxy proxy = new ForwardProxy("me:secret");
                    ApacheTransport transport = transport("http://me:wrong-one@" + proxy.host(), Map.of())) {
                assertThatThrownBy(() -> text(transport, scheme + "://registry.invalid:1/"))
                        .isInstanceOf(RefusedException.class)
                        .hasMessageContaining("the proxy http://" + proxy.host())
                        .hasMessageContaining("407")
                        .message()
                        .doesNotContain("wrong-one");
                assertThat(transport.connectionsInUse()).isZero();
            }
        }
    }

    @Test
    void reportsFailureOfProxyToConnect() {
        try (ForwardProxy proxy = new ForwardProxy("");
                ApacheTransport transport = transport("http://" + proxy.host(), Map.of())) {
            assertThatThrownBy(() -> text(transport, "https://refused.invalid/v2/"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not connect to refused.invalid (HTTP 404)");
            assertThat(transport.connectionsInUse()).isZero();
        }
    }

    @Test
    void reusesTunnelForHttps() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                        TestTls.server().getServerSocketFactory(), call -> call.reply(200, "tls"));
                ForwardProxy proxy = new ForwardProxy("me:secret");
                Transport transport = transport("http://me:secret@" + proxy.host(), Map.of())) {
            for (int i = 0; i < 3; i++) {
                assertThat(text(transport, "https://localhost:" + server.port() + "/"))
                        .isEqualTo("200tls");
            }
            assertThat(proxy.asked()).containsExactly("CONNECT localhost:" + server.port());
            assertThat(server.calls().getFirst().header("proxy-authorization")).isEmpty();
        }
    }

    @Test
    void connectsToProxyByTls() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                        TestTls.server().getServerSocketFactory(), call -> call.reply(200, "tls"));
                ScriptedServer plain = ScriptedServer.start(call -> call.reply(200, "plain"));
                ForwardProxy proxy =
                        new ForwardProxy("me:secret", TestTls.server().getServerSocketFactory());
                ApacheTransport transport = transport("https://me:secret@" + proxy.host(), Map.of())) {
            assertThat(text(transport, "https://localhost:" + server.port() + "/"))
                    .isEqualTo("200tls");
            assertThat(text(transport, "http://registry.invalid:" + plain.port() + "/"))
                    .isEqualTo("200plain");
            assertThat(proxy.asked())
                    .containsExactly(
                            "CONNECT localhost:" + server.port(), "GET http://registry.invalid:" + plain.port() + "/");
            assertThat(server.calls().getFirst().header("proxy-authorization")).isEmpty();
            assertThatThrownBy(() -> text(transport, "https://refused.invalid/v2/"))
                    .as("the proxy's answer is not the server's, with or without TLS")
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("does not connect to refused.invalid (HTTP 404)");
            assertThat(transport.connectionsInUse()).isZero();
        }
    }

    @Test
    void letsSocksProxyResolveNames() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(200, "through"));
                ForwardProxy proxy = new ForwardProxy("")) {
            String uri = "http://registry.invalid:" + server.port() + "/";
            try (Transport given = transport("socks5://" + proxy.host(), Map.of())) {
                assertThat(text(given, uri)).isEqualTo("200through");
            }
            try (Transport named = transport("", Map.of("ALL_PROXY", "socks5://" + proxy.host()))) {
                assertThat(text(named, uri)).isEqualTo("200through");
                assertThat(text(named, server.uri("/").toString())).isEqualTo("200through");
            }
            assertThat(proxy.asked())
                    .hasSize(2)
                    .allMatch(asked -> asked.equals("SOCKS registry.invalid:" + server.port()));
        }
    }

    @Test
    void logsInToSocksProxy() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                        TestTls.server().getServerSocketFactory(), call -> call.reply(200, "through"));
                ForwardProxy proxy = new ForwardProxy("me:pass word")) {
            String uri = "https://localhost:" + server.port() + "/";
            try (Transport given = transport("socks5://me:pass%20word@" + proxy.host(), Map.of())) {
                assertThat(text(given, uri)).isEqualTo("200through");
            }
            assertThat(proxy.asked()).containsExactly("SOCKS localhost:" + server.port());
            try (Transport named = transport("", Map.of("ALL_PROXY", "socks5h://me:pass%20word@" + proxy.host()))) {
                assertThatThrownBy(() -> text(named, "https://registry.invalid:" + server.port() + "/"))
                        .hasMessageContaining("is for another host");
            }
            assertThat(proxy.asked()).last().isEqualTo("SOCKS registry.invalid:" + server.port());
        }
    }

    @Test
    void doesNotRetryRefusalOfSocksProxy() {
        try (ForwardProxy proxy = new ForwardProxy("me:secret");
                ApacheTransport wrong = transport("socks5://me:wrong-one@" + proxy.host(), Map.of());
                ApacheTransport nobody = transport("socks5://" + proxy.host(), Map.of());
                ApacheTransport known = transport("socks5://me:secret@" + proxy.host(), Map.of())) {
            for (ApacheTransport transport : List.of(wrong, nobody)) {
                assertThatThrownBy(() -> text(transport, "http://registry.invalid:1/"))
                        .isInstanceOf(RefusedException.class)
                        .hasMessageContaining("the proxy socks5://" + proxy.host() + " requires other credentials")
                        .message()
                        .doesNotContain("wrong-one");
                assertThat(transport.connectionsInUse()).isZero();
            }
            assertThatThrownBy(() -> text(known, "http://refused.invalid:1/"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("does not connect to refused.invalid:1 (forbidden)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/1.1 400 X\r\n\r\n", "\5", "\5\0", "\5\0\5\5\0\1\0\0\0\0\0\0", "\5\0\5\177\0\1\0\0\0\0\0\0"
            })
    void namesProxyThatIsNotSocks(String answer) throws IOException {
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ApacheTransport transport = transport("socks5://127.0.0.1:" + proxy.getLocalPort(), Map.of())) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = proxy.accept()) {
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client closed the connection.
                }
            });
            assertThatThrownBy(() -> text(transport, "http://registry.invalid:1/"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("socks5://127.0.0.1:" + proxy.getLocalPort());
            assertThat(transport.connectionsInUse()).isZero();
        }
    }

    @Test
    void timesOutIfSocksProxyIsSilent() throws IOException {
        // The kernel connects clients that no thread accepts.
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ApacheTransport transport =
                        transport("socks5://127.0.0.1:" + proxy.getLocalPort(), Map.of(), Duration.ofMillis(300))) {
            assertThatThrownBy(() -> text(transport, "http://registry.invalid:1/"))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(transport.connectionsInUse()).isZero();
        }
    }

    @Test
    void reportsUnknownAuthority() {
        try (ScriptedServer server = ScriptedServer.start(
                        TestTls.server().getServerSocketFactory(), call -> call.reply(200, "tls"));
                Transport transport = new RetryingTransport(
                        new ApacheTransport(new HttpSettings(
                                Duration.ofSeconds(20), Optional.empty(), TlsSettings.SYSTEM, 4, "test")),
                        ApacheTransportTest.quickly(5),
                        java.time.InstantSource.system())) {
            assertThatThrownBy(() -> text(transport, "https://localhost:" + server.port() + "/"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("localhost:" + server.port() + " is signed by an unknown authority; ")
                    .hasMessageContaining("--ca-file")
                    .hasMessageContaining("--insecure localhost:" + server.port());
            assertThat(server.connections()).as("a retry would not help").isEqualTo(1);
        }
    }
}
