package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SeenMergeTest {
    private static final DigestTable.Row A10 = row("a", 10);

    @Test
    void keepsEarlierTimeOfOneDigest() throws Exception {
        assertThat(merged(Map.of(), Map.of("x:1", A10), Map.of("x:1", row("a", 20))))
                .containsExactly(Map.entry("x:1", A10));
        assertThat(merged(Map.of("x:1", A10), Map.of("x:1", A10), Map.of("x:1", row("a", 20))))
                .containsExactly(Map.entry("x:1", A10));
    }

    @Test
    void keepsLaterOfTwoDigests() throws Exception {
        DigestTable.Row later = row("b", 20);
        assertThat(merged(Map.of(), Map.of("x:1", A10), Map.of("x:1", later))).containsExactly(Map.entry("x:1", later));
        assertThat(merged(Map.of("x:1", row("c", 5)), Map.of("x:1", A10), Map.of("x:1", later)))
                .containsExactly(Map.entry("x:1", later));
    }

    @Test
    void prefersMovedSideWhateverItsClock() throws Exception {
        assertThat(merged(Map.of("x:1", A10), Map.of("x:1", A10), Map.of("x:1", row("b", 7))))
                .containsExactly(Map.entry("x:1", row("b", 7)));
    }

    @Test
    void keepsTagReleasedUnlessOtherSideHoldsAnotherDigestBack() throws Exception {
        assertThat(merged(Map.of("x:1", A10), Map.of(), Map.of("x:1", A10))).isEmpty();
        assertThat(merged(Map.of("x:1", A10), Map.of(), Map.of())).isEmpty();
        assertThat(merged(Map.of("x:1", A10), Map.of(), Map.of("x:1", row("b", 20))))
                .containsExactly(Map.entry("x:1", row("b", 20)));
    }

    @Test
    void mergesSymmetricallyWithoutLosingNewRows() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Map<String, DigestTable.Row> base = SeenTest.randomRows(random);
            Map<String, DigestTable.Row> ours = changed(base, random);
            Map<String, DigestTable.Row> theirs = changed(base, random);
            Map<String, DigestTable.Row> merged = merged(base, ours, theirs);

            assertThat(merged(base, ours, ours)).isEqualTo(ours);
            assertThat(merged(base, base, theirs)).isEqualTo(withEarlierTimes(base, theirs));
            assertThat(merged(base, merged, merged)).isEqualTo(merged);
            TreeSet<String> all = new TreeSet<>(ours.keySet());
            all.addAll(theirs.keySet());
            assertThat(all).containsAll(merged.keySet());
            for (String key : all) {
                DigestTable.Row our = ours.get(key);
                DigestTable.Row their = theirs.get(key);
                DigestTable.Row before = base.get(key);
                boolean bothHaveIt = our != null && their != null;
                boolean oneChangedIt = bothHaveIt || !Objects.equals(our == null ? their : our, before);
                assertThat(merged.containsKey(key)).as(key).isEqualTo(oneChangedIt);
                if (bothHaveIt) {
                    assertThat(merged.get(key)).isIn(our, their);
                }
            }
        }
    }

    /** Of one digest, the earlier time wins even if only one side has changed it. */
    private static Map<String, DigestTable.Row> withEarlierTimes(
            Map<String, DigestTable.Row> base, Map<String, DigestTable.Row> rows) {
        Map<String, DigestTable.Row> earlier = new TreeMap<>(rows);
        earlier.replaceAll((key, row) -> {
            DigestTable.Row before = base.get(key);
            return before != null && before.digest().equals(row.digest()) && before.moved() < row.moved()
                    ? before
                    : row;
        });
        return earlier;
    }

    private static Map<String, DigestTable.Row> changed(Map<String, DigestTable.Row> base, Random random) {
        Map<String, DigestTable.Row> changed = new TreeMap<>(base);
        changed.keySet().removeIf(key -> random.nextInt(5) == 0);
        changed.replaceAll((key, row) -> switch (random.nextInt(5)) {
            case 0 -> row("moved " + random.nextInt(3), row.moved() + random.nextInt(3));
            case 1 -> SeenTest.row(row.digest(), row.moved() + random.nextInt(3));
            default -> row;
        });
        SeenTest.randomRows(random).forEach(changed::putIfAbsent);
        return changed;
    }

    /** Merges in both directions, which must give the same. */
    private static Map<String, DigestTable.Row> merged(
            Map<String, DigestTable.Row> base, Map<String, DigestTable.Row> ours, Map<String, DigestTable.Row> theirs)
            throws Exception {
        FileContent merged = Seen.merge(file(base), file(ours), file(theirs)).content();
        FileContent exchanged = Seen.merge(file(base), file(theirs), file(ours)).content();
        assertThat(new String(exchanged.bytes(), StandardCharsets.UTF_8))
                .isEqualTo(new String(merged.bytes(), StandardCharsets.UTF_8));
        DigestTable rows = Seen.parse(merged).rows();
        Map<String, DigestTable.Row> found = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            found.put(rows.keys().text(i), rows.row(i));
        }
        return found;
    }

    private static Seen file(Map<String, DigestTable.Row> rows) {
        return new Seen(ImageDigestsTest.table(rows));
    }

    private static DigestTable.Row row(String content, long at) {
        return SeenTest.row(Sample.digest(content), at);
    }
}
