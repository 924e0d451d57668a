package io.github.gcrsync.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifyFileTest {
    private static final VerifyResult RESULT =
            new VerifyResult(Instant.parse("2026-03-01T12:00:00Z"), "eu", 9, 8, 3, 2, 1, true, Optional.of("5%"));

    @TempDir
    private Path state;

    private VerifyFile file(String mirror) {
        return new VerifyFile(state, mirror);
    }

    @Test
    void keepsLastResultOfEachMirror() {
        VerifyResult later = new VerifyResult(RESULT.time(), "eu", 9, 9, 0, 0, 0, false, Optional.empty());
        file("a -> eu").write(RESULT);
        file("a -> us").write(RESULT);
        file("a -> us").write(later);

        assertThat(file("a -> eu").read()).contains(RESULT);
        assertThat(file("a -> us").read()).contains(later);
        assertThat(file("b -> eu").read()).isEmpty();
    }

    @Test
    void takesDamagedFileForNone() throws IOException {
        file("a").write(RESULT);
        Path written;
        try (Stream<Path> all = Files.list(state.resolve("verified"))) {
            written = all.findFirst().orElseThrow();
        }
        String text = Files.readString(written);
        List<String> damaged = List.of(
                "",
                text.substring(0, text.length() / 2),
                "\0",
                "[]",
                text.replace("\"format\":1", "\"format\":2"),
                text.replace("\"mirror\":\"a\"", "\"mirror\":\"b\""),
                text.replace("2026-", "yesterday-"),
                text.replace("\"drifted\":3", "\"drifted\":-3"),
                text.replace("\"drifted\":3", "\"drifted\":3000000000"),
                text.replace("\"destination\":\"eu\"", "\"destination\":null"));
        for (String content : damaged) {
            assertThat(content).isNotEqualTo(text);
            Files.writeString(written, content);

            assertThat(file("a").read()).as(content).isEmpty();
        }
        file("a").write(RESULT);
        assertThat(file("a").read()).contains(RESULT);
    }

    @Test
    void continuesIfFileCannotBeWritten() throws IOException {
        Files.writeString(state.resolve("verified"), "not a folder");

        file("a").write(RESULT);

        assertThat(file("a").read()).isEmpty();
    }
}
