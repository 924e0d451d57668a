package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeenTest {
    private static final String HEAD = "# gcrsync Seen 1\n";
    private static final String A = "sha256:" + "a".repeat(64);
    private static final String TIME = " 2026-01-02T03:04:05Z\n";

    @Test
    void writesExactBytes() throws Exception {
        String text = HEAD + "a-b:1 " + A + TIME + "a/b:V1.0_x sha512:" + "b".repeat(128) + TIME;
        Seen seen = parse(text);

        assertThat(seen.rows().size()).isEqualTo(2);
        assertThat(seen.rows().row(0))
                .isEqualTo(new DigestTable.Row(new Digest(A), 1767323045L, 1767323045L, Attributes.NONE));
        assertThat(text(seen)).isEqualTo(text);
        assertThat(text(parse(HEAD))).isEqualTo(text(Seen.EMPTY)).isEqualTo(HEAD);
        assertThat(parse(HEAD).isEmpty()).isTrue();
    }

    @Test
    void parsesWhatItWrites() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            Map<String, DigestTable.Row> rows = randomRows(new Random(seed));
            Seen written = new Seen(ImageDigestsTest.table(rows));
            Seen read = parse(text(written));

            assertThat(read.rows().size()).as("seed %d", seed).isEqualTo(rows.size());
            rows.forEach((key, row) ->
                    assertThat(read.rows().find(KeyTable.key(key))).as(key).isEqualTo(row));
            assertThat(text(read)).isEqualTo(text(written));
            assertThat(written.content().length()).isEqualTo(text(written).length());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "pause:1 DIGEST| line 2: not \"<name>",
                "pause:1 DIGEST | line 2: not \"<name>",
                "pause:1 DIGEST TIME | line 2: not \"<name>",
                "pause:1 DIGEST TIME by=copied| line 2: not \"<name>",
                "pause:1 DIGEST TIME TIME| line 2: not \"<name>",
                "pause:1  DIGEST TIME| line 2: not \"<name>",
                " DIGEST TIME| line 2: not a repository name",
                "pause:1 sha256:abc TIME| line 2: not a digest",
                "pause:1 sha999:abc TIME| line 2: not a digest",
                "pause DIGEST TIME| line 2: not a repository name",
                "../pause:1 DIGEST TIME| line 2: not a repository name",
                "pause@DIGEST DIGEST TIME| line 2: not a repository name",
                "pause:a:b DIGEST TIME| line 2: not a tag",
                "pause: DIGEST TIME| line 2: not a tag",
                "pause:\u001b DIGEST TIME| line 2: not a tag",
                "pause:1 DIGEST 2026-13-02T03:04:05Z| line 2: not a time",
                "pause:1 DIGEST 2026-01-02 03:04:05Z| line 2: not a time",
                "<<<<<<< HEAD| line 2 is a merge conflict marker",
                "| line 2: not \"<name>",
            })
    void reportsDamagedLine(String line, String message) {
        String whole = (line == null ? "" : line).replace("DIGEST", A).replace("TIME", TIME.strip());
        assertThatThrownBy(() -> parse(HEAD + whole + "\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message.strip());
    }

    @Test
    void refusesDuplicateOrUnsortedLines() {
        assertThatThrownBy(() -> parse(HEAD + "b:1 " + A + TIME + "a:1 " + A + TIME))
                .hasMessage("line 3: not in sorted order");
        assertThatThrownBy(() -> parse(HEAD + "b:1 " + A + TIME + "b:1 " + A + TIME.replace("03:04:05", "04:00:00")))
                .hasMessage("line 3: the same image as the line before");
    }

    @Test
    void detectsTruncatedFile() {
        String whole = HEAD + "a:1 " + A + TIME + "b:1 " + A + TIME;
        for (int length = 0; length < whole.length(); length++) {
            boolean atLineEnd = length >= HEAD.length() && whole.charAt(length - 1) == '\n';
            String cut = whole.substring(0, length);
            if (!atLineEnd) {
                assertThatThrownBy(() -> parse(cut)).as("cut at %d", length).isInstanceOf(MalformedException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\n", "# gcrsync ImageDigests 1\n", "# gcrsync Seen 0\n", "# gcrsync Seen x\n", "\n"})
    void refusesOtherHeader(String head) {
        assertThatThrownBy(() -> parse(head))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.DAMAGED))
                .hasMessageContaining("line 1: ");
    }

    @Test
    void refusesNewerVersion() {
        assertThatThrownBy(() -> parse("# gcrsync Seen 2\nwhatever"))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.NEWER))
                .hasMessageContaining("format version 2 is newer than the version 1")
                .hasMessageContaining("upgrade gcrsync");
    }

    static Map<String, DigestTable.Row> randomRows(Random random) {
        Map<String, DigestTable.Row> rows = new TreeMap<>();
        ImageDigestsTest.randomRows(random).forEach((key, row) -> {
            if (key.indexOf('@') < 0) {
                rows.put(key, row(row.digest(), row.moved()));
            }
        });
        return rows;
    }

    static DigestTable.Row row(Digest digest, long at) {
        return new DigestTable.Row(digest, at, at, Attributes.NONE);
    }

    private static Seen parse(String text) throws Exception {
        return Seen.parse(FileContent.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(Seen seen) throws Exception {
        return new String(seen.content().bytes(), StandardCharsets.UTF_8);
    }
}
