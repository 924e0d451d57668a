package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.digest;
import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.entry;
import static io.github.gcrsync.ledger.Sample.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.ImageList;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerContract;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run reads and records, in a new repository with a work tree. */
class LedgerTest extends LedgerContract {
    @TempDir
    Path temp;

    private Path metadata = Path.of("");
    private Path folder = Path.of("");
    private Git git = new Git(metadata);
    private Optional<MetadataRepository> ofContract = Optional.empty();

    @BeforeEach
    void place() {
        metadata = temp.resolve("some/where/metadata");
        folder = metadata.resolve(Sample.NAMESPACE);
        git = new Git(metadata);
    }

    @Override
    protected Ledger empty(String rule, Clock now) {
        MetadataSettings settings = Workbench.settings(metadata.toString(), temp.resolve("state"));
        ofContract = Optional.of(MetadataRepository.open(settings, now));
        return Workbench.ledger(ofContract.get(), rule);
    }

    @AfterEach
    void close() {
        ofContract.ifPresent(MetadataRepository::close);
    }

    private MetadataRepository open() {
        return Workbench.open(metadata, temp.resolve("state"));
    }

    private MetadataRepository later(Duration by) {
        return Workbench.open(metadata, temp.resolve("state"), Sample.START.plus(by));
    }

    private String read(String file) throws Exception {
        return Files.readString(folder.resolve(file));
    }

