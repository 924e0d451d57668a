package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.digest;
import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.entry;
import static io.github.gcrsync.ledger.Sample.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.ImageList;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.OtherLedger;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.ledger.changelog.Changelog;
import io.github.gcrsync.testkit.GitHttpServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Formats 1 and 2 of ImageDigests in one history, and what only format 2 can record. */
class FormatTest {
    private static final String FOLDER = Sample.NAMESPACE + "/";
    private static final String HEAD_2 =
            "# gcrsync ImageDigests 2\n# destination " + Sample.DESTINATION + "\n# source " + Sample.SOURCE + "\n";

    @TempDir
    Path temp;

    /** Commits the files as a gcrsync without format 2 wrote them. */
    private static void commitFormat1(Path repository, String changelog, String... images) throws Exception {
        Path folder = Files.createDirectories(repository.resolve(Sample.NAMESPACE));
        StringBuilder digests =
                new StringBuilder("# gcrsync ImageDigests 1\n# destination " + Sample.DESTINATION + "\n");
        for (String image : images) {
            digests.append(row(image)).append("\n");
        }
        Files.writeString(folder.resolve("ImageDigests"), digests);
        Files.write(folder.resolve("ImageList"), ImageList.json(List.of(images)));
        Files.writeString(folder.resolve("README.md"), changelog);
        Git git = new Git(repository);
        git.run("add", ".");
        git.run("commit", "-q", "-m", "Auto sync");
    }

    private static String row(String image) {
        return image + " " + digest(image) + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z";
    }

    private static String line(String image) {
        return Changelog.line(Sample.SOURCE, entry(image));
    }

    private MetadataRepository later(Path location) {
        return Workbench.open(location, temp.resolve("state"), Sample.START.plus(Duration.ofDays(1)));
    }

    private static String digests(Path repository) throws Exception {
        return new String(new Git(repository).show("master", FOLDER + "ImageDigests"), StandardCharsets.UTF_8);
    }

    @Test
    void upgradesFileWithNextChangeOnly() throws Exception {
        Path metadata = Git.repository(temp.resolve("metadata"));
        commitFormat1(metadata, "", "a:1", "b:1");
        String before = digests(metadata);
        try (MetadataRepository repository = later(metadata)) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.row(name("a"), "1").orElseThrow().attributes()).isEqualTo(Attributes.NONE);
            assertThat(ledger.recorded().map(Recorded::image)).containsExactly("a:1", "b:1");
            ledger.adopt(entries("a:1", "b:1"));
            assertThat(ledger.checkpoint()).isEqualTo(new Published(Optional.empty(), false, 0));
            assertThat(digests(metadata)).isEqualTo(before);

