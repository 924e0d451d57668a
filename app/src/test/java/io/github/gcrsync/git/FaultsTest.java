package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Sample;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leftovers of a killed run do not stop the next one. */
class FaultsTest {
    @TempDir
    Path temp;

    private Path state() {
        return temp.resolve("state");
    }

    private Published record(Path location, String... images) {
        try (MetadataRepository repository = Workbench.open(location, state())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries(images));
            return ledger.checkpoint();
        }
    }

    private Path cache() throws Exception {
        try (Stream<Path> folders = Files.list(state().resolve("metadata"))) {
            return folders.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    /** Simulates that the previous run was killed. */
    private static void died(Path metadata) throws Exception {
        Files.writeString(
                metadata.resolve(".git").resolve(ProcessLock.FILE),
                "pid 999999 since " + Instant.now().minusSeconds(5) + "\n");
    }

    private static List<Path> files(Path folder, String ending) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    @Test
    void clonesBrokenCacheAgain() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(bare, "a:1");
        GitFiles.delete(cache());
        record(bare, "b:1");
        List<Path> packs = files(cache(), ".pack");
        assertThat(packs).isNotEmpty();
        for (Path pack : packs) {
            pack.toFile().setWritable(true);
            try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
                file.setLength(file.length() / 2);
            }
        }
        record(bare, "c:1");
        Files.writeString(cache().resolve("HEAD"), "");
        record(bare, "d:1");
        Files.writeString(cache().resolve("config"), "[core\n");
        record(bare, "e:1");
        for (Path object : files(cache().resolve("objects"), "")) {
            if (Files.isRegularFile(object)) {
                object.toFile().setWritable(true);
                Files.write(object, new byte[0]);
            }
        }
        record(bare, "f:1");
        assertThat(new Git(bare).list("master")).contains("a:1", "b:1", "c:1", "d:1", "e:1", "f:1");
        new Git(bare).assertSound();
    }

    @Test
    void packsCacheWithManyLooseObjects() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(bare, "a:1");
        assertThat(files(cache(), ".pack")).isEmpty();
        // git and JGit estimate the total from this one folder of 256
        Path sample = Files.createDirectories(cache().resolve("objects/17"));
        for (int i = 0; i < 30; i++) {
            Files.createFile(sample.resolve(String.format("%038x", i)));
        }
        record(bare, "b:1");
        assertThat(files(cache(), ".pack")).isNotEmpty();
        new Git(bare).assertSound();
    }

    @Test
    void pushesUnpushedCommitInNextRun() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(bare, "a:1");
        try (MetadataRepository repository = Workbench.open(bare, state())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("b:1"));
            Files.move(bare, temp.resolve("away.git"));
            assertThatThrownBy(ledger::checkpoint)
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.UNREACHABLE));
            assertThat(ledger.mirrored(Sample.name("b"), "1")).isPresent();
        }
        Files.move(temp.resolve("away.git"), bare);
        try (MetadataRepository other = Workbench.open(bare, temp.resolve("other"))) {
            Ledger ledger = Workbench.ledger(other);
            ledger.record(entries("c:1"));
            assertThat(ledger.checkpoint().pushed()).isTrue();
        }
        try (MetadataRepository repository = Workbench.open(bare, state())) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.mirrored(Sample.name("b"), "1")).isPresent();
            assertThat(ledger.mirrored(Sample.name("c"), "1")).isPresent();
            assertThat(ledger.checkpoint().pushed()).isTrue();
        }
        assertThat(new Git(bare).list("master")).contains("a:1", "b:1", "c:1");
        assertThat(new Git(bare).run("rev-list", "--count", "master").strip()).isEqualTo("4");
    }

    @Test
    void deletesStaleLocksOfCache() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        record(bare, "a:1");
        Files.createFile(cache().resolve("refs/heads/master.lock"));
        Files.createFile(cache().resolve("refs/remotes/origin/master.lock"));
        Files.createFile(cache().resolve("config.lock"));
        assertThat(record(bare, "b:1").pushed()).isTrue();
        assertThat(files(cache(), ".lock")).isEmpty();
    }

    /** The branch moves first, then each file, the index last; a killed run leaves any state in between. */
    @Test
    void recoversFilesWrittenBeforeIndex() throws Exception {
        Path metadata = temp.resolve("metadata");
        record(metadata, "a:1");
        Files.delete(metadata.resolve(".git/index"));
        died(metadata);
        record(metadata, "b:1");
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();

        byte[] before = Files.readAllBytes(metadata.resolve(".git/index"));
        record(metadata, "c:1");
        Files.write(metadata.resolve(".git/index"), before);
        Files.writeString(metadata.resolve(Sample.NAMESPACE).resolve("._ImageList123.tmp"), "half");
        Files.writeString(metadata.resolve(Sample.NAMESPACE).resolve(FlushedFiles.TEMPORARY), "half");
        died(metadata);
        record(metadata, "d:1");
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();

        died(metadata); // When only the lock was not released.
        record(metadata, "e:1");
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();
        assertThat(new Git(metadata).list("master")).contains("a:1", "b:1", "c:1", "d:1", "e:1");
        new Git(metadata).assertSound();
    }

    @Test
    void keepsAndNamesFileInTheWay() throws Exception {
        Path metadata = temp.resolve("metadata");
        record(metadata, "a:1");
        Files.delete(metadata.resolve(".git/index"));
        Path list = metadata.resolve(Sample.NAMESPACE).resolve("ImageList");
        Files.writeString(list, "mine");
        died(metadata);

        assertThatThrownBy(() -> record(metadata, "b:1"))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("uncommitted changes to")
                .hasMessageContaining("ImageList");
        assertThat(list).hasContent("mine");
    }

    @Test
    void deletesStaleLocksOfWorkingCopy() throws Exception {
        Path metadata = temp.resolve("metadata");
        record(metadata, "a:1");
        Path git = metadata.resolve(".git");
        died(metadata);
        Files.createFile(git.resolve("index.lock"));
        Files.createFile(git.resolve("refs/heads/master.lock"));
        assertThat(record(metadata, "b:1").commit()).isPresent();
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();
    }

    @Test
    void namesForeignLock() throws Exception {
        Path metadata = temp.resolve("metadata");
        record(metadata, "a:1");
        Path lock = Files.createFile(metadata.resolve(".git/refs/heads/master.lock"));
        assertThatThrownBy(() -> record(metadata, "b:1"))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.LOCKED))
                .hasMessageContaining(lock.toString());
        assertThat(lock).exists();
        Files.delete(lock);
        Path index = Files.createFile(metadata.resolve(".git/index.lock"));
        assertThatThrownBy(() -> record(metadata, "b:1"))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.LOCKED))
                .hasMessageContaining(index.toString());
        Files.delete(index);
        assertThat(record(metadata, "b:1").commit()).isPresent();
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();
    }

    @Test
    void updatesFilesAfterKilledRun() throws Exception {
        Path metadata = temp.resolve("metadata");
        record(metadata, "a:1");
        Path git = metadata.resolve(".git");
        byte[] index = Files.readAllBytes(git.resolve("index"));
        Path list = metadata.resolve("google-containers/ImageList");
        Path readme = metadata.resolve("google-containers/README.md");
        Path digests = metadata.resolve("google-containers/ImageDigests");
        List<byte[]> before =
                List.of(Files.readAllBytes(list), Files.readAllBytes(readme), Files.readAllBytes(digests));
        record(metadata, "b:1");
        // as if killed between moving the branch and writing the files
        Files.write(git.resolve("index"), index);
        Files.write(list, before.get(0));
        Files.write(readme, before.get(1));
        Files.write(digests, before.get(2));
        Files.writeString(git.resolve(ProcessLock.FILE), "pid 999999 since " + Instant.now() + "\n");

        record(metadata, "c:1");
        assertThat(Files.readString(list)).contains("a:1", "b:1", "c:1");
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"submodule", "linked work tree"})
    void keepsLockInGitFolderIfDotGitIsFile(String kind) throws Exception {
        Path outer = Git.repository(temp.resolve("outer"));
        Path metadata = outer.resolve("metadata");
        boolean isSubmodule = kind.equals("submodule");
        if (isSubmodule) {
            Path bare = Git.bare(temp.resolve("m.git"));
            record(bare, "a:1");
            new Git(outer)
                    .run("-c", "protocol.file.allow=always", "submodule", "add", "-q", bare.toString(), "metadata");
        } else {
            new Git(outer).run("commit", "-q", "--allow-empty", "-m", "first");
            new Git(outer).run("worktree", "add", "-q", "-b", "mirror", metadata.toString());
        }
        record(metadata, "b:1");
        Path gitFolder = outer.resolve(isSubmodule ? ".git/modules/metadata" : ".git/worktrees/metadata");
        Path lock = gitFolder.resolve(ProcessLock.FILE);
        assertThat(files(outer, ".lock")).containsExactly(lock);

        Files.writeString(lock, "pid 999999 since " + Instant.now().minusSeconds(5) + "\n");
        Files.createFile(gitFolder.resolve("index.lock"));
        Files.createFile(
                isSubmodule
                        ? gitFolder.resolve("refs/heads/master.lock")
                        : outer.resolve(".git/refs/heads/mirror.lock"));
        record(metadata, "c:1");
        assertThat(files(outer, ".lock")).containsExactly(lock);
        assertThat(new Git(metadata).list("HEAD")).contains("b:1", "c:1");
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();
    }

    @Test
    void completesPartialRepositoryAfterKilledRun() throws Exception {
        Path metadata = temp.resolve("metadata");
        Files.createDirectories(metadata.resolve(".git/refs/heads"));
        Files.createDirectories(metadata.resolve(".git/objects/pack"));
        assertThat(record(metadata, "a:1").commit()).isPresent();
        new Git(metadata).assertSound();

        Path bare = temp.resolve("metadata.git");
        Files.createDirectories(bare.resolve("refs/tags"));
        Files.writeString(bare.resolve("HEAD"), "ref: refs/heads/master\n");
        assertThat(record(bare, "a:1").pushed()).isTrue();
        new Git(bare).assertSound();
    }
}
