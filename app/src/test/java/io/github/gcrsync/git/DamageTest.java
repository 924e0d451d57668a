package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.heldBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged file stops the run, and the message says how to restore it. */
class DamageTest {
    @TempDir
    Path temp;

    private Path metadata = Path.of("");
    private Path folder = Path.of("");
    private Git git = new Git(metadata);
    private String good = "";

    @BeforeEach
    void recordTwice() throws Exception {
        metadata = temp.resolve("metadata");
        folder = metadata.resolve(Sample.NAMESPACE);
        git = new Git(metadata);
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            ledger.checkpoint();
            ledger.record(entries("b:1"));
            ledger.hold(heldBack("c:1"));
            good = ledger.checkpoint().commit().orElseThrow();
        }
    }

    private void commit(String file, String content) throws Exception {
        good = git.run("rev-parse", "HEAD").strip();
        Files.writeString(folder.resolve(file), content);
        git.run("commit", "-q", "-am", "by hand");
    }

    private void assertRefused(LedgerException.Kind kind, String... messages) {
        assertThatThrownBy(() -> {
                    try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
                        Ledger ledger = Workbench.ledger(repository);
                        ledger.listed(Sample.name("a"), "1");
                    }
                })
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e.getMessage()).contains(messages));
    }

    @Test
    void namesDamagedLineAndCommitToRestore() throws Exception {
        String content = Files.readString(folder.resolve("ImageDigests"));
        commit("ImageDigests", content.replace("b:1 sha256:", "b:1 sha999:"));
        git.run("commit", "-q", "--allow-empty", "-m", "one more");
        assertRefused(
                LedgerException.Kind.DAMAGED,
                "google-containers/ImageDigests",
                "line 5",
                "git show " + good + ":google-containers/ImageDigests");

        Files.write(folder.resolve("ImageDigests"), git.show(good, "google-containers/ImageDigests"));
        git.run("commit", "-q", "-am", "restored");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            assertThat(Workbench.ledger(repository).recorded()).hasSize(2);
        }
    }

    @Test
    void namesDamagedLineOfSeen() throws Exception {
        String content = Files.readString(folder.resolve("Seen"));
        commit("Seen", content.replace("sha256:", "sha999:"));
        assertRefused(
                LedgerException.Kind.DAMAGED,
                "google-containers/Seen in commit",
                "line 2: not a digest",
                "restore it with: git show " + good + ":google-containers/Seen > google-containers/Seen");

        commit("Seen", "<<<<<<< HEAD\n" + content);
        assertRefused(LedgerException.Kind.CONFLICT, "Seen", "line 1 is a merge conflict marker");
        commit("Seen", "# gcrsync Seen 2\n{}\n");
        assertRefused(LedgerException.Kind.NEWER, "google-containers/Seen", "format version 2", "upgrade gcrsync");
        commit("Seen", content);
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            assertThat(Workbench.ledger(repository).knows(Sample.name("c"))).isTrue();
        }
    }

    @Test
    void reportsConflictMarkers() throws Exception {
        String readme = Files.readString(folder.resolve("README.md"));
        commit("README.md", "<<<<<<< HEAD\n" + readme + "=======\nx\n>>>>>>> other\n");
        assertRefused(LedgerException.Kind.CONFLICT, "README.md", "line 1 is a merge conflict marker", good);
        commit("README.md", readme + "\n<<<<<<< is how a conflict begins\n");
        commit("ImageList", "[\n<<<<<<< HEAD\n    \"a:1\"\n=======\n>>>>>>> other\n]");
        assertRefused(LedgerException.Kind.CONFLICT, "ImageList", "line 2 is a merge conflict marker", good);
        commit("ImageList", "[\n    \"a:1\",\n    \"b:1\"\n]");
        commit("ImageDigests", "<<<<<<< HEAD\n" + Files.readString(folder.resolve("ImageDigests")));
        assertRefused(LedgerException.Kind.CONFLICT, "ImageDigests", "line 1 is a merge conflict marker", good);
    }

    @Test
    void refusesNewerFormat() throws Exception {
        commit("ImageDigests", "# gcrsync ImageDigests 3\n{}\n");
        assertRefused(LedgerException.Kind.NEWER, "format version 3", "upgrade gcrsync");
    }

    @Test
    void refusesFolderInPlaceOfFile() throws Exception {
        git.run("rm", "-q", "google-containers/ImageDigests");
        Files.createDirectories(folder.resolve("ImageDigests"));
        Files.writeString(folder.resolve("ImageDigests/x"), "x");
        git.run("add", ".");
        git.run("commit", "-q", "-m", "odd");
        assertRefused(LedgerException.Kind.DAMAGED, "is not a file");
    }
}
