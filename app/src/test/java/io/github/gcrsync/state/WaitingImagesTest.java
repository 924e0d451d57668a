package io.github.gcrsync.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WaitingImagesTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path state;

    private Optional<WaitingImage> after(int hours, String... left) {
        return new WaitingImages(state, "here -> there")
                .update(Stream.of(left).sorted().toList(), noonPlus(hours));
    }

    private static Instant noonPlus(int hours) {
        return NOON.plus(Duration.ofHours(hours));
    }

    private static Optional<WaitingImage> waiting(String image, int hours) {
        return Optional.of(new WaitingImage(image, noonPlus(hours)));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(state.resolve("waiting"))) {
            return all.toList();
        }
    }

    @Test
    void keepsDateWhileImageIsLeft() throws IOException {
        assertThat(after(0, "a:1", "b:1")).isEqualTo(waiting("a:1", 0));
        assertThat(after(1, "b:1", "c:1")).isEqualTo(waiting("b:1", 0));
        assertThat(new WaitingImages(state, "here -> there").oldest()).isEqualTo(waiting("b:1", 0));
        assertThat(new WaitingImages(state, "here -> elsewhere").oldest()).isEmpty();
        assertThat(after(2, "b:2", "c:1")).isEqualTo(waiting("c:1", 1));
        assertThat(after(3, "c:2")).isEqualTo(waiting("c:2", 3));

        assertThat(after(4)).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void keepsDatesInRepositoryThatCannotBeListed() {
        after(0, "team/a:1", "team/ab:1");
        String digest = "team/a@sha256:" + "0".repeat(64);
        after(1, "team/a:1", digest);

        assertThat(after(2, "team/a")).isEqualTo(waiting("team/a:1", 0));
        assertThat(after(3, "team/a")).isEqualTo(waiting("team/a:1", 0));
        assertThat(after(4, digest)).isEqualTo(waiting(digest, 1));
    }

    @Test
    void startsAnewIfFileIsDamaged() throws IOException {
        after(0, "a:1");
        for (String damaged : List.of("", "# gcrsync waiting 1: here -> there\nyesterday a:1\n", "a:1 \0\n")) {
            Files.writeString(files().getFirst(), damaged);

            assertThat(new WaitingImages(state, "here -> there").oldest()).isEmpty();
            assertThat(after(1, "a:1")).isEqualTo(waiting("a:1", 1));
            assertThat(after(2, "a:1")).isEqualTo(waiting("a:1", 1));
        }
    }

    @Test
    void startsAnewIfClockWasSetBack() {
        after(5, "a:1");

        assertThat(after(1, "a:1")).isEqualTo(waiting("a:1", 1));
    }

    @Test
    void continuesIfFileCannotBeWritten() throws IOException {
        Files.writeString(state.resolve("waiting"), "not a folder");

        assertThat(after(1, "a:1")).isEqualTo(waiting("a:1", 1));
    }
}
