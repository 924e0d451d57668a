package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.digest;
import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.held;
import static io.github.gcrsync.ledger.Sample.heldBack;
import static io.github.gcrsync.ledger.Sample.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Sample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file Seen in git: its commits, and what several destinations and machines make of it. */
class HeldBackTest {
    private static final String SEEN = Sample.NAMESPACE + "/Seen";
    private static final String HEAD = "# gcrsync Seen 1\n";
    private static final String ACCEPTED = "accepted:1 " + digest("accepted:1") + " 1970-01-01T00:00:00Z\n";

    @TempDir
    Path temp;

    private static String row(String image, String content, Duration after) {
        Instant at = Sample.START.plus(after);
        return image + " " + digest(content) + " " + at + "\n";
    }

    private static String row(String image) {
        return row(image, image, Duration.ZERO);
    }

    private static Ledger further(MetadataRepository repository) {
        return repository.namespace(Sample.NAMESPACE, Sample.SOURCE, "oci:./elsewhere", "elsewhere", false, "");
    }

    private MetadataRepository machine(Path bare, String name, Duration after) {
        return Workbench.open(bare, temp.resolve(name), Sample.START.plus(after));
    }

    private static String seen(Path repository) throws Exception {
        return new String(new Git(repository).show("master", SEEN), StandardCharsets.UTF_8);
    }

