package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DigestMergeTest {
    private static final DigestTable.Row A1 = row("a", 10, 10);

    @Test
    void keepsLaterMoveAndEarlierFirstTime() {
        Map<String, DigestTable.Row> merged =
                merged(Map.of(), Map.of("x:1", row("b", 5, 30)), Map.of("x:1", row("c", 3, 20)));
        assertThat(merged).containsExactly(Map.entry("x:1", row("b", 3, 30)));
    }

    @Test
    void prefersMovedSideWhateverItsClock() {
        assertThat(merged(Map.of("x:1", A1), Map.of("x:1", A1), Map.of("x:1", row("c", 10, 7))))
                .containsExactly(Map.entry("x:1", row("c", 10, 7)));
    }

    @Test
    void keepsTagForgottenUnlessOtherSideMirroredItAgain() {
        assertThat(merged(Map.of("x:1", A1), Map.of(), Map.of("x:1", A1))).isEmpty();
        assertThat(merged(Map.of("x:1", A1), Map.of(), Map.of("x:1", row("b", 10, 20))))
                .containsKey("x:1");
    }

    @Test
    void keepsNewerFileIfDestinationsDiffer() {
        ImageDigests here = new ImageDigests("here", ImageDigestsTest.table(Map.of("x:1", row("a", 1, 1))));
        ImageDigests there = new ImageDigests("there", ImageDigestsTest.table(Map.of("y:1", row("b", 2, 2))));
        assertThat(DigestMerge.merge(here, here, there)).isSameAs(there);
        assertThat(DigestMerge.merge(here, there, here)).isSameAs(there);
    }

    @Test
    void mergesSymmetricallyWithoutLosingNewRows() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Map<String, DigestTable.Row> base = ImageDigestsTest.randomRows(random);
            Map<String, DigestTable.Row> ours = changed(base, random);
            Map<String, DigestTable.Row> theirs = changed(base, random);
            Map<String, DigestTable.Row> merged = merged(base, ours, theirs);

            assertThat(merged(base, theirs, ours)).as("seed %d", seed).isEqualTo(merged);
            assertThat(merged(base, ours, ours)).isEqualTo(ours);
            TreeSet<String> all = new TreeSet<>(ours.keySet());
            all.addAll(theirs.keySet());
            all.removeIf(key -> !merged.containsKey(key));
            assertThat(merged.keySet()).isEqualTo(all);
            ours.forEach((key, row) -> {
                if (!row.equals(base.get(key))) {
                    assertThat(merged).containsKey(key);
                }
                if (Objects.equals(theirs.get(key), base.get(key)) && !row.equals(base.get(key))) {
                    assertThat(Objects.requireNonNull(merged.get(key)).digest()).isEqualTo(row.digest());
                }
            });
        }
    }

    private static Map<String, DigestTable.Row> changed(Map<String, DigestTable.Row> base, Random random) {
        Map<String, DigestTable.Row> changed = new TreeMap<>(base);
        changed.keySet().removeIf(key -> random.nextInt(6) == 0);
        changed.replaceAll((key, row) -> random.nextInt(4) == 0
                ? new DigestTable.Row(
                        Sample.digest("moved " + random.nextInt(3)), row.first(), row.moved() + 1 + random.nextInt(9))
                : row);
        ImageDigestsTest.randomRows(random).forEach(changed::putIfAbsent);
        return changed;
    }

    private static Map<String, DigestTable.Row> merged(
            Map<String, DigestTable.Row> base, Map<String, DigestTable.Row> ours, Map<String, DigestTable.Row> theirs) {
        DigestTable rows =
                DigestMerge.merge(file(base), file(ours), file(theirs)).rows();
        Map<String, DigestTable.Row> merged = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            merged.put(rows.keys().text(i), rows.row(i));
        }
        return merged;
    }

    private static ImageDigests file(Map<String, DigestTable.Row> rows) {
        return new ImageDigests("here", ImageDigestsTest.table(rows));
    }

    private static DigestTable.Row row(String content, long first, long moved) {
        return new DigestTable.Row(Sample.digest(content), first, moved);
    }
}
