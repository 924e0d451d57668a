package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.digest;
import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.ImageList;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.ledger.Sighting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLogTest {
    @TempDir
    Path temp;

    private void run(Path location, int day, Consumer<Ledger> changes) {
        run(location, day, Sample.DESTINATION, changes);
    }

    private void run(Path location, int day, String destination, Consumer<Ledger> changes) {
        try (MetadataRepository repository =
                Workbench.open(location, temp.resolve("state-" + day), Sample.START.plus(Duration.ofDays(day)))) {
            Ledger ledger = repository.namespace(Sample.NAMESPACE, Sample.SOURCE, destination, "other", true, "");
            changes.accept(ledger);
            ledger.checkpoint();
        }
    }

    private List<String> log(Path location, Optional<String> image) {
        try (MetadataRepository repository = Workbench.open(location, temp.resolve("state"))) {
            return repository.log(Sample.NAMESPACE, image).stream()
                    .map(e -> e.at().toString().substring(0, 10) + " " + e.event() + " " + e.image()
                            + e.from().map(d -> " from " + name(d.value())).orElse("")
                            + e.to().map(d -> " to " + name(d.value())).orElse(""))
                    .toList();
        }
    }

    private static String name(String value) {
        return List.of("a:1", "b:1", "new", "newest").stream()
                .filter(content -> digest(content).value().equals(value))
                .findFirst()
                .orElse(value);
    }

    @Test
    void reportsEventsOfTag() {
        Path metadata = temp.resolve("metadata");
        run(metadata, 0, ledger -> ledger.record(entries("a:1", "b:1")));
        run(metadata, 1, ledger -> ledger.record(List.of(entry("a:1", "new"))));
        run(metadata, 2, ledger -> ledger.forget(Sample.name("b"), "1"));
        run(metadata, 3, ledger -> ledger.record(List.of(entry("a:1", "newest"))));
        run(metadata, 4, ledger -> ledger.adopt(entries("b:1")));
        assertThat(log(metadata, Optional.of("a:1")))
                .containsExactly(
                        "2026-01-05 MOVED a:1 from new to newest",
                        "2026-01-03 MOVED a:1 from a:1 to new",
                        "2026-01-02 MIRRORED a:1 to a:1");
        assertThat(log(metadata, Optional.of("b")))
                .containsExactly(
                        "2026-01-06 ADOPTED b:1 to b:1",
                        "2026-01-04 FORGOTTEN b:1 from b:1",
                        "2026-01-02 MIRRORED b:1 to b:1");
        assertThat(log(metadata, Optional.empty())).hasSize(6);
        assertThat(log(metadata, Optional.of("c"))).isEmpty();
        assertThat(log(temp.resolve("empty"), Optional.empty())).isEmpty();
    }

    @Test
    void distinguishesPrunedFromForgotten() throws Exception {
        Path metadata = temp.resolve("metadata");
        run(metadata, 0, ledger -> ledger.record(entries("a:1", "b:1")));
        run(metadata, 1, ledger -> ledger.sighted(List.of(new Sighting(Sample.name("a"), "1", Sighting.State.GONE))));
        run(metadata, 2, ledger -> ledger.pruned(ledger.recorded().limit(1).toList(), false));
        run(metadata, 3, ledger -> ledger.forget(Sample.name("b"), "1"));
        run(metadata, 4, ledger -> ledger.record(entries("a:1")));

        assertThat(log(metadata, Optional.empty()))
                .containsExactly(
                        "2026-01-06 MIRRORED a:1 to a:1",
                        "2026-01-05 FORGOTTEN b:1 from b:1",
                        "2026-01-04 PRUNED a:1 from a:1",
                        "2026-01-02 MIRRORED a:1 to a:1",
                        "2026-01-02 MIRRORED b:1 to b:1");
        assertThat(new Git(metadata).run("log", "--format=%s").lines().toList().get(2))
                .isEqualTo("Auto prune at 2026-01-04 11:04:05");
    }

    @Test
    void reportsCopyToAnotherDestinationAsMirrored() {
        Path metadata = temp.resolve("metadata");
        run(metadata, 0, ledger -> ledger.record(entries("a:1", "b:1")));
        run(metadata, 1, "elsewhere.example.com", ledger -> {
            ledger.adopt(entries("b:1"));
            ledger.record(entries("a:1"));
        });
        run(metadata, 2, "elsewhere.example.com", ledger -> ledger.forget(Sample.name("a"), "1"));
        run(metadata, 3, "elsewhere.example.com", ledger -> ledger.record(entries("a:1")));

        assertThat(log(metadata, Optional.empty()))
                .containsExactlyInAnyOrder(
                        "2026-01-05 MIRRORED a:1 to a:1",
                        "2026-01-04 FORGOTTEN a:1 from a:1",
                        "2026-01-03 MIRRORED a:1 to a:1",
                        "2026-01-03 ADOPTED b:1 to b:1",
                        "2026-01-02 MIRRORED a:1 to a:1",
                        "2026-01-02 MIRRORED b:1 to b:1");
    }

    @Test
    void reportsEntriesOfOriginalWithoutDigests() throws Exception {
        Path metadata = Git.repository(temp.resolve("metadata"));
        Files.createDirectories(metadata.resolve(Sample.NAMESPACE));
        Files.write(metadata.resolve("google-containers/ImageList"), ImageList.json(List.of("a:1")));
        new Git(metadata).run("add", ".");
        new Git(metadata).run("commit", "-q", "-m", "old", "--date=2020-01-01T00:00:00Z");
        run(metadata, 0, ledger -> ledger.adopt(entries("a:1")));
        assertThat(log(metadata, Optional.of("a:1")))
                .hasSize(2)
                .anyMatch(line -> line.equals("2026-01-02 ADOPTED a:1 to a:1"))
                .anyMatch(line -> line.endsWith("MIRRORED a:1"));
    }

    @Test
    void reportsMergedEventsOnce() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        run(bare, 0, ledger -> ledger.record(entries("x:1")));
        try (MetadataRepository one = Workbench.open(bare, temp.resolve("one"));
                MetadataRepository two = Workbench.open(bare, temp.resolve("two"))) {
            Ledger first = Workbench.ledger(one);
            Ledger second = Workbench.ledger(two);
            first.record(entries("a:1"));
            first.checkpoint();
            second.record(entries("b:1"));
            second.checkpoint();
        }
        assertThat(new Git(bare)
                        .run("rev-list", "--merges", "--count", "master")
                        .strip())
                .isEqualTo("1");
        assertThat(log(bare, Optional.empty()))
                .hasSize(3)
                .contains("2026-01-02 MIRRORED a:1 to a:1", "2026-01-02 MIRRORED b:1 to b:1");
    }
}
