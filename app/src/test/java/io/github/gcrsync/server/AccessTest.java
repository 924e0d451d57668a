package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.output.Browser;
import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.Daemon;
import io.github.gcrsync.testkit.Nginx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests the server answers. */
final class AccessTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path folder;

    private ServerStage stage;

    @BeforeEach
    void prepare() {
        stage = new ServerStage(folder);
        stage.mirrors("{name: a}");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private String tokenFile() throws IOException {
        return "--token-file=" + Files.writeString(folder.resolve("token"), TOKEN + "\n");
    }

    private int status(RunningServer server, String method, String path, String... headers)
            throws InterruptedException {
        return stage.send(server, method, path, headers).statusCode();
    }

    @Test
    void needsTokenForAllButHealth() throws Exception {
        RunningServer server = stage.start(tokenFile());
        String basic = "Basic " + Base64.getEncoder().encodeToString(("me:" + TOKEN).getBytes(ISO_8859_1));

        for (String path : List.of("/", "/api/v1/mirrors", "/api/v1/runs", "/events", "/metrics", "/nothing")) {
            assertThat(status(server, "GET", path)).as(path).isEqualTo(401);
        }
        assertThat(status(server, "POST", "/api/v1/mirrors/a/run")).isEqualTo(401);
        assertThat(status(server, "GET", "/api/v1/mirrors", "Authorization", "Bearer " + TOKEN + "0"))
                .isEqualTo(401);
        assertThat(status(server, "GET", "/api/v1/mirrors", "Authorization", "Bearer "))
                .isEqualTo(401);
        assertThat(status(server, "GET", "/healthz")).isEqualTo(200);
        assertThat(status(server, "GET", "/readyz")).isEqualTo(200);
        assertThat(status(server, "GET", "/api/v1/mirrors", "Authorization", "Bearer " + TOKEN))
                .isEqualTo(200);
        assertThat(status(server, "GET", "/api/v1/mirrors", "Authorization", basic))
                .isEqualTo(200);
        assertThat(server.err()).doesNotContain(TOKEN);
    }

    @Test
    void allowsReadingByPublicPage() throws Exception {
        RunningServer server = stage.start(tokenFile(), "--public-page");

        assertThat(status(server, "GET", "/api/v1/mirrors")).isEqualTo(200);
        assertThat(status(server, "POST", "/api/v1/mirrors/a/run")).isEqualTo(401);
        assertThat(status(server, "POST", "/api/v1/mirrors/a/run", "Authorization", "Bearer " + TOKEN))
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example.com", "null", "http://127.0.0.1:1", "::"})
    void refusesRequestsFromOtherSites(String origin) throws Exception {
        RunningServer server = stage.start();

        assertThat(status(server, "POST", "/api/v1/mirrors/a/run", "Origin", origin))
                .isEqualTo(403);
        assertThat(status(server, "GET", "/events", "Origin", origin)).isEqualTo(403);
        assertThat(status(server, "POST", "/api/v1/mirrors/a/run", "Sec-Fetch-Site", "cross-site"))
                .isEqualTo(403);
        assertThat(status(server, "POST", "/api/v1/mirrors/a/run", "Origin", server.url()))
                .isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:80, 200",
        "127.0.0.1:8080, 200",
        "[::1]:8080, 200",
        "mirror.example.com, 200",
        "evil.example.com, 421",
        "localhost.evil.example.com, 421",
        "127.0.0.1.evil.example.com, 421",
        "'', 421"
    })
    void answersOnlyUnderItsNames(String host, int status) throws Exception {
        RunningServer server = stage.start("--allow-host=mirror.example.com");

        assertThat(stage.sendRaw(server, "GET /api/v1/mirrors HTTP/1.1", "Host: " + host))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void letsBrowsersLogIn() throws Exception {
        RunningServer server = stage.start(tokenFile());

        assertThat(stage.send(server, "GET", "/").headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"gcrsync\"", "Basic realm=\"gcrsync\", charset=\"UTF-8\"");
        try (Browser browser = Browser.start(Files.createDirectories(folder.resolve("browser")))) {
            browser.open(server.url().replace("://", "://me:" + TOKEN + "@") + "/", 1280, "light");
            browser.click("[aria-label='Run a']");
            Waiting.until("the end", () -> browser.shows("main", "failed"));
        }
    }

    /** Chromium names the origin of the page, nginx its own upstream as the host. */
    @Test
    void answersBehindProxy() throws Exception {
        RunningServer server = stage.start("--allow-host=mirrors.example.com");
        String upstream = URI.create(server.url()).getAuthority();
        Path proxied = Files.createDirectories(folder.resolve("nginx"));
        try (Daemon nginx = Nginx.start(
                proxied,
                port -> "server { listen 127.0.0.1:%d; location / { proxy_pass http://%s; } }"
                        .formatted(port, upstream))) {
            String url = "http://" + nginx.host() + "/mirrors/a/run";
            assertThat(post(url, "https://mirrors.example.com")).isEqualTo(303);
            assertThat(post(url, "https://mirrors.example.com:8443")).isEqualTo(303);
            assertThat(post(url, "http://evil.example.com")).isEqualTo(403);
            assertThat(post(url, "mirrors.example.com")).isEqualTo(403);
            assertThat(post(url, "https://evil.example.com/mirrors.example.com"))
                    .isEqualTo(403);
        }
    }

    private static int post(String url, String origin) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .header("Origin", origin)
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void warnsOfTokenThatOthersCanRead() throws Exception {
        String flag = tokenFile();
        Path token = folder.resolve("token");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(stage.start(flag).err()).contains("all users of this machine can read the token in " + token);

        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(stage.start(flag).err()).doesNotContain("can read the token");
    }

    @Test
    void sendsSecurityHeaders() throws Exception {
        RunningServer server = stage.start();

        var headers = stage.send(server, "GET", "/nothing").headers();

        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void speaksTls() throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(folder.resolve("ca"));
        CertificateAuthority.Issued issued = authority.server();
        RunningServer server = stage.start("--tls-cert=" + issued.certificate(), "--tls-key=" + issued.key());

        try (HttpClient client =
                HttpClient.newBuilder().sslContext(trusting(authority)).build()) {
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/healthz"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(server.url()).startsWith("https://");
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    static SSLContext trusting(CertificateAuthority authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority.certificate())) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--listen=0.0.0.0:0 | 2 | can be reached from other machines; add --token-file",
                "--listen=here | 2 | is not an address; write HOST:PORT",
                "--listen=127.0.0.1:99999 | 2 | is not an address; write HOST:PORT",
                "--listen=203.0.113.1:0 --token-file=TOKEN | 3 | cannot listen on 203.0.113.1:0",
                "--listen=127.0.0.1:0 --token-file=missing | 3 | cannot read the token in missing",
                "--listen=127.0.0.1:0 --allow-host=a.example.com:8080 | 2 | is not a host name; write it without scheme",
                "--listen=127.0.0.1:0 --allow-host=https://a.example.com | 2 | is not a host name",
                "--listen=127.0.0.1:0 --allow-host= | 2 | is not a host name",
                "--listen=127.0.0.1:0 --token-file=SHORT | 3 | is shorter than 16 characters",
                "--listen=127.0.0.1:0 --tls-cert=TOKEN | 2 | --tls-cert and --tls-key belong together",
                "--listen=127.0.0.1:0 --tls-cert=TOKEN --tls-key=TOKEN | 3 | it contains no certificate"
            })
    void refusesWrongFlags(String flags, int exitCode, String words) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Path shorter = Files.writeString(folder.resolve("short"), "secret");
        List<String> arguments = new ArrayList<>(List.of("server", "--config=" + stage.file()));
        for (String flag : flags.split(" ")) {
            arguments.add(flag.replace("TOKEN", token.toString()).replace("SHORT", shorter.toString()));
        }

        InProcess.Result result = InProcess.run(stage.stage().environment(), arguments);

        assertThat(result.exitCode()).as("%s", result).isEqualTo(exitCode);
        assertThat(result.err()).contains(words);
    }
}
