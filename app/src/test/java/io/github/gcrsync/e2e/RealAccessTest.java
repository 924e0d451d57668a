package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.Daemon;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.Nginx;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.SignedTokens;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command against real servers with access control. */
final class RealAccessTest {
    private static final String AUTH =
            Base64.getEncoder().encodeToString(("someone:" + DockerRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();

    @TempDir
    private Path folder;

    private Workplace workplace;
    private CertificateAuthority authority;

    @BeforeEach
    void fill() {
        workplace = new Workplace(folder);
        authority = CertificateAuthority.in(folder.resolve("authority"));
        SampleNamespace.fill(source, "ns", 2, 2, 1);
    }

    @AfterEach
    void stop() {
        source.close();
    }

    private DockerRegistry behindTls() {
        CertificateAuthority.Issued server = authority.server();
        return DockerRegistry.in(folder.resolve("registry"))
                .user("someone")
                .tls(server.certificate(), server.key())
                .start();
    }

    private Path authFile(String key) throws IOException {
        return Files.writeString(
                folder.resolve("auth.json"), "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(key, AUTH));
    }

    private void assertMirrored(DockerRegistry registry, String destination, String... flags) {
        InProcess.Result result = workplace.sync(source.host(), destination + "/mirror", flags);
        assertThat(result.exitCode()).as("%s\n%s", result, registry.logs()).isZero();
        assertThat(registry.requests("PUT /v2/mirror/.*/manifests/")).isPositive();
    }

    private static void assertNotStarted(InProcess.Result result, String... words) {
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.err()).contains(words).doesNotContain(AUTH, DockerRegistry.PASSWORD);
    }

    @Test
    void logsInOverTlsOfPrivateAuthority() throws IOException {
        try (DockerRegistry registry = behindTls()) {
            Path auth = authFile(registry.host() + "/mirror");
            assertMirrored(registry, registry.host(), "--ca-file=" + authority.certificate(), "--authfile=" + auth);

            InProcess.Result compared = workplace.run(
                    "compare",
                    "--output=" + folder.resolve("same.json"),
                    "--source=" + source.host(),
                    "--namespace=ns",
                    "--destination=" + registry.host() + "/mirror",
                    "--metadata=" + folder.resolve("metadata"),
                    "--ca-file=" + authority.certificate(),
                    // Its catalog belongs to no repository.
                    "--authfile=" + authFile(registry.host()));
            assertThat(compared.exitCode()).as(compared.toString()).isZero();
        }
    }

    @Test
    void acceptsUnverifiedRegistryOnRequest() throws IOException {
        try (DockerRegistry registry = behindTls()) {
            workplace.set("REGISTRY_AUTH_FILE", authFile(registry.host()).toString());
            assertMirrored(registry, registry.host(), "--insecure=" + registry.host());
        }
    }

    @Test
    void reportsUnknownAuthority() throws IOException {
        try (DockerRegistry registry = behindTls()) {
            CertificateAuthority other = CertificateAuthority.in(folder.resolve("other"));
            assertNotStarted(
                    workplace.sync(
                            registry.host(), "oci:" + folder.resolve("mirror"), "--ca-file=" + other.certificate()),
                    "the certificate of " + registry.host() + " is signed by an unknown authority",
                    "--ca-file",
                    "--insecure " + registry.host());
        }
    }

    @Test
    void authenticatesWithClientCertificate() throws IOException {
        CertificateAuthority.Issued server = authority.server();
        CertificateAuthority.Issued client = authority.issue("client", "rsa", "DNS:me");
        authority.openssl("rsa -traditional -in client.key -out old.key");
        try (DockerRegistry registry = DockerRegistry.start(folder.resolve("registry"));
                Daemon nginx = Nginx.start(
                        folder.resolve("nginx"),
                        port -> nginxServer(port, registry.host(), server, authority.certificate()))) {
            Path certificates =
                    Files.createDirectories(folder.resolve("certs.d").resolve(nginx.host()));
            Files.copy(authority.certificate(), certificates.resolve("ca.crt"));
            InProcess.Result without =
                    workplace.sync(source.host(), nginx.host() + "/mirror", "--cert-dir=" + folder.resolve("certs.d"));
            assertThat(without.exitCode()).as(without.toString()).isNotZero();
            assertThat(registry.requests()).as("nobody came through").isZero();

            Files.copy(client.certificate(), certificates.resolve("client.cert"));
            Files.copy(client.key().resolveSibling("old.key"), certificates.resolve("client.key"));
            assertMirrored(registry, nginx.host(), "--cert-dir=" + folder.resolve("certs.d"));
        }
    }

    private static String nginxServer(int port, String behind, CertificateAuthority.Issued server, Path clients) {
        return """
                  server {
                    listen 127.0.0.1:%d ssl;
                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    ssl_client_certificate %s;
                    ssl_verify_client on;
                    location / {
                      proxy_pass http://%s;
                      proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-Proto https;
                      proxy_request_buffering off;
                    }
                  }
                """.formatted(port, server.certificate(), server.key(), clients, behind);
    }

    @Test
    void usesForwardProxyWithCredentials() throws IOException {
        try (DockerRegistry registry = behindTls();
                Daemon tinyproxy = Daemon.start(folder.resolve("tinyproxy"), this::tinyproxy)) {
            Path auth = authFile(registry.host());
            String[] flags = {
                "--ca-file=" + authority.certificate(),
                "--authfile=" + auth,
                "--proxy=http://me:word@" + tinyproxy.host()
            };
            assertMirrored(registry, registry.host(), flags);
            assertThat(folder.resolve("tinyproxy/access.log")).content().contains("CONNECT " + registry.host());

            flags[2] = "--proxy=http://me:wrong@" + tinyproxy.host();
            // Tinyproxy's status; others answer 407.
            assertNotStarted(workplace.sync(source.host(), registry.host() + "/mirror", flags), "401");
        }
    }

    @Test
    void reachesMetadataRepositoryTheSameWay() throws IOException {
        Path served = Files.createDirectories(folder.resolve("served"));
        Program.require("git")
                .arguments("init", "-q", "--bare", "m.git")
                .in(served)
                .run()
                .orThrow();
        CertificateAuthority.Issued server = authority.server();
        CertificateAuthority.Issued client = authority.issue("client", "ec", "DNS:me");
        workplace.set("GCRSYNC_GITHUBTOKEN", "git-token");
        try (GitHttpServer git = GitHttpServer.serve(served, "x-access-token", "git-token");
                Daemon nginx = Nginx.start(
                        folder.resolve("nginx"),
                        port -> nginxServer(port, git.host(), server, authority.certificate()));
                Daemon tinyproxy = Daemon.start(folder.resolve("tinyproxy"), this::tinyproxy)) {
            Path certificates =
                    Files.createDirectories(folder.resolve("certs.d").resolve(nginx.host()));
            Files.copy(client.certificate(), certificates.resolve("client.cert"));
            Files.copy(client.key(), certificates.resolve("client.key"));
            List<String> flags = new ArrayList<>(List.of(
                    "--metadata=https://" + nginx.host() + "/m.git",
                    "--proxy=http://me:word@" + tinyproxy.host(),
                    "--cert-dir=" + folder.resolve("certs.d")));
            assertNotStarted(
                    mirrorInto(flags),
                    "cannot fetch from the metadata repository",
                    "the certificate of " + nginx.host() + " is signed by an unknown authority",
                    "--ca-file");

            flags.add("--ca-file=" + authority.certificate());
            InProcess.Result result = mirrorInto(flags);

            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(git.log().count("POST", "m.git/git-receive-pack")).isPositive();
            assertThat(folder.resolve("tinyproxy/access.log")).content().contains("CONNECT " + nginx.host());

            flags.set(1, "--proxy=http://me:wrong@" + tinyproxy.host());
            InProcess.Result log = workplace.run("log", "--namespace=ns", flags.get(0), flags.get(1), flags.get(3));
            assertNotStarted(log, "the proxy http://" + tinyproxy.host());
        }
    }

    private InProcess.Result mirrorInto(List<String> flags) {
        return workplace.sync(source.host(), "oci:" + folder.resolve("mirror"), flags.toArray(String[]::new));
    }

    private List<String> tinyproxy(int port) throws IOException {
        Path place = folder.resolve("tinyproxy");
        Path config =
                Files.writeString(place.resolve("tinyproxy.conf"), """
                Port %d
                Listen 127.0.0.1
                Timeout 60
                MaxClients 100
                LogLevel Connect
                LogFile "%s"
                Allow 127.0.0.1
                BasicAuth me word
                """.formatted(port, place.resolve("access.log")));
        return List.of(Program.require("tinyproxy").name(), "-d", "-c", config.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"credsStore\":\"fake\"}", "{\"credHelpers\":{\"%s\":\"fake\"}}"})
    void usesCredentialHelper(String config) throws Exception {
        try (DockerRegistry registry = behindTls()) {
            Path helper = Files.createDirectories(folder.resolve("bin")).resolve("docker-credential-fake");
            Files.writeString(helper, """
                    #!/bin/sh
                    [ "$1" = get ] || exit 2
                    read -r server
                    if [ "$server" != %s ]; then
                        echo 'credentials not found in native keychain'
                        exit 1
                    fi
                    printf '{"ServerURL":"%%s","Username":"someone","Secret":"%s"}' "$server"
                    """.formatted(registry.host(), DockerRegistry.PASSWORD));
            Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
            workplace.dockerConfig(config.formatted(registry.host()));
            workplace.set("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
            ChildCommand command = workplace.start(workplace.arguments(
                    source.host(), registry.host() + "/mirror", "--ca-file=" + authority.certificate()));
            InProcess.Result result = command.await();
            assertThat(result.exitCode()).as("%s\n%s", result, registry.logs()).isZero();
            assertThat(registry.requests("PUT /v2/mirror/.*/manifests/")).isPositive();
        }
    }

    @Test
    void renewsTokensThatLastFiveSeconds() {
        try (SignedTokens tokens = SignedTokens.start(
                        authority.issue("tokens", "rsa", "DNS:tokens"), "someone", DockerRegistry.PASSWORD, 5);
                DockerRegistry registry = DockerRegistry.in(folder.resolve("registry"))
                        .tokens(tokens.realm(), SignedTokens.ISSUER, authority.certificate())
                        .start()) {
            workplace.dockerConfig("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), AUTH));
            source.put("ns/slow", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(1, 4 << 20)));
            // A blob that arrives only after the token of its upload has expired.
            CountDownLatch ended = new CountDownLatch(1);
            source.fault(Fault.on("GET", "/ns/slow/blobs/").delayUntil(ended).always());
            CompletableFuture.delayedExecutor(6, TimeUnit.SECONDS).execute(ended::countDown);
            assertMirrored(registry, registry.host(), "--httptimeout=60s");
            assertThat(registry.requests("PUT /v2/mirror/slow/manifests/1")).isEqualTo(1);
            assertThat(tokens.issued())
                    .as("one for each repository, and a second for one")
                    .isGreaterThan(3);
        }
    }

    @Test
    void refusesMissingOrDamagedFiles() throws IOException {
        Path missing = folder.resolve("missing");
        Path damaged = Files.writeString(folder.resolve("damaged.json"), "{");
        String destination = "127.0.0.1:1/mirror";
        assertNotStarted(
                workplace.sync(source.host(), destination, "--authfile=" + missing),
                missing.toString(),
                "--authfile",
                "does not exist");
        assertNotStarted(
                workplace.sync(source.host(), destination, "--authfile=" + damaged),
                damaged + " is not valid JSON (line 1)");
        assertNotStarted(
                workplace.sync(source.host(), destination, "--ca-file=" + missing), missing.toString(), "--ca-file");
        assertNotStarted(
                workplace.sync(source.host(), destination, "--cert-dir=" + missing), missing.toString(), "--cert-dir");
        assertThat(source.log().count()).as("nothing was asked").isZero();
    }
}
