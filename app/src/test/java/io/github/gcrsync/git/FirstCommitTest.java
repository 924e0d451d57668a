package io.github.gcrsync.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.testkit.GitHttpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first commit of an empty repository uses the branch of its HEAD; a clone of it can be pushed. */
class FirstCommitTest {
    private static final String TOKEN = "ghp_S3cret";

    @TempDir
    Path temp;

    private Path empty() throws Exception {
        return Git.bare(Files.createDirectories(temp.resolve("served")).resolve("m.git"), "main");
    }

    private Published record(String location, String image) {
        return record(Workbench.settings(location, temp.resolve("state"), Optional.empty(), Optional.of(TOKEN)), image);
    }

    private static Published record(MetadataSettings settings, String image) {
        try (MetadataRepository repository = MetadataRepository.open(settings, Workbench.clock())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(Sample.entries(image));
            return ledger.checkpoint();
        }
    }

    private static void assertOnlyMain(Path bare, String... images) throws Exception {
        Git git = new Git(bare);
        assertThat(git.run("for-each-ref", "--format=%(refname)").strip()).isEqualTo("refs/heads/main");
        assertThat(git.list("HEAD")).contains(images);
        git.assertSound();
    }

    @Test
    void usesBranchOfUnbornHeadByPath() throws Exception {
        Path bare = empty();
        assertThat(record(bare.toString(), "a:1").pushed()).isTrue();
        assertThat(record("file://" + bare, "b:1").pushed()).isTrue();
        assertOnlyMain(bare, "a:1", "b:1");
    }

    @Test
    void usesBranchOfUnbornHeadOverHttp() throws Exception {
        Path bare = empty();
        try (GitHttpServer server = GitHttpServer.serve(temp.resolve("served"), "x-access-token", TOKEN)) {
            assertThat(record(server.url("m.git"), "a:1").pushed()).isTrue();
            assertThat(record(server.url("m.git"), "b:1").pushed()).isTrue();
        }
        assertOnlyMain(bare, "a:1", "b:1");
    }

    @Test
    void usesBranchOfUnbornHeadOverSsh() throws Exception {
        Path bare = empty();
        FakeSsh ssh = FakeSsh.running(temp);
        assertThat(ssh.record("ssh://git@host.example" + bare)).contains("pushed true");
        assertThat(ssh.calls()).contains("-o SendEnv=GIT_PROTOCOL -- git@host.example git-upload-pack");
        assertOnlyMain(bare, "one:1");
    }

    /** Like servers that do not accept the variable GIT_PROTOCOL, and those of protocol 0. */
    @Test
    void usesMasterIfServerDoesNotReportHead() throws Exception {
        Path bare = empty();
        FakeSsh ssh = FakeSsh.of(temp, "unset GIT_PROTOCOL\nfor last; do :; done\nexec sh -c \"$last\"\n");
        assertThat(ssh.record("ssh://git@host.example" + bare)).contains("pushed true");
        assertThat(new Git(bare).list("master")).contains("one:1");
    }

    @Test
    void pushesFromCloneOfEmptyRepository() throws Exception {
        Path bare = empty();
        Path clone = Git.clone(bare, temp.resolve("clone"));
        assertThat(record(clone.toString(), "a:1").pushed()).isTrue();
        assertThat(record(clone.toString(), "b:1").pushed()).isTrue();
        assertOnlyMain(bare, "a:1", "b:1");
        assertThat(new Git(clone).run("status", "--porcelain")).isEmpty();
        assertThat(clone.resolve(Sample.NAMESPACE).resolve("ImageList")).isRegularFile();
    }

    @Test
    void checksOutRemoteBranchInRepositoryWithoutCommits() throws Exception {
        Path bare = empty();
        Path mine = Git.repository(temp.resolve("mine"));
        new Git(mine).run("remote", "add", "origin", bare.toString());
        assertThat(record(mine.toString(), "a:1").pushed()).isTrue();

        Path other = Git.repository(temp.resolve("other"));
        new Git(other).run("remote", "add", "origin", bare.toString());
        assertThat(record(other.toString(), "b:1").pushed()).isTrue();

        assertOnlyMain(bare, "a:1", "b:1");
        assertThat(new Git(other).run("status", "--porcelain", "--branch").strip())
                .isEqualTo("## main");
        assertThat(other.resolve(Sample.NAMESPACE).resolve("ImageList")).isRegularFile();
    }

    @Test
    void pushesRefusedCommitLater() throws Exception {
        Path bare = empty();
        Path clone = Git.clone(bare, temp.resolve("clone"));
        Path hook = bare.resolve("hooks/pre-receive");
        Files.createDirectories(hook.getParent());
        Files.writeString(hook, "#!/bin/sh\nexit 1\n");
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        try (GitHttpServer server = GitHttpServer.serve(temp.resolve("served"))) {
            new Git(clone).run("remote", "set-url", "origin", server.url("m.git"));
            assertThatThrownBy(() -> record(Workbench.settings(clone.toString(), temp.resolve("state")), "a:1"))
                    .hasMessageContaining("the commit is kept");
            Files.delete(hook);
            assertThat(record(Workbench.settings(clone.toString(), temp.resolve("state")), "b:1")
                            .pushed())
                    .isTrue();
        }
        assertOnlyMain(bare, "a:1", "b:1");
    }

    @Test
    void mergesTwoConcurrentFirstRuns() throws Exception {
        Path bare = empty();
        Path clone = Git.clone(bare, temp.resolve("clone"));
        try (MetadataRepository mine = Workbench.open(clone, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(mine);
            record(bare.toString(), "b:1");
            ledger.record(Sample.entries("a:1"));
            assertThat(ledger.checkpoint().pushed()).isTrue();
        }
        assertOnlyMain(bare, "a:1", "b:1");
        assertThat(new Git(clone).run("status", "--porcelain")).isEmpty();
    }

    @Test
    void keepsUnpushedBranchLocal() throws Exception {
        Path bare = empty();
        record(bare.toString(), "a:1");
        Path clone = Git.clone(bare, temp.resolve("clone"));
        new Git(clone).run("checkout", "-q", "--orphan", "private");
        new Git(clone).run("rm", "-q", "-r", "--cached", ".");
        new Git(clone).run("clean", "-q", "-fd");
        assertThat(record(clone.toString(), "b:1").pushed()).isFalse();
        assertOnlyMain(bare, "a:1");
        assertThat(new Git(clone).list("private")).contains("b:1");
    }
}