    @Test
    void commitsSeenWithoutChangelog() throws Exception {
        Path metadata = temp.resolve("metadata");
        Git git = new Git(metadata);
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.hold(heldBack("pause:3.1", "etcd:3"));
            Published published = ledger.checkpoint();

            assertThat(published.commit())
                    .contains(git.run("rev-parse", "master").strip());
            assertThat(published.images()).isEqualTo(2);
            assertThat(repository.log(Sample.NAMESPACE, Optional.empty())).isEmpty();
            assertThat(ledger.others()).isEmpty();
            assertThat(ledger.checkpoint()).isEqualTo(new Published(Optional.empty(), false, 0));
        }
        assertThat(git.run("ls-tree", "-r", "--name-only", "master").strip()).isEqualTo(SEEN);
        assertThat(git.run("log", "--format=%s").strip()).isEqualTo("Auto sync at 2026-01-02 11:04:05");
        assertThat(metadata.resolve(SEEN)).hasContent(HEAD + row("etcd:3") + row("pause:3.1"));
        assertThat(git.run("status", "--porcelain")).isEmpty();
        git.assertSound();
    }

    @Test
    void keepsFileWithoutRows() throws Exception {
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            ledger.checkpoint();
            assertThat(metadata.resolve(SEEN)).doesNotExist();
            ledger.hold(heldBack("b:1", "c:1"));
            ledger.checkpoint();
            ledger.record(entries("b:1"));
            ledger.release(name("c"), "1");
            assertThat(ledger.checkpoint().images()).isEqualTo(2);
        }
        assertThat(Files.readString(metadata.resolve(SEEN))).isEqualTo(HEAD);
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.knows(name("c"))).isFalse();
            ledger.hold(heldBack("c:1"));
            ledger.checkpoint();
        }
        assertThat(Files.readString(metadata.resolve(SEEN))).isEqualTo(HEAD + row("c:1"));
        assertThat(new Git(metadata).run("status", "--porcelain")).isEmpty();
    }

    @Test
    void keepsTagsThatLedgerOfOtherDestinationHoldsBack() throws Exception {
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger first = Workbench.ledger(repository);
            Ledger second = further(repository);
            first.hold(heldBack("a:1", "both:1"));
            second.hold(heldBack("b:1", "both:1"));
            second.record(entries("c:1"));
            first.checkpoint();
            second.checkpoint();
            assertThat(seen(metadata)).isEqualTo(HEAD + row("a:1") + row("b:1") + row("both:1"));
            assertThat(second.seen(name("a"), "1", digest("a:1"))).contains(Sample.START);

            first.record(entries("b:1"));
            first.checkpoint();
            second.hold(heldBack("d:1"));
            second.checkpoint();
            first.release(name("d"), "1");
            first.checkpoint();
        }
        assertThat(seen(metadata)).isEqualTo(HEAD + row("a:1") + row("both:1"));
    }

    @Test
    void knowsDigestsOfOtherDestinations() throws Exception {
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger first = Workbench.ledger(repository);
            first.record(entries("a:1"));
            assertThat(first.mirroredAnywhere(name("a"), "1", digest("a:1"))).isTrue();
            first.checkpoint();
            Ledger second = further(repository);
            assertThat(second.mirroredAnywhere(name("a"), "1", digest("a:1"))).isTrue();
            assertThat(second.mirroredAnywhere(name("a"), "1", digest("moved"))).isFalse();
            assertThat(second.mirroredAnywhere(name("a"), "2", digest("a:1"))).isFalse();
            second.record(entries("b:1"));
            second.checkpoint();
        }
        Path digests = metadata.resolve(Sample.NAMESPACE + "/ImageDigests");
        Files.writeString(digests, Files.readString(digests) + "damaged\n");
        new Git(metadata).run("commit", "-qam", "damage");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger second = further(repository);
            assertThat(second.mirroredAnywhere(name("a"), "1", digest("a:1"))).isFalse();
            assertThat(second.mirroredAnywhere(name("b"), "1", digest("b:1"))).isTrue();
        }
    }

    @Test
    void mergesTagsOfTwoMachines() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        Duration hour = Duration.ofHours(1);
        try (MetadataRepository one = machine(bare, "one", Duration.ZERO);
                MetadataRepository two = machine(bare, "two", hour)) {
            Ledger first = Workbench.ledger(one);
            Ledger second = Workbench.ledger(two);
            first.hold(heldBack("a:1", "accepted:1", "same:1", "moves:1", "mirrored:1", "released:1"));
            first.checkpoint();
            second.hold(heldBack("b:1", "same:1"));
            second.accept(heldBack("accepted:1"));
            second.hold(List.of(held("moves:1", "moved")));
            second.checkpoint();
            assertThat(seen(bare))
                    .isEqualTo(HEAD
                            + row("a:1")
                            + ACCEPTED
                            + row("b:1", "b:1", hour)
                            + row("mirrored:1")
                            + row("moves:1", "moved", hour)
                            + row("released:1")
                            + row("same:1"));

            second.record(entries("mirrored:1"));
            first.release(name("released"), "1");
            first.hold(heldBack("c:1"));
            first.checkpoint();
            second.checkpoint();
        }
        assertThat(seen(bare))
                .isEqualTo(HEAD
                        + row("a:1")
                        + ACCEPTED
                        + row("b:1", "b:1", hour)
                        + row("c:1")
                        + row("moves:1", "moved", hour)
                        + row("same:1"));
        new Git(bare).assertSound();
    }

    @Test
    void mergesCommitThatWaitedForItsPush() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository one = machine(bare, "one", Duration.ZERO)) {
            Ledger first = Workbench.ledger(one);
            first.hold(heldBack("a:1", "b:1"));
            first.checkpoint();
            Git.clone(bare, metadata);
            Path away = Files.move(bare, temp.resolve("away.git"));
            assertThatThrownBy(() -> {
                        first.record(entries("a:1"));
                        first.hold(heldBack("c:1"));
                        first.checkpoint();
                    })
                    .isInstanceOf(LedgerException.class);
            Files.move(away, bare);
            try (MetadataRepository two = machine(metadata, "two", Duration.ofHours(1))) {
                Ledger second = Workbench.ledger(two);
                second.release(name("b"), "1");
                second.hold(heldBack("d:1"));
                second.checkpoint();
            }
            assertThat(first.checkpoint().pushed()).isTrue();
        }
        assertThat(seen(bare)).isEqualTo(HEAD + row("c:1") + row("d:1", "d:1", Duration.ofHours(1)));
        assertThat(new Git(bare)
                        .run("rev-list", "--merges", "--count", "master")
                        .strip())
                .isEqualTo("1");
        new Git(bare).assertSound();
    }

    @Test
    void keepsUncommittedChanges() throws Exception {
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.hold(heldBack("a:1"));
            ledger.checkpoint();
            Files.writeString(metadata.resolve(SEEN), HEAD);

            ledger.hold(heldBack("b:1"));
            assertThatThrownBy(ledger::checkpoint)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("uncommitted changes to " + SEEN);
            assertThatThrownBy(() -> Workbench.ledger(repository)).hasMessageContaining("uncommitted changes");
            assertThat(Files.readString(metadata.resolve(SEEN))).isEqualTo(HEAD);
        }
    }
}
