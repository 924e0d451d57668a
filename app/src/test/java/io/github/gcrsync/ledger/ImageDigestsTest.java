package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDigestsTest {
    private static final String HEAD = "# gcrsync ImageDigests 2\n# destination docker.io/x\n# source gcr.io/y/z\n";
    private static final String FORMAT_1 = "# gcrsync ImageDigests 1\n# destination docker.io/x\n";
    private static final String A = "sha256:" + "a".repeat(64);
    private static final String TIMES = " 2026-01-02T03:04:05Z 2026-02-03T04:05:06Z\n";
    private static final String DESCRIBED = TIMES.replace("\n", " by=copied rule=1f x-y==~\n");

    @Test
    void writesExactBytes() throws Exception {
        String text = HEAD + "a-b:1 " + A + TIMES + "a/b:1 " + A + DESCRIBED + "a:V1.0_x " + A + TIMES + "a@" + A + " "
                + A + DESCRIBED + "a_b:1 " + A + TIMES;
        ImageDigests digests = parse(text);

        assertThat(digests.destination()).isEqualTo("docker.io/x");
        assertThat(digests.source()).contains("gcr.io/y/z");
        assertThat(digests.rows().size()).isEqualTo(5);
        assertThat(digests.rows().row(2))
                .isEqualTo(new DigestTable.Row(new Digest(A), 1767323045L, 1770091506L, Attributes.NONE));
        assertThat(digests.rows().attributes(3).get("x-y")).contains("=~");
        assertThat(text(digests)).isEqualTo(text);
    }

    @Test
    void keepsFormat1UntilSourceIsKnown() throws Exception {
        String text = FORMAT_1 + "a:1 " + A + TIMES;
        ImageDigests read = parse(text);

        assertThat(text(read)).isEqualTo(text);
        assertThat(text(new ImageDigests(read.destination(), Optional.of("gcr.io/y/z"), read.rows())))
                .isEqualTo(HEAD + "a:1 " + A + TIMES);
    }

    @Test
    void refusesNewColumnsInFormat1() {
        assertThatThrownBy(() -> parse(FORMAT_1 + "a:1 " + A + DESCRIBED)).hasMessageContaining("line 3: not \"<name>");
        assertThatThrownBy(() -> parse(FORMAT_1 + "a@" + A + " " + A + TIMES))
                .hasMessageContaining("line 3: not a repository name");
    }

    @Test
    void dependsOnSourceIfNamesContainIt() {
        for (String part : List.of("{registry}", "{namespace}")) {
            String destination = "docker.io/x " + part + "-{repository}:{tag}";
            ImageDigests digests = new ImageDigests(destination, Optional.of("gcr.io/y"), DigestTable.EMPTY);
            assertThat(digests.isFor(destination, Optional.of("gcr.io/y"))).isTrue();
            assertThat(digests.isFor(destination, Optional.empty())).isTrue();
            assertThat(digests.isFor(destination, Optional.of("quay.io/y"))).isFalse();
        }
        ImageDigests digests = new ImageDigests("docker.io/x", Optional.of("gcr.io/y"), DigestTable.EMPTY);
        assertThat(digests.isFor("docker.io/x", Optional.of("quay.io/y"))).isTrue();
        assertThat(digests.isFor("docker.io/z", Optional.of("gcr.io/y"))).isFalse();
    }

    @Test
    void parsesWhatItWrites() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            Map<String, DigestTable.Row> rows = randomRows(new Random(seed));
            ImageDigests written = new ImageDigests("oci:./mirror " + seed, Optional.of("gcr.io"), table(rows));
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
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "pause:1 DIGEST 2026-01-02T03:04:05Z | line 4: not \"<name>",
                "pause:1 DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Zx | line 4: not \"<name>",
                "pause:1 sha256:abc 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a digest",
                "pause DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a repository name",
                "../pause:1 DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a repository name",
                "Pause:1 DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a repository name",
                "pause:a:b DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a tag",
                "pause: DIGEST 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a tag",
                "pause:1 DIGEST 2026-13-02T03:04:05Z 2026-01-02T03:04:05Z | line 4: not a time",
                "pause:1 DIGEST 2026-01-02 03:04:05Z 2026-01-02T03:04:05Z | line 4: not a time",
                "pause:1 DIGEST 2026-01-02T03:04:0xZ 2026-01-02T03:04:05Z | line 4: not a time",
                "pause:1 DIGEST TIME TIME  | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by=copied  | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by=copied  rule=a | line 4: not attributes",
                "pause:1 DIGEST TIME TIME rule=a by=copied | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by=copied by=copied | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by= | line 4: not attributes",
                "pause:1 DIGEST TIME TIME =copied | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by | line 4: not attributes",
                "pause:1 DIGEST TIME TIME By=copied | line 4: not attributes",
                "pause:1 DIGEST TIME TIME 1=copied | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by=\u001b[2J | line 4: not attributes",
                "pause:1 DIGEST TIME TIME by=ü | line 4: not attributes",
                "pause:1 DIGEST TIME TIME\tby=copied | line 4: not \"<name>",
                "pause@DIGEST sha512:0 TIME TIME | line 4: the image and its line have different digests",
                "pause@1 DIGEST TIME TIME | line 4: the image and its line have different digests",
                ":1 DIGEST TIME TIME | line 4: not a repository name",
                "@DIGEST DIGEST TIME TIME | line 4: not a repository name",
                "<<<<<<< HEAD | line 4 is a merge conflict marker",
                "======= | line 4 is a merge conflict marker",
            })
    void reportsDamagedLine(String line, String message) {
        String whole =
                line.substring(0, line.length() - 1).replace("DIGEST", A).replace("TIME", "2026-01-02T03:04:05Z");
        assertThatThrownBy(() -> parse(HEAD + whole + "\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "gcr.io\r", "gcr.io\u001b[2J"})
    void refusesOddSource(String source) {
        String text = FORMAT_1.replace("Digests 1", "Digests 2") + "# source " + source + "\n";
        assertThatThrownBy(() -> parse(text)).hasMessageContaining("line 3: not a source");
        assertThatThrownBy(() -> parse(text.replace("# source ", "#source"))).hasMessageContaining("line 3: expected");
    }

    @Test
    void refusesDuplicateOrUnsortedLines() {
        assertThatThrownBy(() -> parse(HEAD + "b:1 " + A + TIMES + "a:1 " + A + TIMES))
                .hasMessage("line 5: not in sorted order");
        assertThatThrownBy(() -> parse(HEAD + "b:1 " + A + TIMES + "b:1 " + A + TIMES))
                .hasMessage("line 5: the same image as the line before");
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
        assertThatThrownBy(() -> parse("# gcrsync ImageDigests 3\nwhatever"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("format version 3")
                .hasMessageContaining("upgrade gcrsync");
        assertThatThrownBy(() -> parse("hello\n")).hasMessageContaining("line 1");
    }

    /** In its own process, to limit the heap: the rows take about 90 bytes each. */
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
            if (random.nextInt(10) == 0) {
                key = key.substring(0, key.indexOf(':')) + "@" + digest;
            }
            rows.put(key, new DigestTable.Row(digest, first, first + random.nextInt(1000), attributes(random)));
        }
        return rows;
    }

    static Attributes attributes(Random random) {
        Attributes attributes = Attributes.NONE;
        for (String name : List.of("as", "by", "gone", "rule", "unknown", "unselected")) {
            if (random.nextInt(3) == 0) {
                String value = name.equals("by") && random.nextBoolean() ? "copied" : "v" + random.nextInt(2);
                attributes = attributes.with(name, value);
            }
        }
        return attributes;
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
