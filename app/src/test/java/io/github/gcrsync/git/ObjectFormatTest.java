package io.github.gcrsync.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.testkit.GitHttpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A metadata repository in git's SHA-256 format is refused and unchanged. */
class ObjectFormatTest {
    private static final String REFUSAL = "stores its objects in git's SHA-256 format, which gcrsync does not support;"
            + " use a repository with SHA-1 objects (git init --object-format=sha1)";

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"empty bare", "bare", "empty work tree", "work tree", "linked work tree", "file URL"})
    void refusesLocalRepository(String kind) throws Exception {
        boolean isBare = kind.endsWith("bare");
        Path repository = Git.sha256(temp.resolve("m"), isBare ? new String[] {"--bare"} : new String[0]);
        if (!kind.startsWith("empty")) {
            commitTo(repository, isBare);
        }
        Path given = repository;
        if (kind.startsWith("linked")) {
            given = temp.resolve("linked");
            new Git(repository).run("worktree", "add", "-q", given.toString());
        }
        List<Path> before = files(repository);

        String location = kind.equals("file URL") ? "file://" + given : given.toString();
        assertRefused(location);

        assertThat(files(repository)).isEqualTo(before);
        new Git(repository).assertSound();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesRemote(boolean isEmpty) throws Exception {
        Path bare = Git.sha256(temp.resolve("served/m.git"), "--bare");
        if (!isEmpty) {
            commitTo(bare, true);
        }
        List<Path> before = files(bare);

        try (GitHttpServer server = GitHttpServer.serve(temp.resolve("served"))) {
            assertRefused(server.url("m.git"));
        }
        assertThat(FakeSsh.running(temp).record("ssh://git@host.example" + bare))
                .contains(REFUSAL);

        assertThat(files(bare)).isEqualTo(before);
    }

    @Test
    void refusesOriginOfWorkingCopy() throws Exception {
        Path bare = Git.sha256(temp.resolve("m.git"), "--bare");
        Path mine = Git.repository(temp.resolve("mine"));
        new Git(mine).run("remote", "add", "origin", bare.toString());

        assertRefused(mine.toString());
    }

    private void assertRefused(String location) {
        assertThatThrownBy(() ->
                        MetadataRepository.open(Workbench.settings(location, temp.resolve("state")), Workbench.clock()))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.UNUSABLE))
                .hasMessageContaining(REFUSAL);
    }

    private void commitTo(Path repository, boolean isBare) throws Exception {
        Path work = isBare ? Git.clone(repository, temp.resolve("work")) : repository;
        new Git(work).run("commit", "-q", "--allow-empty", "-m", "first");
        if (isBare) {
            new Git(work).run("push", "-q", "origin", "HEAD:main");
        }
    }

    private static List<Path> files(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }
}
