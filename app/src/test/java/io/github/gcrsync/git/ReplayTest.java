package io.github.gcrsync.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replayed updates of the original give the original's bytes, update by update. */
class ReplayTest {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    @TempDir
    Path temp;

    private record Update(String at, List<String> added, String listSha256, String readmeSha256) {
        static Update of(String line) {
            Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.tree(line.getBytes(StandardCharsets.UTF_8)));
            List<String> added = ((List<?>) Objects.requireNonNull(json.get("added")))
                    .stream().map(String::valueOf).toList();
            return new Update(
                    String.valueOf(json.get("at")),
                    added,
                    String.valueOf(json.get("imageListSha256")),
                    String.valueOf(json.get("readmeSha256")));
        }
    }

    @Test
    void reproducesOwnFixture() throws Exception {
        Path folder = Path.of(Objects.requireNonNull(getClass().getResource("/ledger/history"))
                .toURI());
        assertThat(replay(folder)).isEqualTo(4);
    }

    @Test
    void reproducesRealHistory() throws Exception {
        Path folder = Path.of(System.getProperty("gcrsync.root", ".."))
                .resolve("../shared/data/metadata-history/google-containers");
        assumeTrue(Files.isDirectory(folder), "skipped: the real history is not there (" + folder.normalize() + ")");
        assertThat(replay(folder)).isEqualTo(180);
    }

    private int replay(Path folder) throws Exception {
        Path metadata = temp.resolve("metadata");
        Git.repository(metadata);
        Path namespace = Files.createDirectories(metadata.resolve(Sample.NAMESPACE));
        Files.copy(folder.resolve("ImageList.before"), namespace.resolve("ImageList"));
        Files.copy(folder.resolve("README.before.md"), namespace.resolve("README.md"));
        Git git = new Git(metadata);
        git.run("add", ".");
        git.run("commit", "--quiet", "-m", "as it was before");

        List<Update> updates = Files.readAllLines(folder.resolve("updates.jsonl")).stream()
                .map(Update::of)
                .toList();
        for (Update update : updates) {
            replay(update, metadata);
        }
        assertThat(git.run("log", "--reverse", "--format=%s").lines().skip(1))
                .containsExactlyElementsOf(
                        updates.stream().map(u -> "Auto sync at " + u.at()).toList());
        assertThat(git.run("status", "--porcelain")).isEmpty();
        git.assertSound();
        return updates.size();
    }

    private void replay(Update update, Path metadata) throws Exception {
        var at = LocalDateTime.parse(update.at(), FORM)
                .atZone(ZoneId.of("Asia/Shanghai"))
                .toInstant();
        try (MetadataRepository repository = Workbench.open(metadata, temp.resolve("state"), at)) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(update.added().stream().map(Sample::entry).toList());
            Ledger.Preview preview = ledger.preview();
            Published published = ledger.checkpoint();
            assertThat(published.images()).isEqualTo(update.added().size());
            assertThat(sha256(preview.imageList())).isEqualTo(update.listSha256());
            assertThat(sha256(preview.readme())).isEqualTo(update.readmeSha256());
        }
        Path namespace = metadata.resolve(Sample.NAMESPACE);
        assertThat(sha256(Files.readAllBytes(namespace.resolve("ImageList"))))
                .as("ImageList after the update of %s", update.at())
                .isEqualTo(update.listSha256());
        assertThat(sha256(Files.readAllBytes(namespace.resolve("README.md"))))
                .as("README.md after the update of %s", update.at())
                .isEqualTo(update.readmeSha256());
    }

    private static String sha256(byte[] content) {
        return Digest.sha256(content).hex();
    }
}
