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

class ImageDigestsTest {
    private static final String HEAD = "# gcrsync ImageDigests 1\n# destination docker.io/x\n";
    private static final String A = "sha256:" + "a".repeat(64);
    private static final String TIMES = " 2026-01-02T03:04:05Z 2026-02-03T04:05:06Z\n";

    @Test
    void writesExactBytes() throws Exception {
        String text = HEAD + "a-b:1 " + A + TIMES + "a/b:1 " + A + TIMES + "a:V1.0_x " + A + TIMES;
        ImageDigests digests = parse(text);

        assertThat(digests.destination()).isEqualTo("docker.io/x");
        assertThat(digests.rows().size()).isEqualTo(3);
        assertThat(digests.rows().row(2)).isEqualTo(new DigestTable.Row(new Digest(A), 1767323045L, 1770091506L));
        assertThat(text(digests)).isEqualTo(text);
    }

    @Test
    void parsesWhatItWrites() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            Map<String, DigestTable.Row> rows = randomRows(new Random(seed));
            ImageDigests written = new ImageDigests("oci:./mirror " + seed, table(rows));
            ImageDigests read = parse(text(written));

            assertThat(read.destination()).as("seed %d", seed).isEqualTo(written.destination());
            assertThat(read.rows().size()).isEqualTo(rows.size());
            rows.forEach((key, row) ->
                    assertThat(read.rows().find(KeyTable.key(key))).as(key).isEqualTo(row));
            assertThat(text(read)).isEqualTo(text(written));
            assertThat(written.content().length()).isEqualTo(text(written).length());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pause:1 DIGEST 2026-01-02T03:04:05Z | line 3: not \"<name>",
                "pause:1 DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Zx | line 3: not \"<name>",
                "pause:1 sha256:abc 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a digest",
                "pause DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a repository name",
                "../pause:1 DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a repository name",
                "Pause:1 DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a repository name",
                "pause:a:b DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a tag",
                "pause: DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a tag",
                "pause:1 DIGEST 2026-13-02T03:04:05Z 2026-01-02T03:04:05Z | line 3: not a time",
                "pause:1 DIGEST 2026-01-02 03:04:05Z 2026-01-02T03:04:05Z | line 3: not a time",
                "pause:1 DIGEST 2026-01-02T03:04:0xZ 2026-01-02T03:04:05Z | line 3: not a time",
                "<<<<<<< HEAD | line 3 is a merge conflict marker",
                "======= | line 3 is a merge conflict marker",
            })
    void reportsDamagedLine(String line, String message) {
        assertThatThrownBy(() -> parse(HEAD + line.replace("DIGEST", A) + "\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesDuplicateOrUnsortedLines() {
        assertThatThrownBy(() -> parse(HEAD + "b:1 " + A + TIMES + "a:1 " + A + TIMES))
                .hasMessage("line 4: not in sorted order");
        assertThatThrownBy(() -> parse(HEAD + "b:1 " + A + TIMES + "b:1 " + A + TIMES))
                .hasMessage("line 4: the same tag as the line before");
    }

    @Test
    void detectsTruncatedFile() {
        String whole = HEAD + "a:1 " + A + TIMES + "b:1 " + A + TIMES;
        for (int length = 0; length < whole.length(); length++) {
            boolean atLineEnd = length >= HEAD.length() && whole.charAt(length - 1) == '\n';
            String cut = whole.substring(0, length);
            if (!atLineEnd) {
                assertThatThrownBy(() -> parse(cut)).as("cut at %d", length).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void refusesNewerVersion() {
        assertThatThrownBy(() -> parse("# gcrsync ImageDigests 2\nwhatever"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("format version 2")
                .hasMessageContaining("upgrade gcrsync");
        assertThatThrownBy(() -> parse("hello\n")).hasMessageContaining("line 1");
    }

    /** In its own process, to limit the heap: the rows take about 85 bytes each. */
    @Test
    void fitsMillionRowsInSmallHeap() throws Exception {
        Process process = Child.start(MillionRows.class, Map.of(), "-Xmx192m");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).contains("1000000 rows");
    }

    static Map<String, DigestTable.Row> randomRows(Random random) {
        Map<String, DigestTable.Row> rows = new TreeMap<>();
        String[] names = {"pause", "pause-amd64", "a", "a/b", "a_b", "a__b", "a.b", "etcd", "z9"};
        String[] tags = {"1", "latest", "v1.0_B", "_", "V2-x"};
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            String key = names[random.nextInt(names.length)] + ":" + tags[random.nextInt(tags.length)];
            long first = random.nextLong(4_000_000_000L);
            Digest digest = random.nextInt(8) == 0
                    ? new Digest("sha512:" + "0f".repeat(63) + String.format("%02x", random.nextInt(256)))
                    : Sample.digest("content " + random.nextInt(5));
            rows.put(key, new DigestTable.Row(digest, first, first + random.nextInt(1000)));
        }
        return rows;
    }

    static DigestTable table(Map<String, DigestTable.Row> rows) {
        DigestTable.Builder table = new DigestTable.Builder(0, 0);
        new TreeMap<>(rows).forEach((key, row) -> table.append(KeyTable.key(key), row));
        return table.build();
    }

    private static ImageDigests parse(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ImageDigests.parse(FileContent.of(bytes));
    }

    private static String text(ImageDigests digests) throws Exception {
        return new String(digests.content().bytes(), StandardCharsets.UTF_8);
    }
}
