package io.github.gcrsync.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays three years of a real namespace through the command line: the result is what the original wrote. */
final class CommandReplayTest {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final String NAMESPACE = "google-containers";
    /** All images have this content: only their names matter. */
    private static final SampleImage IMAGE = SampleImages.oci("linux/amd64", SampleImages.layer(1, 1));

    @TempDir
    private Path folder;

    private record Update(String at, List<String> added, String imageListSha256) {
        static Update of(String line) {
            Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.tree(line.getBytes(StandardCharsets.UTF_8)));
            return new Update(
                    String.valueOf(json.get("at")),
                    strings(json.get("added")),
                    String.valueOf(json.get("imageListSha256")));
        }

        Instant instant() {
            return LocalDateTime.parse(at, FORM)
                    .atZone(ZoneId.of("Asia/Shanghai"))
                    .toInstant();
        }
    }

    @Test
    void reproducesFilesOfOriginal() throws Exception {
        Path data = Path.of(System.getProperty("gcrsync.root", ".."))
                .resolve("../shared/data/metadata-history/" + NAMESPACE);
        assumeTrue(Files.isDirectory(data), "skipped: the real history is not there (" + data.normalize() + ")");
        List<Update> updates = Files.readAllLines(data.resolve("updates.jsonl")).stream()
                .map(Update::of)
                .toList();
        assertThat(updates).hasSize(180);

        MetadataFiles metadata = writtenByTheOriginal(data);
        try (Stage stage = new Stage(folder)) {
            for (String image : strings(Json.tree(Files.readAllBytes(data.resolve("ImageList.before"))))) {
                put(stage.source(), NAMESPACE, image);
                put(stage.destination(), Stage.MIRROR, image);
            }
            for (Update update : updates) {
                replay(update, stage);
            }
        }
        assertThat(metadata.git("log", "--reverse", "--format=%s")
                        .lines()
                        .skip(1)
                        .distinct())
                .as("a large update has several checkpoints")
                .containsExactlyElementsOf(
                        updates.stream().map(u -> "Auto sync at " + u.at()).toList());
        assertThat(metadata.git("status", "--porcelain")).isEmpty();
        metadata.assertSound();
    }

    private void replay(Update update, Stage stage) throws Exception {
        String readmeBefore = Files.readString(file("README.md"));
        update.added().forEach(image -> put(stage.source(), NAMESPACE, image));

        Result result = stage.at(Clock.fixed(update.instant(), ZoneOffset.UTC))
                .run("sync", "--namespace=" + NAMESPACE, "--no-default-excludes", "--processcount=-1");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(Digest.sha256(Files.readAllBytes(file("ImageList"))).hex())
                .as("ImageList after the update of %s", update.at())
                .isEqualTo(update.imageListSha256());
        String readme = Files.readString(file("README.md"));
        assertThat(readme).endsWith(readmeBefore);
        List<String> entry = readme.substring(0, readme.length() - readmeBefore.length())
                .lines()
                .toList();
        assertThat(entry.subList(0, 2))
                .containsExactly(
                        "### " + update.at() + " Update(num: " + update.added().size() + "):", "");
        assertThat(entry.subList(2, entry.size()))
                .as("update of %s", update.at())
                .containsExactlyInAnyOrderElementsOf(
                        update.added().stream().map(image -> line(image, stage)).toList());
    }

    private static String line(String image, Stage stage) {
        return "- [" + stage.source().host() + "/" + NAMESPACE + "/" + image + "](https://"
                + stage.destination().host() + "/" + Stage.MIRROR + "/" + image.replaceFirst(":.*", "") + ")";
    }

    private MetadataFiles writtenByTheOriginal(Path data) throws Exception {
        Files.createDirectories(file("ImageList").getParent());
        Files.copy(data.resolve("ImageList.before"), file("ImageList"));
        Files.copy(data.resolve("README.before.md"), file("README.md"));
        MetadataFiles metadata = new MetadataFiles(folder.resolve("metadata"));
        metadata.git("init", "--quiet", "--initial-branch=master");
        metadata.commitAll("as it was before");
        return metadata;
    }

    private Path file(String name) {
        return folder.resolve("metadata").resolve(NAMESPACE).resolve(name);
    }

    private static void put(TestRegistry registry, String namespace, String image) {
        int colon = image.indexOf(':');
        registry.put(namespace + "/" + image.substring(0, colon), image.substring(colon + 1), IMAGE);
    }

    private static List<String> strings(@org.jspecify.annotations.Nullable Object array) {
        List<String> strings = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(array)).forEach(item -> strings.add(String.valueOf(item)));
        return strings;
    }
}
