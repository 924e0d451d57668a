package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.demo.SampleNamespace;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gcrsync registry} as a process. */
final class RegistryCommandTest {
    private static final Pattern URL = Pattern.compile(" at (https?://\\S+);");

    @TempDir
    private Path folder;

    private ChildCommand start(String... arguments) throws InterruptedException {
        return start(List.of(), arguments);
    }

    private ChildCommand start(List<String> options, String... arguments) throws InterruptedException {
        List<String> java = new ArrayList<>(ChildCommand.java("io.github.gcrsync.cli.Main"));
        java.addAll(1, options);
        List<String> words = new ArrayList<>(List.of("registry"));
        words.addAll(List.of(arguments));
        if (words.stream().noneMatch(word -> word.startsWith("--listen="))) {
            words.add("--listen=127.0.0.1:0");
        }
        ChildCommand registry = ChildCommand.start(folder, Map.of(), java, words);
        registry.until("the start", () -> URL.matcher(registry.err()).find());
        return registry;
    }

    private static URI url(ChildCommand registry) {
        Matcher line = URL.matcher(registry.err());
        assertThat(line.find()).isTrue();
        return URI.create(line.group(1));
    }

    private static int status(ChildCommand registry, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(url(registry).resolve(path)).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void servesMirrorWhileSyncWritesIt() throws Exception {
        Path mirror = Files.createDirectories(folder.resolve("mirror"));
        try (Stage stage = new Stage(folder.resolve("stage"));
                ChildCommand registry = start("mirror")) {
            assertThat(registry.err())
                    .startsWith("gcrsync: serving mirror (0 repositories) at http://127.0.0.1:")
                    .contains("; pull 127.0.0.1:");
            stage.offer("a:1", 1);
            stage.offer("b:2", 2);
            List<String> sync = List.of(
                    "sync",
                    "--source=" + stage.source().host(),
                    "--namespace=" + Stage.NAMESPACE,
                    "--destination=oci:" + mirror,
                    "--metadata=" + folder.resolve("metadata"));

            assertThat(InProcess.run(stage.environment(), sync)).returns(0, InProcess.Result::exitCode);

            assertThat(status(registry, "/v2/a/manifests/1")).isEqualTo(200);
            // Of the mirror another mirror is made, which lists it as it would list gcr.io.
            InProcess.Result second = InProcess.run(
                    stage.environment(),
                    List.of("copy", url(registry).getAuthority() + "/b:2", "oci:" + folder.resolve("copy")));
            assertThat(second).returns(0, InProcess.Result::exitCode);
        }
    }

    @Test
    void endsBySigtermAndLogsRequestsOnlyWhenDebugging() throws Exception {
        SampleNamespace.write(OciLayouts.at(folder.resolve("mirror")), new RepositoryName("team"));
        try (ChildCommand registry = start("oci:mirror")) {
            assertThat(status(registry, "/v2/team/pause/manifests/v1.0")).isEqualTo(200);

            registry.signal("TERM");

            assertThat(registry.await().exitCode()).isEqualTo(143);
            assertThat(registry.err().lines()).hasSize(1);
            assertThat(registry.err()).contains("(6 repositories)");
        }
        try (ChildCommand registry = start("mirror", "--debug")) {
            assertThat(status(registry, "/v2/team/pause/manifests/v1.0")).isEqualTo(200);

            registry.until("a line", () -> registry.err().contains("GET /v2/team/pause/manifests/v1.0 200"));
            registry.interrupt();
            assertThat(registry.await().exitCode()).isEqualTo(130);
        }
    }

    @Test
    void speaksTls() throws Exception {
        SampleNamespace.write(OciLayouts.at(folder.resolve("mirror")), new RepositoryName("team"));
        CertificateAuthority authority = CertificateAuthority.in(folder.resolve("ca"));
        CertificateAuthority.Issued issued = authority.server();
        try (ChildCommand registry =
                start("mirror", "--tls-cert=" + issued.certificate(), "--tls-key=" + issued.key())) {
            assertThat(url(registry).getScheme()).isEqualTo("https");
            assertThat(Program.require("oras")
                            .arguments("repo", "tags", url(registry).getAuthority() + "/team/pause")
                            .environment(
                                    "SSL_CERT_FILE", authority.certificate().toString())
                            .run()
                            .orThrow()
                            .stdout())
                    .contains("v1.0");
        }
    }

    @Test
    void namesPortToPullFromAtAllAddresses() throws Exception {
        Files.createDirectories(folder.resolve("mirror"));
        try (ChildCommand registry = start("mirror", "--listen=0.0.0.0:0")) {
            String port = "" + url(registry).getPort();

            assertThat(registry.err()).contains("at http://0.0.0.0:" + port + "; pull HOST:" + port + "/NAME:TAG");
        }
    }

    /** Neither the server and its libraries nor git and the HTTP client of a sync. */
    @Test
    void loadsNothingOfServer() throws Exception {
        Files.createDirectories(folder.resolve("mirror"));
        Path log = folder.resolve("classes");
        try (ChildCommand registry = start(List.of("-Xlog:class+load:file=" + log), "mirror")) {
            assertThat(status(registry, "/v2/_catalog")).isEqualTo(200);
            registry.signal("TERM");
            registry.await();
        }
        try (Stream<String> lines = Files.lines(log)) {
            assertThat(lines)
                    .filteredOn(line -> Stream.of(
                                    "io.github.gcrsync.server.",
                                    "io.github.gcrsync.cluster.",
                                    "com.sun.net.httpserver.",
                                    "org.eclipse.jgit.",
                                    "org.apache.hc.")
                            .anyMatch(line::contains))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "registry, 2, Missing required parameter: 'FOLDER'",
        "registry none, 2, none is not a folder",
        "registry file, 2, file is not a folder",
        "registry a..b, 2, its folder is not named like a repository",
        "registry mirror --listen nowhere, 2, '--listen ''nowhere'' is not an address; write HOST:PORT'",
        "registry mirror --listen none.invalid:1, 3, there is no such host",
        "registry mirror --listen 127.0.0.1:BUSY, 3, cannot listen on 127.0.0.1:",
        "registry mirror --tls-cert x, 2, --tls-cert and --tls-key belong together",
        "registry mirror --tls-cert x --tls-key y, 3, x"
    })
    void explainsWhyItDoesNotStart(String words, int exitCode, String message) throws Exception {
        Files.createDirectories(folder.resolve("mirror"));
        Files.writeString(folder.resolve("file"), "");
        Files.createDirectories(folder.resolve("a..b"));
        Files.writeString(folder.resolve("a..b/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        try (ServerSocket busy = new ServerSocket(0);
                ChildCommand command = ChildCommand.start(
                        folder,
                        Map.of(),
                        List.of(words.replace("BUSY", "" + busy.getLocalPort()).split(" ")))) {
            InProcess.Result result = command.await();

            assertThat(result.exitCode()).as("%s", result).isEqualTo(exitCode);
            assertThat(result.err()).contains(message);
        }
    }
}
