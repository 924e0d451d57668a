package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.testkit.GitHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remote repositories: by path, over HTTP with a token, over ssh. */
class RemoteTest {
    private static final String TOKEN = "ghp_S3cret/Token+with=odd";

    @TempDir
    Path temp;

    private Path state() {
        return temp.resolve("state");
    }

    private static Published record(MetadataSettings settings, String... images) {
        try (MetadataRepository repository = MetadataRepository.open(settings, Workbench.clock())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries(images));
            return ledger.checkpoint();
        }
    }

    private MetadataSettings withToken(String url, String token) {
        return Workbench.settings(url, state(), Optional.empty(), Optional.of(token));
    }

    @Test
    void createsAndPushesToBareRepositoryByPath() throws Exception {
        Path bare = temp.resolve("new/metadata.git");
        MetadataSettings settings = Workbench.settings(bare.toString(), state());
        assertThat(record(settings, "a:1").pushed()).isTrue();
        assertThat(record(settings, "b:1").pushed()).isTrue();
        assertThat(record(settings, "b:1")).isEqualTo(new Published(Optional.empty(), false, 0));
        assertThat(new Git(bare).list("master")).contains("a:1", "b:1");
        Git git = new Git(bare);
        assertThat(git.run("rev-list", "--count", "master").strip()).isEqualTo("2");
        git.assertSound();
    }

    @Test
    void usesDefaultBranchOfRemoteUnlessGiven() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        new Git(bare).run("symbolic-ref", "HEAD", "refs/heads/trunk");
        Path clone = Git.clone(bare, temp.resolve("clone"));
        Git git = new Git(clone);
        git.run("checkout", "-q", "-b", "trunk");
        git.run("commit", "-q", "--allow-empty", "-m", "first");
        git.run("push", "-q", "origin", "trunk", "trunk:other");
        record(Workbench.settings(bare.toString(), state()), "a:1");
        record(Workbench.settings(bare.toString(), state(), Optional.of("other"), Optional.empty()), "b:1");
        record(Workbench.settings(bare.toString(), state(), Optional.of("new"), Optional.empty()), "c:1");
        assertThat(new Git(bare).list("trunk")).contains("a:1").doesNotContain("b:1");
        assertThat(new Git(bare).list("other")).contains("b:1").doesNotContain("a:1");
        assertThat(new Git(bare).list("new")).contains("c:1").doesNotContain("b:1");
    }

    @Test
    void pushesOverHttpWithToken() throws Exception {
        Path bare = Git.bare(Files.createDirectories(temp.resolve("served")).resolve("gcr.io.git"));
        try (GitHttpServer server = GitHttpServer.serve(temp.resolve("served"), "x-access-token", TOKEN)) {
            MetadataSettings settings = withToken(server.url("gcr.io.git"), TOKEN);
            assertThat(record(settings, "a:1").pushed()).isTrue();
            assertThat(record(settings, "b:1").pushed()).isTrue();
            assertThat(new Git(bare).list("master")).contains("a:1", "b:1");

            assertThatThrownBy(() -> record(withToken(server.url("gcr.io.git"), "wrong-" + TOKEN), "c:1"))
                    .isInstanceOfSatisfying(
                            LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.REFUSED))
                    .hasMessageContaining("check that the token is valid")
                    .satisfies(RemoteTest::assertNoToken);
            assertThatThrownBy(() -> record(Workbench.settings(server.url("gcr.io.git"), state()), "c:1"))
                    .hasMessageContaining("give a token");
            assertThatThrownBy(() -> record(withToken(server.url("absent.git"), TOKEN), "c:1"))
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.UNREACHABLE))
                    .satisfies(RemoteTest::assertNoToken);
        }
        new Git(bare).assertSound();
        assertTokenIsNowhere();
    }

    @Test
    void usesPasswordOfUrlWithoutStoringIt() throws Exception {
        Git.bare(Files.createDirectories(temp.resolve("served")).resolve("m.git"));
        try (GitHttpServer server = GitHttpServer.serve(temp.resolve("served"), "me", TOKEN)) {
            String url = server.url("m.git").replace("http://", "http://me:" + TOKEN.replace("/", "%2F") + "@");
            assertThat(record(Workbench.settings(url, state()), "a:1").pushed()).isTrue();
            assertThat(record(Workbench.settings(url, state()), "a:1").pushed()).isFalse();
        }
        String gone = "http://me:" + TOKEN.replace("/", "%2F") + "@127.0.0.1:1/m.git";
        assertThatThrownBy(() -> record(Workbench.settings(gone, state()), "a:1"))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.UNREACHABLE))
                .hasMessageContaining("127.0.0.1")
                .satisfies(RemoteTest::assertNoToken);
        assertTokenIsNowhere();
    }

    @Test
    void doesNotSendTokenUnencrypted() {
        assertThatThrownBy(() -> record(withToken("http://git.example.org/m.git", TOKEN), "a:1"))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.REFUSED))
                .hasMessageContaining("use an https URL")
                .satisfies(RemoteTest::assertNoToken);
    }

    @Test
    void doesNotSendTokenToRedirectTarget() throws Exception {
        Git.bare(Files.createDirectories(temp.resolve("served")).resolve("m.git"));
        List<String> authorizations = new CopyOnWriteArrayList<>();
        try (GitHttpServer elsewhere = GitHttpServer.serve(temp.resolve("served"))) {
            HttpServer home = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            home.createContext("/", exchange -> {
                String given = exchange.getRequestHeaders().getFirst("Authorization");
                authorizations.add(String.valueOf(given));
                if (given == null) {
                    exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
                    exchange.sendResponseHeaders(401, -1);
                } else {
                    exchange.getResponseHeaders()
                            .add(
                                    "Location",
                                    elsewhere.url("")
                                            + exchange.getRequestURI()
                                                    .toString()
                                                    .substring(1));
                    exchange.sendResponseHeaders(301, -1);
                }
                exchange.close();
            });
            home.start();
            try {
                record(withToken("http://127.0.0.1:" + home.getAddress().getPort() + "/m.git", TOKEN), "a:1");
            } finally {
                home.stop(0);
            }
            assertThat(authorizations).anyMatch(given -> given.startsWith("Basic "));
            assertThat(elsewhere.log().count()).isPositive();
            assertThat(elsewhere.log().exchanges())
                    .allSatisfy(exchange ->
                            assertThat(exchange.header("Authorization")).isEmpty());
        }
    }

    @Test
    void pushesWithSystemSsh() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        FakeSsh ssh = FakeSsh.running(temp);
        String out = ssh.record("ssh://git@host.example:2222" + bare);
        assertThat(out).contains("pushed true");
        assertThat(new Git(bare).list("master")).contains("one:1");
        assertThat(ssh.calls()).contains("-o BatchMode=yes", "-p 2222 -- git@host.example git-receive-pack");
    }

    @Test
    void printsSshErrorOnOneLine() throws Exception {
        FakeSsh ssh = FakeSsh.of(temp, "printf 'Host key verification failed.\\r\\nsecond line\\r\\n' >&2; exit 255\n");
        assertThat(ssh.record("git@host.example:m.git"))
                .contains("Host key verification failed. second line; ")
                .doesNotContain("?");
    }

    @Test
    void reportsRefusedPushAndKeepsCommit() throws Exception {
        Path bare = Git.bare(Files.createDirectories(temp.resolve("served")).resolve("m.git"));
        Path hook = bare.resolve("hooks/pre-receive");
        Files.createDirectories(bare.resolve("hooks"));
        Files.writeString(hook, "#!/bin/sh\necho 'only signed commits'\nexit 1\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (GitHttpServer server = GitHttpServer.serve(temp.resolve("served"))) {
            MetadataSettings settings = Workbench.settings(server.url("m.git"), state());
            assertThatThrownBy(() -> record(settings, "a:1"))
                    .isInstanceOfSatisfying(
                            LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.REFUSED))
                    .hasMessageContaining("pre-receive hook declined")
                    .hasMessageContaining("only signed commits");
            Files.delete(hook);
            assertThat(record(settings).pushed()).isTrue();
        }
        assertThat(new Git(bare).list("master")).contains("a:1");
    }

    @Test
    void pullsAndPushesOriginOfWorkingCopy() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(Workbench.settings(bare.toString(), state()), "a:1");
        Path mine = Git.clone(bare, temp.resolve("mine"));
        Git git = new Git(mine);
        record(Workbench.settings(bare.toString(), state()), "b:1");
        Files.writeString(mine.resolve("notes.txt"), "mine");
        git.run("add", ".");
        git.run("commit", "-q", "-m", "notes");

        Published published = record(Workbench.settings(mine.toString(), state()), "c:1");
        assertThat(published.pushed()).isTrue();
        assertThat(new Git(bare).list("master")).contains("a:1", "b:1", "c:1");
        assertThat(new String(new Git(bare).show("master", "notes.txt"), StandardCharsets.UTF_8))
                .isEqualTo("mine");
        assertThat(Files.readString(mine.resolve("google-containers/ImageList")))
                .contains("a:1", "b:1", "c:1");
        assertThat(git.run("status", "--porcelain")).isEmpty();
        new Git(bare).assertSound();
    }

    @Test
    void mergesUnrelatedFilesOfOthers() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(Workbench.settings(bare.toString(), state()), "a:1");
        Path mine = Git.clone(bare, temp.resolve("mine"));
        Path other = Git.clone(bare, temp.resolve("other"));
        Files.writeString(other.resolve(".gitattributes"), "*.bat text eol=crlf\n");
        Git git = new Git(other);
        git.run("add", ".");
        git.run("commit", "-q", "-m", "attributes");
        Files.createDirectories(other.resolve("tools/win"));
        Files.writeString(other.resolve("tools/win/run.bat"), "one\r\ntwo\r\n");
        Files.writeString(other.resolve("tools/run"), "#!/bin/sh\n");
        assertThat(other.resolve("tools/run").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(other.resolve("latest"), Path.of("google-containers/README.md"));
        git.run("add", ".");
        git.run("commit", "-q", "-m", "tools");
        git.run("push", "-q");
        record(Workbench.settings(mine.toString(), state()), "b:1");

        assertThat(new Git(mine).run("status", "--porcelain")).isEmpty();
        assertThat(mine.resolve("tools/win/run.bat")).content().isEqualTo("one\r\ntwo\r\n");
        assertThat(mine.resolve("tools/run")).isExecutable();
        assertThat(mine.resolve("latest")).isSymbolicLink();

        git.run("pull", "-q");
        git.run("rm", "-q", "-r", "tools", "latest");
        Files.writeString(other.resolve("tools"), "a file in the place of a folder\n");
        Files.createDirectories(other.resolve("latest"));
        Files.writeString(other.resolve("latest/notes"), "a folder in the place of a link\n");
        git.run("add", ".");
        git.run("commit", "-q", "-m", "the other way");
        git.run("push", "-q");
        record(Workbench.settings(mine.toString(), state()), "c:1");
        assertThat(new Git(mine).run("status", "--porcelain")).isEmpty();
        assertThat(mine.resolve("tools")).isRegularFile();
        assertThat(mine.resolve("latest/notes")).isRegularFile();
        assertThat(new Git(mine).list("master")).contains("a:1", "b:1", "c:1");
        new Git(mine).assertSound();
    }

    @Test
    void reportsConflictThatCannotBeMerged() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(Workbench.settings(bare.toString(), state()), "a:1");
        Path mine = Git.clone(bare, temp.resolve("mine"));
        Path other = Git.clone(bare, temp.resolve("other"));
        for (Path clone : List.of(mine, other)) {
            Files.writeString(clone.resolve("notes.txt"), clone.toString());
            new Git(clone).run("add", ".");
            new Git(clone).run("commit", "-q", "-m", "notes");
        }
        new Git(other).run("push", "-q");
        assertThatThrownBy(() -> record(Workbench.settings(mine.toString(), state()), "c:1"))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.CONFLICT))
                .hasMessageContaining("notes.txt");

        Path stranger = Git.repository(temp.resolve("stranger"));
        new Git(stranger).run("commit", "-q", "--allow-empty", "-m", "another history");
        new Git(stranger).run("remote", "add", "origin", bare.toString());
        assertThatThrownBy(() -> record(Workbench.settings(stranger.toString(), state()), "c:1"))
                .hasMessageContaining("no commit in common");
    }

    private static void assertNoToken(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain(TOKEN, "S3cret");
        }
    }

    /** Asserts that no file contains the token or its base64, also not in git's compressed files. */
    private void assertTokenIsNowhere() throws IOException {
        try (Stream<Path> files = Files.walk(temp)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).isNotEmpty();
            for (Path file : all) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("S3cret")
                        .doesNotContain(java.util.Base64.getEncoder()
                                .encodeToString(("x-access-token:" + TOKEN).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }
}
