package io.github.gcrsync.ledger.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangelogTest {
    private static final String OLD = "### 2020-01-01 00:00:00 Update(num: 1):\n\n- [gcr.io/n/old:1](x)\n";
    private static final String ODD = "### %!s(int=140) Update(num: %!d(string=2018-10-03 18:36:48)):\n\n- [x](y)\n";

    @Test
    void writesEntryInFormatOfOriginal() {
        String line = Changelog.line("gcr.io/google-containers", Sample.entry("pause:3.1"));
        assertThat(Changelog.entry("2026-01-02 11:04:05", List.of(line))).isEqualTo("""
                        ### 2026-01-02 11:04:05 Update(num: 1):

                        - [gcr.io/google-containers/pause:3.1](https://hub.docker.com/r/gcrcontainer/pause/tags)
                        """);
    }

    @Test
    void escapesLineAndLinkDelimiters() {
        Entry entry = new Entry(new RepositoryName("a"), "1", Sample.digest("a"), "file:///b c)\n### x [y](<z>`\"\\ü");
        assertThat(Changelog.line("[::1]:5000/n", entry))
                .isEqualTo("- [%5B::1%5D:5000/n/a:1](file:///b%20c%29%0A###%20x%20%5By%5D%28%3Cz%3E%60%22%5C%C3%BC)\n");
    }

    @Test
    void readsImagesOfNewestEntry() throws Exception {
        String byDigest = Sample.byDigest("a/b", "content");
        String newest = Changelog.entry(
                "2026-01-02 11:04:05",
                List.of(
                        Changelog.line("gcr.io/ns", Sample.entry("a:1")),
                        Changelog.line("gcr.io/ns", Sample.entry(byDigest, "content")),
                        Changelog.line("gcr.io/other", Sample.entry("b:1"))));

        assertThat(Changelog.newest(new ByteArrayInputStream(Changelog.encoded(newest + OLD)), "ns"))
                .containsExactlyInAnyOrder("a:1", byDigest);
    }

    @Test
    void amendsOnlyOneEntry() {
        String mine = entry("2026-01-01 00:00:00", "a");
        String newer = entry("2026-01-02 00:00:00", "other");
        String written = "by hand, with a list:\n- [not an image](z)\n";
        assertThat(Changelog.amended(newer + mine + written + ODD + OLD, "2026-01-01 00:00:00", lines("a", "b")))
                .isEqualTo(newer + entry("2026-01-01 00:00:00", "a", "b") + written + ODD + OLD);
        assertThat(Changelog.amended(OLD, "2026-01-01 00:00:00", lines("a"))).isEqualTo(mine + OLD);
    }

    @Test
    void splitsTextIntoBlocksWithoutLoss() {
        String text = "title\n\n" + ODD + OLD + "\nwritten below\n### no entry\n" + entry("2026-01-01 00:00:00", "a");
        assertThat(Changelog.text(Changelog.blocks(text))).isEqualTo(text);
        assertThat(Changelog.blocks(text)).hasSize(6);
    }

    @Test
    void mergesNewEntriesNewestFirst() {
        String ours = entry("2026-01-03 00:00:00", "c") + entry("2026-01-01 00:00:00", "a");
        String theirs = entry("2026-01-02 00:00:00", "b");
        String base = ODD + OLD;
        String expected = entry("2026-01-03 00:00:00", "c")
                + entry("2026-01-02 00:00:00", "b")
                + entry("2026-01-01 00:00:00", "a")
                + base;
        assertThat(ChangelogMerge.merge(base, ours + base, theirs + base)).isEqualTo(expected);
        assertThat(ChangelogMerge.merge(base, theirs + base, ours + base)).isEqualTo(expected);
    }

    @Test
    void mergesAmendedAndNewEntry() {
        String base = entry("2026-01-01 00:00:00", "a") + OLD;
        String ours = entry("2026-01-01 00:00:00", "a", "b") + OLD;
        String theirs = entry("2026-01-02 00:00:00", "x") + base;
        assertThat(ChangelogMerge.merge(base, ours, theirs)).isEqualTo(entry("2026-01-02 00:00:00", "x") + ours);
        assertThat(ChangelogMerge.merge(base, theirs, ours)).isEqualTo(entry("2026-01-02 00:00:00", "x") + ours);
    }

    @Test
    void mergesEntryAmendedOnBothSides() {
        String base = entry("2026-01-01 00:00:00", "a") + OLD;
        String ours = entry("2026-01-01 00:00:00", "a", "b") + OLD;
        String theirs = entry("2026-01-01 00:00:00", "a", "c") + OLD;
        assertThat(ChangelogMerge.merge(base, ours, theirs))
                .isEqualTo(entry("2026-01-01 00:00:00", "a", "b", "c") + OLD);
    }

    @Test
    void mergesRunsOfSameSecond() {
        assertThat(ChangelogMerge.merge(
                        OLD, entry("2026-01-01 00:00:00", "a") + OLD, entry("2026-01-01 00:00:00", "b") + OLD))
                .isEqualTo(entry("2026-01-01 00:00:00", "a", "b") + OLD);
    }

    @Test
    void keepsTextWrittenByPerson() {
        String edited = "# Our mirror\n\n" + OLD;
        String ours = entry("2026-01-01 00:00:00", "a") + OLD;
        assertThat(ChangelogMerge.merge(OLD, ours, edited))
                .contains("# Our mirror\n", entry("2026-01-01 00:00:00", "a"))
                .endsWith(OLD);
        assertThat(ChangelogMerge.merge("", ours, "")).isEqualTo(ours);
    }

    private static String entry(String at, String... images) {
        return Changelog.entry(at, lines(images));
    }

    private static List<String> lines(String... images) {
        return List.of(images).stream()
                .map(image -> "- [gcr.io/n/" + image + "](x)\n")
                .toList();
    }
}