    @Test
    void recordsFirstImagesInNewRepository() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.mirrored(name("pause"), "3.1")).isEmpty();
            assertThat(ledger.listed(name("pause"), "3.1")).isFalse();
            ledger.record(entries("pause:3.1", "etcd:3"));
            assertThat(ledger.mirrored(name("pause"), "3.1")).contains(digest("pause:3.1"));

            Published published = ledger.checkpoint();
            assertThat(published.pushed()).isFalse();
            assertThat(published.images()).isEqualTo(2);
            assertThat(git.run("rev-parse", "master").strip())
                    .isEqualTo(published.commit().orElseThrow());
        }
        assertThat(read("ImageList")).isEqualTo("[\n    \"etcd:3\",\n    \"pause:3.1\"\n]");
        assertThat(read("README.md")).isEqualTo("""
                        ### 2026-01-02 11:04:05 Update(num: 2):

                        - [gcr.io/google-containers/pause:3.1](https://hub.docker.com/r/gcrcontainer/pause/tags)
                        - [gcr.io/google-containers/etcd:3](https://hub.docker.com/r/gcrcontainer/etcd/tags)
                        """);
        assertThat(read("ImageDigests"))
                .isEqualTo("# gcrsync ImageDigests 2\n# destination docker.io/gcrcontainer\n"
                        + "# source gcr.io/google-containers\n"
                        + "etcd:3 " + digest("etcd:3") + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z by=copied\n"
                        + "pause:3.1 " + digest("pause:3.1")
                        + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z by=copied\n");
        assertThat(git.run("log", "--format=%an <%ae> %cn %ad | %s | %b", "--date=iso"))
                .isEqualTo("Late Lee <li@latelee.org> Late Lee 2026-01-02 11:04:05 +0800"
                        + " | Auto sync at 2026-01-02 11:04:05 | \n");
        assertThat(git.run("status", "--porcelain")).isEmpty();
        git.assertSound();
    }

    @Test
    void makesNoCommitWithoutChanges() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.checkpoint().commit()).isEmpty();
            ledger.record(entries("pause:3.1"));
            ledger.checkpoint();
            ledger.record(entries("pause:3.1"));
            ledger.adopt(entries("pause:3.1"));
            assertThat(ledger.checkpoint()).isEqualTo(new Published(Optional.empty(), false, 0));
        }
        assertThat(git.run("rev-list", "--count", "master").strip()).isEqualTo("1");
    }

    @Test
    void sharesOneEntryBetweenCheckpoints() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger first = Workbench.ledger(repository);
            first.record(entries("old:1"));
            first.checkpoint();
        }
        String old = read("README.md");
        try (MetadataRepository repository = later(Duration.ofHours(1))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("b:1"));
            ledger.checkpoint();
            ledger.record(entries("a:1", "c:1"));
            ledger.checkpoint();
            ledger.record(entries("d:1"));
            ledger.checkpoint();
        }
        assertThat(read("README.md"))
                .isEqualTo("### 2026-01-02 12:04:05 Update(num: 4):\n\n"
                        + List.of("b", "a", "c", "d").stream()
                                .map(n -> "- [gcr.io/google-containers/" + n
                                        + ":1](https://hub.docker.com/r/gcrcontainer/" + n + "/tags)\n")
                                .reduce("", String::concat)
                        + old);
        assertThat(git.run("rev-list", "--count", "master").strip()).isEqualTo("4");
        git.assertSound();
    }

    @Test
    void recordsMovedTag() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("pause:latest"));
            ledger.checkpoint();
        }
        try (MetadataRepository repository = later(Duration.ofDays(1))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(List.of(entry("pause:latest", "another image")));
            assertThat(ledger.checkpoint().images()).isEqualTo(1);
        }
        assertThat(read("ImageList")).isEqualTo("[\n    \"pause:latest\"\n]");
        assertThat(read("README.md").lines().filter(line -> line.contains("pause:latest")))
                .hasSize(2);
        assertThat(read("ImageDigests"))
                .endsWith("pause:latest " + digest("another image")
                        + " 2026-01-02T03:04:05Z 2026-01-03T03:04:05Z by=copied\n");
    }

    @Test
    void adoptsRepositoryOfOriginal() throws Exception {
        Git.repository(Files.createDirectories(metadata));
        Files.createDirectories(folder);
        Files.write(folder.resolve("ImageList"), ImageList.json(List.of("a:1", "b:1")));
        Files.writeString(folder.resolve("README.md"), "as it was\n");
        git.run("add", ".");
        git.run("commit", "-q", "-m", "as it was");
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.listed(name("a"), "1")).isTrue();
            assertThat(ledger.mirrored(name("a"), "1")).isEmpty();
            ledger.adopt(entries("a:1"));
            ledger.record(entries("b:1"));
            ledger.adopt(entries("c:1"));
            assertThat(ledger.checkpoint().images()).isEqualTo(3);
            assertThat(ledger.recorded().map(Recorded::name)).containsExactly(name("a"), name("b"), name("c"));
            assertThat(read("ImageList")).isEqualTo("[\n    \"a:1\",\n    \"b:1\",\n    \"c:1\"\n]");
        }
        assertThat(read("README.md"))
                .startsWith("### 2026-01-02 11:04:05 Update(num: 2):\n\n- [gcr.io/google-containers/b:1]")
                .doesNotContain("a:1")
                .contains("c:1")
                .endsWith("\nas it was\n");
    }

    @Test
    void keepsDigestsOfEachDestination() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1", "b:1"));
            ledger.checkpoint();
            Ledger other =
                    repository.namespace(Sample.NAMESPACE, Sample.SOURCE, "oci:./elsewhere", "elsewhere", false, "");
            assertThat(read("ImageDigests")).contains("# destination " + Sample.DESTINATION + "\n");
            assertThat(other.mirrored(name("a"), "1")).isEmpty();
            assertThat(other.listed(name("a"), "1")).isTrue();
            assertThat(other.checkpoint().commit()).isEmpty();
            other.adopt(entries("a:1"));
            other.checkpoint();
            assertThat(other.mirrored(name("a"), "1")).isPresent();
        }
        assertThat(read("ImageDigests"))
                .contains("# destination " + Sample.DESTINATION + "\n")
                .contains("\na:1 ", "\nb:1 ");
        assertThat(read("ImageDigests.elsewhere"))
                .contains("# destination oci:./elsewhere\n# source " + Sample.SOURCE + "\na:1 ")
                .doesNotContain("b:1");
        assertThat(read("ImageList")).contains("b:1");
        assertThat(read("README.md").lines().filter(line -> line.contains("a:1")))
                .as("a second destination adds no line for an image that is listed")
                .hasSize(1);
    }

    @Test
    void findsDigestsByDestinationWhateverTheNameOfTheFile() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            ledger.checkpoint();
            Ledger other =
                    repository.namespace(Sample.NAMESPACE, Sample.SOURCE, "oci:./elsewhere", "before", false, "");
            other.record(entries("a:1", "c:1"));
            other.checkpoint();
        }
        try (MetadataRepository repository = open()) {
            Ledger renamed =
                    repository.namespace(Sample.NAMESPACE, Sample.SOURCE, "oci:./elsewhere", "after", false, "");
            assertThat(renamed.mirrored(name("c"), "1")).isPresent();
            renamed.record(entries("d:1"));
            renamed.checkpoint();
            Ledger moved = repository.namespace(Sample.NAMESPACE, Sample.SOURCE, "oci:./moved", "before", false, "");
            assertThat(moved.mirrored(name("c"), "1"))
                    .as("of another destination, whose file has the name")
                    .isEmpty();
        }
        assertThat(read("ImageDigests.before")).contains("\nd:1 ");
    }

    @Test
    void forgetsDigestButKeepsTagListed() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1", "b:1"));
            ledger.checkpoint();
            ledger.forget(name("a"), "1");
            assertThat(ledger.mirrored(name("a"), "1")).isEmpty();
            assertThat(ledger.recorded()).hasSize(1);
            assertThat(ledger.checkpoint().images()).isEqualTo(1);
            assertThat(ledger.listed(name("a"), "1")).isTrue();
        }
        assertThat(read("ImageDigests")).doesNotContain("a:1");
        assertThat(read("README.md")).contains("Update(num: 2)");
    }

    @Test
    void previewsFilesOfCheckpoint() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.preview().imageList()).isEmpty();
            ledger.record(entries("a:1"));
            ledger.checkpoint();
            ledger.record(entries("b:1"));
            Ledger.Preview preview = ledger.preview();
            assertThat(read("ImageList")).doesNotContain("b:1");
            ledger.checkpoint();
            assertThat(preview.imageList()).isEqualTo(Files.readAllBytes(folder.resolve("ImageList")));
            assertThat(preview.readme()).isEqualTo(Files.readAllBytes(folder.resolve("README.md")));
            assertThat(preview.imageDigests()).isEqualTo(Files.readAllBytes(folder.resolve("ImageDigests")));
        }
    }

    @Test
    void keepsEntriesOfConcurrentRun() throws Exception {
        try (MetadataRepository one = open();
                MetadataRepository two = later(Duration.ofSeconds(7))) {
            Ledger first = Workbench.ledger(one);
            Ledger second = Workbench.ledger(two);
            first.record(entries("a:1", "same:1"));
            second.record(entries("b:1", "same:1"));
            first.checkpoint();
            second.checkpoint();
            first.record(entries("c:1"));
            first.checkpoint();
            second.record(entries("d:1"));
            second.checkpoint();
            assertThat(second.mirrored(name("c"), "1")).isPresent();
        }
        assertThat(read("ImageList").lines().filter(line -> line.contains(":1")))
                .hasSize(5);
        assertThat(read("README.md")).contains("11:04:05 Update(num: 3)", "11:04:12 Update(num: 2)");
        assertThat(git.run("status", "--porcelain")).isEmpty();
        git.assertSound();
    }

    @Test
    void keepsUncommittedChanges() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            ledger.checkpoint();
            Files.writeString(folder.resolve("README.md"), "my work\n");
            Files.writeString(metadata.resolve("other.txt"), "not of the ledger\n");

            ledger.record(entries("b:1"));
            assertThatThrownBy(ledger::checkpoint)
                    .isInstanceOfSatisfying(
                            LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.CONFLICT))
                    .hasMessageContaining("google-containers/README.md")
                    .hasMessageContaining("commit or stash them");
            assertThatThrownBy(() -> Workbench.ledger(repository)).hasMessageContaining("uncommitted changes");
            assertThat(read("README.md")).isEqualTo("my work\n");

            git.run("commit", "-q", "-m", "mine", "google-containers/README.md");
            assertThat(ledger.checkpoint().commit()).isPresent();
            assertThat(read("README.md")).endsWith("\nmy work\n").contains("b:1");
        }
        assertThat(git.run("status", "--porcelain")).isEqualTo("?? other.txt\n");
    }

    @Test
    void leavesFilesAloneIfBranchIsNotCheckedOut() throws Exception {
        Git.repository(Files.createDirectories(metadata));
        git.run("commit", "-q", "--allow-empty", "-m", "first");
        MetadataSettings settings =
                Workbench.settings(metadata.toString(), temp, Optional.of("mirror"), Optional.empty());
        try (MetadataRepository repository = MetadataRepository.open(settings, Workbench.clock())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            ledger.checkpoint();
        }
        assertThat(folder).doesNotExist();
        assertThat(git.run("status", "--porcelain")).isEmpty();
        assertThat(git.run("ls-tree", "-r", "--name-only", "mirror").lines()).hasSize(3);
    }

    @Test
    void refusesHostileNamesAndLocations() throws Exception {
        Files.createDirectories(temp.resolve("home/stuff"));
        assertThatThrownBy(() -> Workbench.open(temp.resolve("home"), temp.resolve("state")))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("neither a git repository nor an empty folder");
        try (MetadataRepository repository = open()) {
            for (String folder : List.of(
                    "../up",
                    ".git",
                    "a/.git/b",
                    ".gcrsync-test/a",
                    "a/..",
                    ".",
                    "a//b",
                    "/etc",
                    "A",
                    "",
                    "a\nb",
                    "a/")) {
                assertThatThrownBy(() -> repository.namespace(folder, "gcr.io/x", "x", "x", true, ""))
                        .as(folder)
                        .isInstanceOf(LedgerException.class);
            }
        }
    }

    @Test
    void createsNothingWhenReading() {
        MetadataSettings settings = Workbench.settings(metadata.toString(), temp.resolve("state"));
        try (MetadataRepository repository = MetadataRepository.openToRead(settings, Workbench.clock())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            assertThat(ledger.preview().imageList()).asString().contains("a:1");
            assertThat(repository.log(Sample.NAMESPACE, Optional.empty())).isEmpty();
            assertThatThrownBy(ledger::checkpoint).isInstanceOf(IllegalStateException.class);
        }
        assertThat(metadata).doesNotExist();
    }

    @Test
    void createsNestedFoldersForNestedNamespace() throws Exception {
        try (MetadataRepository repository = open()) {
            Ledger ledger = repository.namespace(
                    "example.com/project", "gcr.io/example.com/project", Sample.DESTINATION, "other", true, "");
            ledger.record(entries("a/b:1"));
            ledger.checkpoint();
        }
        assertThat(Files.readString(metadata.resolve("example.com/project/ImageList")))
                .contains("a/b:1");
    }
}
