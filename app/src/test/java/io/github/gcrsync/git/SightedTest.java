package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.entry;
import static io.github.gcrsync.ledger.Sample.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.ledger.Sighting;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines record at the same time what is gone at the source, what is wanted again, and what was pruned. */
class SightedTest {
    private static final long START = Sample.START.getEpochSecond();

    @TempDir
    Path temp;

    private Path bare = Path.of("");

    @BeforeEach
    void mirrored() throws Exception {
        bare = Git.bare(temp.resolve("metadata.git"));
        try (MetadataRepository repository =
                Workbench.open(bare, temp.resolve("first"), Sample.START.minusSeconds(9))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1", "b:1"));
            ledger.checkpoint();
        }
    }

    /** The second machine records a second later, before it knows of the commit of the first. */
    private List<String> meet(Consumer<Ledger> first, Consumer<Ledger> second) throws Exception {
        try (MetadataRepository one = Workbench.open(bare, temp.resolve("one"));
                MetadataRepository two = Workbench.open(bare, temp.resolve("two"), Sample.START.plusSeconds(1))) {
            Ledger here = Workbench.ledger(one);
            Ledger there = Workbench.ledger(two);
            first.accept(here);
            second.accept(there);
            here.checkpoint();
            there.checkpoint();
        }
        new Git(bare).assertSound();
        try (MetadataRepository repository = Workbench.open(bare, temp.resolve("last"))) {
            return Workbench.ledger(repository)
                    .recorded()
                    .map(image -> image.image() + " " + image.attributes())
                    .toList();
        }
    }

    private static Consumer<Ledger> sees(Sighting.State state) {
        return ledger -> ledger.sighted(List.of(new Sighting(name("a"), "1", state)));
    }

    @Test
    void keepsMarksOfBoth() throws Exception {
        assertThat(meet(sees(Sighting.State.GONE), sees(Sighting.State.UNSELECTED)))
                .containsExactly("a:1 by=copied gone=" + START + " unselected=" + (START + 1), "b:1 by=copied");
    }

    @Test
    void keepsLaterTimeOfSameMark() throws Exception {
        assertThat(meet(sees(Sighting.State.GONE), sees(Sighting.State.GONE)))
                .containsExactly("a:1 by=copied gone=" + (START + 1), "b:1 by=copied");
    }

    @Test
    void dropsMarkOfImageThatMoved() throws Exception {
        assertThat(meet(sees(Sighting.State.GONE), ledger -> ledger.record(List.of(entry("a:1", "moved")))))
                .containsExactly("a:1 by=copied", "b:1 by=copied");
    }

    @Test
    void keepsImagePrunedThatOtherMachineMarks() throws Exception {
        assertThat(meet(SightedTest::prune, sees(Sighting.State.GONE))).containsExactly("b:1 by=copied");
    }

    @Test
    void keepsImageThatMovedWhileItWasPruned() throws Exception {
        assertThat(meet(SightedTest::prune, ledger -> ledger.record(List.of(entry("a:1", "moved")))))
                .containsExactly("a:1 by=copied check=due", "b:1 by=copied");
        assertThat(meet(ledger -> ledger.record(List.of(entry("a:1", "moved again"))), SightedTest::prune))
                .containsExactly("a:1 by=copied check=due", "b:1 by=copied");
    }

    @Test
    void marksWhatWasStoredBesidePruning() throws Exception {
        assertThat(meet(SightedTest::prune, stores("a:2", "b:2")))
                .containsExactly("a:2 by=copied check=due", "b:1 by=copied", "b:2 by=copied check=due");
        assertThat(meet(confirms("a:2"), _ -> {}))
                .as("checked")
                .containsExactly("a:2 by=copied", "b:1 by=copied", "b:2 by=copied check=due");
    }

    @Test
    void marksWhatWasStoredBeforePruningIsKnown() throws Exception {
        assertThat(meet(stores("a:2", "b:2"), SightedTest::prune))
                .containsExactly("a:2 by=copied check=due", "b:1 by=copied", "b:2 by=copied check=due");
    }

    @Test
    void marksWhatIsRecordedAfterTheFirstCommit() throws Exception {
        assertThat(meet(SightedTest::prune, ledger -> {
                    ledger.record(entries("b:2"));
                    ledger.checkpoint();
                    ledger.record(entries("a:2"));
                }))
                .containsExactly("a:2 by=copied check=due", "b:1 by=copied", "b:2 by=copied check=due");
    }

    /** Both stored the image, but neither knows whether that was before or after the deletion. */
    @Test
    void keepsMarkThatRunDoesNotKnow() throws Exception {
        assertThat(meet(
                        ledger -> {
                            try (MetadataRepository other = Workbench.open(bare, temp.resolve("pruning"))) {
                                Ledger pruning = Workbench.ledger(other);
                                stores("a:2").accept(ledger);
                                ledger.checkpoint();
                                prune(pruning);
                                pruning.checkpoint();
                            }
                        },
                        stores("a:2")))
                .containsExactly("a:2 by=copied check=due", "b:1 by=copied");
    }

    @Test
    void marksWhatWasStoredSinceImageWentThatAnEarlierPruneDeleted() throws Exception {
        meet(sees(Sighting.State.GONE), stores("a:2"));
        assertThat(meet(ledger -> ledger.pruned(ledger.recorded().limit(1).toList(), true), _ -> {}))
                .containsExactly("a:2 by=copied check=due", "b:1 by=copied");
    }

    private static Consumer<Ledger> stores(String... images) {
        return ledger -> ledger.record(entries(images));
    }

    private static Consumer<Ledger> confirms(String... images) {
        return ledger -> ledger.adopt(entries(images));
    }

    private static void prune(Ledger ledger) {
        ledger.pruned(ledger.recorded().limit(1).toList(), false);
    }

    @Test
    void makesCommitOnlyIfSightingIsNew() {
        try (MetadataRepository repository = Workbench.open(bare, temp.resolve("one"))) {
            Ledger ledger = Workbench.ledger(repository);
            sees(Sighting.State.SELECTED).accept(ledger);
            assertThat(ledger.checkpoint()).isEqualTo(new Published(Optional.empty(), false, 0));
            sees(Sighting.State.GONE).accept(ledger);
            assertThat(ledger.checkpoint().images()).isEqualTo(1);
            sees(Sighting.State.GONE).accept(ledger);
            assertThat(ledger.checkpoint()).isEqualTo(new Published(Optional.empty(), false, 0));
            assertThat(ledger.recorded().map(Recorded::image)).containsExactly("a:1", "b:1");
        }
    }
}