            ledger.record(entries("c:1"));
            ledger.checkpoint();
        }
        assertThat(digests(metadata))
                .isEqualTo(HEAD_2 + row("a:1") + "\n" + row("b:1") + "\n" + "c:1 " + digest("c:1")
                        + " 2026-01-03T03:04:05Z 2026-01-03T03:04:05Z by=copied\n");
    }

    @Test
    void logsImagesOfBothFormats() throws Exception {
        Path metadata = Git.repository(temp.resolve("metadata"));
        String first = Changelog.entry("2026-01-02 11:04:05", List.of(line("a:1")));
        Files.createDirectories(metadata.resolve(FOLDER));
        Files.write(metadata.resolve(FOLDER + "ImageList"), ImageList.json(List.of("a:1", "b:1")));
        new Git(metadata).run("add", ".");
        new Git(metadata).run("commit", "-q", "-m", "as the original left it");
        commitFormat1(metadata, first, "a:1", "b:1");
        try (MetadataRepository repository = later(metadata)) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(List.of(entry("a:1", "moved")));
            ledger.forget(name("b"), "1");
            ledger.checkpoint();
            ledger.adopt(entries("b:1"));
            ledger.adopt(List.of(entry(Sample.byDigest("d", "d"), "d")));
            ledger.record(List.of(entry(Sample.byDigest("c", "c"), "c")));
            ledger.checkpoint();

            assertThat(repository.log(Sample.NAMESPACE, Optional.empty()))
                    .filteredOn(event -> event.to().isPresent() || event.from().isPresent())
                    .extracting(event -> event.event() + " " + event.image())
                    .containsExactlyInAnyOrder(
                            "MIRRORED a:1",
                            "ADOPTED b:1",
                            "MOVED a:1",
                            "FORGOTTEN b:1",
                            "ADOPTED b:1",
                            "MIRRORED " + Sample.byDigest("c", "c"),
                            "ADOPTED " + Sample.byDigest("d", "d"));
            assertThat(repository.log(Sample.NAMESPACE, Optional.of(Sample.byDigest("c", "c"))))
                    .hasSize(1);
            assertThat(repository.log(Sample.NAMESPACE, Optional.of("c"))).hasSize(1);
        }
    }

    @Test
    void mergesConcurrentPushOfOldVersionOverHttp() throws Exception {
        Path remotes = Files.createDirectories(temp.resolve("remotes"));
        Path bare = Git.bare(remotes.resolve("metadata.git"));
        Path clone = Git.clone(bare, temp.resolve("clone"));
        commitFormat1(clone, "", "a:1", "b:1");
        new Git(clone).run("push", "-q", "origin", "master");
        try (GitHttpServer server = GitHttpServer.serve(remotes);
                MetadataRepository repository = MetadataRepository.open(
                        Workbench.settings(server.url("metadata.git"), temp.resolve("state")), Workbench.clock())) {
            Ledger ledger = Workbench.ledger(repository, "abc");
            ledger.record(List.of(entry("a:1", "moved"), entry("d:1")));
            commitFormat1(clone, "", "a:1", "c:1");
            new Git(clone).run("push", "-q", "origin", "master");

            assertThat(ledger.checkpoint().pushed()).isTrue();
        }
        // b:1 was removed meanwhile, maybe because its image was deleted.
        assertThat(digests(bare))
                .isEqualTo(HEAD_2 + "a:1 " + digest("moved")
                        + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z by=copied check=due rule=abc\n" + row("c:1")
                        + " check=due\n" + row("d:1") + " by=copied check=due rule=abc\n");
        new Git(bare).assertSound();
    }

    @Test
    void recordsChangedRuleWithoutChangingTimeOrChangelog() throws Exception {
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository, "abc");
            ledger.record(entries("a:1", "b:1"));
            ledger.checkpoint();
        }
        String readme = Files.readString(metadata.resolve(FOLDER + "README.md"));
        try (MetadataRepository repository = later(metadata)) {
            Ledger ledger = Workbench.ledger(repository);
            assertThat(ledger.row(name("a"), "1").orElseThrow().attributes().rule())
                    .isEqualTo("abc");
            ledger.record(entries("a:1"));
            ledger.adopt(entries("b:1"));
            assertThat(ledger.checkpoint().images()).isEqualTo(2);
            assertThat(repository.log(Sample.NAMESPACE, Optional.empty())).hasSize(2);
        }
        assertThat(digests(metadata)).isEqualTo(HEAD_2 + row("a:1") + " by=copied\n" + row("b:1") + " by=copied\n");
        assertThat(metadata.resolve(FOLDER + "README.md")).hasContent(readme);
    }

    @Test
    void addsImageByDigestToChangelogOnce() throws Exception {
        Path metadata = temp.resolve("metadata");
        String image = Sample.byDigest("a", "content");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(List.of(entry(image, "content")));
            ledger.checkpoint();
            ledger.record(List.of(entry(image, "content")));
            assertThat(ledger.checkpoint().images()).isZero();
        }
        assertThat(metadata.resolve(FOLDER + "README.md"))
                .hasContent("### 2026-01-02 11:04:05 Update(num: 1):\n\n- [" + Sample.SOURCE + "/" + image
                        + "](https://hub.docker.com/r/gcrcontainer/a/tags)\n");
        assertThat(metadata.resolve(FOLDER + "ImageList")).doesNotExist();
        assertThat(digests(metadata)).contains("\n" + image + " " + digest("content") + " 2026");
    }

    @Test
    void namesFolderUnlikeSource() throws Exception {
        Path metadata = temp.resolve("metadata");
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger named =
                    repository.namespace("team.a/-web_1", "quay.io/org/sub", Sample.DESTINATION, "other", true, "");
            named.record(entries("a:1"));
            named.checkpoint();
            Ledger whole =
                    repository.namespace("all", "registry.example.com:5000", Sample.DESTINATION, "other", true, "");
            whole.record(entries("ns/a:1"));
            whole.checkpoint();

            assertThat(Workbench.ledger(repository).others())
                    .extracting(OtherLedger::folder, OtherLedger::registry, OtherLedger::namespace)
                    .containsExactly(
                            tuple("all", Optional.of("registry.example.com:5000"), Optional.empty()),
                            tuple("team.a/-web_1", Optional.of("quay.io"), Optional.of(name("org/sub"))));
        }
        assertThat(Files.readString(metadata.resolve("team.a/-web_1/README.md")))
                .contains("- [quay.io/org/sub/a:1](");
        assertThat(Files.readString(metadata.resolve("all/README.md")))
                .contains("- [registry.example.com:5000/ns/a:1](");
    }

    @Test
    void doesNotTrustNamesThatDependOnAnotherSource() throws Exception {
        Path metadata = temp.resolve("metadata");
        String destination = Sample.DESTINATION + " {registry}/{repository}:{tag}";
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"))) {
            Ledger before = repository.namespace("web", "gcr.io/web", destination, "other", true, "");
            before.record(entries("a:1"));
            before.checkpoint();

            assertThat(repository
                            .namespace("web", "gcr.io/web", destination, "other", true, "")
                            .mirrored(name("a"), "1"))
                    .isPresent();
            assertThat(repository
                            .namespace("web", "quay.io/web", destination, "other", true, "")
                            .mirrored(name("a"), "1"))
                    .isEmpty();
        }
    }
}
