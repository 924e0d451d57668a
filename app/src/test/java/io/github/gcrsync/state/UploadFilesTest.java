package io.github.gcrsync.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.UploadJournal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UploadFilesTest {
    private static final RepositoryName A = new RepositoryName("a");
    private static final String LOCATION = "https://r.example/v2/a/blobs/uploads/1?_state=%3D";

    @TempDir
    private Path state;

    private UploadFiles files() {
        return new UploadFiles(state, InstantSource.system());
    }

    private UploadJournal.Entry open(int blob) {
        return files().open("r.example", A, digest(blob));
    }

    private static Digest digest(int blob) {
        return Digest.sha256(("blob " + blob).getBytes(StandardCharsets.UTF_8));
    }

    private void remember(int blob, String location) {
        try (UploadJournal.Entry entry = open(blob)) {
            entry.remember(location);
        }
    }

    private List<Path> written() throws IOException {
        try (Stream<Path> all = Files.list(state.resolve("uploads"))) {
            return all.toList();
        }
    }

    @Test
    void returnsLastLocationUntilForgotten() throws IOException {
        remember(1, "https://r.example/before");
        remember(1, LOCATION);
        try (UploadJournal.Entry entry = open(1)) {
            assertThat(entry.location()).contains(LOCATION);
            entry.forget();
        }
        assertThat(written()).isEmpty();
        try (UploadJournal.Entry entry = open(1)) {
            assertThat(entry.location()).isEmpty();
        }
    }

    @Test
    void separatesUploads() {
        remember(1, LOCATION);
        try (UploadJournal.Entry otherBlob = open(2);
                UploadJournal.Entry otherRepository = files().open("r.example", new RepositoryName("b"), digest(1));
                UploadJournal.Entry otherHost = files().open("s.example", A, digest(1))) {
            assertThat(otherBlob.location()).isEmpty();
            assertThat(otherRepository.location()).isEmpty();
            assertThat(otherHost.location()).isEmpty();
        }
    }

    @Test
    void locksOpenEntry() {
        try (UploadJournal.Entry mine = open(1)) {
            mine.remember(LOCATION);
            try (UploadJournal.Entry other = open(1)) {
                assertThat(other.location()).isEmpty();
                other.remember("https://r.example/other");
                other.forget();
            }
            assertThat(mine.location()).contains(LOCATION);
        }
        try (UploadJournal.Entry next = open(1)) {
            assertThat(next.location()).contains(LOCATION);
        }
    }

    @Test
    void skipsTruncatedLine() throws IOException {
        remember(1, "https://r.example/before");
        Path file = written().getFirst();
        long sound = Files.size(file);
        remember(1, LOCATION);
        byte[] all = Files.readAllBytes(file);
        for (int length = (int) sound; length < all.length - 1; length++) {
            Files.write(file, java.util.Arrays.copyOf(all, length));
            try (UploadJournal.Entry entry = open(1)) {
                assertThat(entry.location()).as("%d bytes", length).contains("https://r.example/before");
            }
        }
        remember(1, LOCATION);
        try (UploadJournal.Entry entry = open(1)) {
            assertThat(entry.location()).contains(LOCATION);
        }
    }

    @Test
    void ignoresInvalidContent() throws IOException {
        remember(1, LOCATION);
        Path file = written().getFirst();
        for (String content : List.of("", "\n\n", "x", "0123456789abcdef " + LOCATION, "\0".repeat(1 << 20))) {
            Files.writeString(file, content);
            try (UploadJournal.Entry entry = open(1)) {
                assertThat(entry.location()).isEmpty();
                entry.remember(LOCATION);
                assertThat(entry.location()).contains(LOCATION);
            }
        }
    }

    @Test
    void keepsFileSmall() throws IOException {
        try (UploadJournal.Entry entry = open(1)) {
            for (int i = 0; i < 10_000; i++) {
                entry.remember(LOCATION + i);
            }
            assertThat(entry.location()).contains(LOCATION + 9_999);
            entry.remember("https://r.example/" + "x".repeat(1 << 20));
            assertThat(entry.location())
                    .as("too long to be kept, and not the one before")
                    .isEmpty();
        }
        assertThat(written()).as("nothing is in it").isEmpty();
    }

    @Test
    void deletesOldAndExcessFiles() throws IOException {
        remember(1, LOCATION);
        Files.setLastModifiedTime(
                written().getFirst(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        remember(2, LOCATION);
        assertThat(written()).hasSize(1);

        for (int i = 0; i < 1100; i++) {
            Files.writeString(state.resolve("uploads/" + i), "x");
        }
        remember(2, LOCATION);
        assertThat(written()).as("the latest, and the one in use").hasSizeBetween(1000, 1001);
        try (UploadJournal.Entry entry = open(2)) {
            assertThat(entry.location()).contains(LOCATION);
        }
    }

    @Test
    void remembersNothingIfFolderIsNotWritable() throws IOException {
        Files.writeString(state.resolve("uploads"), "in the way");
        try (UploadJournal.Entry entry = open(1)) {
            entry.remember(LOCATION);
            assertThat(entry.location()).isEmpty();
        }
    }

    @Test
    void recreatesDeletedFolder() throws IOException {
        UploadFiles files = files();
        try (UploadJournal.Entry entry = files.open("r.example", A, digest(1))) {
            entry.remember(LOCATION);
            Files.delete(written().getFirst());
            Files.delete(state.resolve("uploads"));
            entry.remember(LOCATION);
        }
        try (UploadJournal.Entry entry = files.open("r.example", A, digest(1))) {
            assertThat(entry.location()).isEmpty();
            entry.remember(LOCATION);
        }
        assertThat(written()).hasSize(1);
    }
}
