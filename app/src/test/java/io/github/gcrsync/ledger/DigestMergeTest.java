package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestMergeTest {
    private static final DigestTable.Row A1 = row("a", 10, 10);

    @Test
    void keepsLaterMoveAndEarlierFirstTime() {
        Map<String, DigestTable.Row> merged =
                merged(Map.of(), Map.of("x:1", row("b", 5, 30, "by=copied")), Map.of("x:1", row("c", 3, 20, "rule=1")));
        assertThat(merged).containsExactly(Map.entry("x:1", row("b", 3, 30, "by=copied")));
    }

    @Test
    void prefersMovedSideWhateverItsClock() {
        DigestTable.Row moved = row("c", 10, 7, "by=copied");
        assertThat(merged(Map.of("x:1", A1), Map.of("x:1", row("a", 10, 10, "gone=1")), Map.of("x:1", moved)))
                .containsExactly(Map.entry("x:1", moved));
    }

    @Test
    void keepsTagForgottenUnlessOtherSideMirroredItAgain() {
        assertThat(merged(Map.of("x:1", A1), Map.of(), Map.of("x:1", A1))).isEmpty();
        assertThat(merged(Map.of("x:1", A1), Map.of(), Map.of("x:1", row("a", 10, 10, "refs=1"))))
                .isEmpty();
        assertThat(merged(Map.of("x:1", A1), Map.of(), Map.of("x:1", row("b", 10, 20))))
                .containsKey("x:1");
    }

    @Test
    void marksNewRowsIfOneSideRemovedRows() {
        DigestTable.Row stored = row("b", 20, 20, "by=copied refs=1");
        Map<String, DigestTable.Row> base = Map.of("x:1", A1, "x:2", A1, "y:1", A1);
        Map<String, DigestTable.Row> pruned = Map.of("x:2", A1, "y:1", A1);
        Map<String, DigestTable.Row> added = Map.of("x:1", A1, "x:2", stored, "y:1", A1, "z:1", stored);
        DigestTable.Row marked = row("b", 20, 20, "by=copied check=due");
        assertThat(merged(base, pruned, added))
                .isEqualTo(Map.of("x:2", row("b", 10, 20, "by=copied check=due"), "y:1", A1, "z:1", marked));
    }

    /** Each side is the time of the last move and the attributes. */
    @ParameterizedTest
    @CsvSource({
        "'',          1 by=copied,         1 refs=2,          by=copied refs=2",
        "x=1 y=1,     1 x=1 y=1 z=1,       1 y=2,             y=2 z=1",
        "gone=1,      1 gone=1,            1 by=copied,       by=copied",
        "x=1,         2 x=2,               1 x=3,             x=2",
        "x=1,         2 z=1,               1 x=3,             z=1",
        "'',          1 gone=1,            2 gone=2,          gone=2",
        "gone=0,      1 gone=1,            1 gone=2,          gone=2",
        "gone=0,      1 gone=1,            1 '',              ''",
        "unselected=0,1 unselected=1,      1 z=1,             z=1",
        "'',          1 by=copied,         1 by=adopted,      by=adopted",
        "by=adopted,  1 by=copied,         1 z=1,             z=1",
        "'',          1 as=1 rule=2,       1 as=3 rule=1,     as=3 rule=1",
        "as=1,        1 as=1,              1 as=2,            as=2",
        "as=1,        1 as=1,              1 '',              ''",
        "as=1,        2 as=2,              1 as=3,            as=2",
        "as=1 rule=1, 2 as=2 rule=2,       1 '',              as=2 rule=2",
        "as=1 rule=1, 2 '',                1 as=2 rule=2,     ''"
    })
    void mergesAttributesOfOneDigest(String base, String ours, String theirs, String expected) {
        String[] our = ours.replace("'", "").split(" ", 2);
        String[] their = theirs.replace("'", "").split(" ", 2);
        Map<String, DigestTable.Row> merged = merged(
                Map.of("x:1", row("a", 1, 0, base)),
                Map.of("x:1", row("a", 1, Long.parseLong(our[0]), our[1])),
                Map.of("x:1", row("a", 1, Long.parseLong(their[0]), their[1])));

        assertThat(Objects.requireNonNull(merged.get("x:1")).attributes().text())
                .isEqualTo(expected);
    }

    @Test
    void ignoresAttributesOfEarlierDigest() {
        assertThat(merged(
                        Map.of("x:1", row("old", 1, 1, "refs=1")),
                        Map.of("x:1", row("new", 1, 2, "by=copied refs=1")),
                        Map.of("x:1", row("new", 1, 2, "by=copied"))))
                .containsExactly(Map.entry("x:1", row("new", 1, 2, "by=copied refs=1")));
    }

    @Test
    void takesDigestAtDestinationFromLaterMove() {
        DigestTable.Row before = row("old", 1, 1, "as=1");
        DigestTable.Row cut = row("new", 1, 3, "as=2");
        DigestTable.Row whole = row("newer", 1, 4);

        assertThat(merged(Map.of("x:1", before), Map.of("x:1", cut), Map.of("x:1", row("other", 1, 2, "as=3"))))
                .containsExactly(Map.entry("x:1", cut));
        assertThat(merged(Map.of("x:1", before), Map.of("x:1", cut), Map.of("x:1", whole)))
                .containsExactly(Map.entry("x:1", whole));
    }

    @Test
    void keepsNewerFileIfDestinationsDiffer() {
        ImageDigests here = file("here", "s", Map.of("x:1", row("a", 1, 1)));
        ImageDigests there = file("there", "s", Map.of("y:1", row("b", 2, 2)));
        assertThat(DigestMerge.merge(here, here, there)).isSameAs(there);
        assertThat(DigestMerge.merge(here, there, here)).isSameAs(there);
    }

    @Test
    void keepsNewerFileIfNamesDependOnDifferentSources() {
        ImageDigests here = file("here {namespace}/{repository}:{tag}", "gcr.io/a", Map.of("x:1", row("a", 1, 1)));
        ImageDigests there = file("here {namespace}/{repository}:{tag}", "gcr.io/b", Map.of("y:1", row("b", 2, 2)));
        assertThat(DigestMerge.merge(here, here, there)).isSameAs(there);
        assertThat(DigestMerge.merge(here, there, here)).isSameAs(there);
    }

    @Test
    void takesSourceOfSideThatChangedIt() {
        ImageDigests base = file("here", "gcr.io/a", Map.of());
        ImageDigests same = file("here", "gcr.io/a", Map.of("x:1", row("a", 9, 9)));
        ImageDigests changed = file("here", "gcr.io/b", Map.of("x:1", row("a", 1, 1)));
        assertThat(DigestMerge.merge(base, same, changed).source()).contains("gcr.io/b");
        assertThat(DigestMerge.merge(base, changed, same).source()).contains("gcr.io/b");
    }

    @Test
    void mergesFormat1WithFormat2() {
        ImageDigests old = new ImageDigests("here", Optional.empty(), ImageDigestsTest.table(Map.of("x:1", A1)));
        DigestTable.Row found = row("b", 20, 20);
        ImageDigests byOld =
                new ImageDigests("here", Optional.empty(), ImageDigestsTest.table(Map.of("x:1", A1, "y:1", found)));
        DigestTable.Row described = row("a", 10, 10, "by=copied");
        ImageDigests byNew = file("here", "gcr.io/a", Map.of("x:1", described));

        ImageDigests merged = DigestMerge.merge(old, byOld, byNew);

        assertThat(merged.source()).contains("gcr.io/a");
        assertThat(rows(DigestMerge.merge(old, byNew, byOld))).isEqualTo(rows(merged));
        assertThat(rows(merged)).containsOnly(Map.entry("x:1", described), Map.entry("y:1", found));
        assertThat(DigestMerge.merge(old, byOld, old).source()).isEmpty();
    }

    @Test
    void mergesSymmetricallyWithoutLosingNewRows() {
        eachSeed(random -> {
            Map<String, DigestTable.Row> base = ImageDigestsTest.randomRows(random);
            Map<String, DigestTable.Row> ours = changed(base, random);
            Map<String, DigestTable.Row> theirs = changed(base, random);
            Map<String, DigestTable.Row> merged = merged(base, ours, theirs);

            assertThat(merged(base, ours, ours)).isEqualTo(ours);
            assertThat(merged(base, merged, merged)).isEqualTo(merged);
            TreeSet<String> all = new TreeSet<>(ours.keySet());
            all.addAll(theirs.keySet());
            all.removeIf(key -> !merged.containsKey(key));
            assertThat(merged.keySet()).isEqualTo(all);
            ours.forEach((key, row) -> {
                DigestTable.Row before = base.get(key);
                boolean isMoved = before == null || !move(row).equals(move(before));
                if (isMoved) {
                    assertThat(merged).as(key).containsKey(key);
                }
                if (isMoved && Objects.equals(theirs.get(key), before)) {
                    assertThat(Objects.requireNonNull(merged.get(key)).digest()).isEqualTo(row.digest());
                }
            });
        });
    }

    @Test
    void keepsAttributesThatOneSideChanged() {
        eachSeed(random -> {
            Map<String, DigestTable.Row> base = ImageDigestsTest.randomRows(random);
            Map<String, DigestTable.Row> ours = described(base, random);
            Map<String, DigestTable.Row> theirs = described(base, random);
            Map<String, DigestTable.Row> merged = merged(base, ours, theirs);

            base.forEach((key, before) -> {
                Attributes our = Objects.requireNonNull(ours.get(key)).attributes();
                Attributes their = Objects.requireNonNull(theirs.get(key)).attributes();
                Attributes both = Objects.requireNonNull(merged.get(key)).attributes();
                TreeSet<String> names = new TreeSet<>(our.values().keySet());
                names.addAll(their.values().keySet());
                names.addAll(before.attributes().values().keySet());
                assertThat(names).containsAll(both.values().keySet());
                for (String name : names) {
                    if (their.get(name).equals(before.attributes().get(name))) {
                        assertThat(both.get(name)).as(key + " " + name).isEqualTo(our.get(name));
                    }
                }
            });
        });
    }

    private static void eachSeed(Consumer<Random> property) {
        for (int seed = 0; seed < 300; seed++) {
            property.accept(new Random(seed));
        }
    }

    private static DigestTable.Row move(DigestTable.Row row) {
        return new DigestTable.Row(row.digest(), 0, row.moved(), Attributes.NONE);
    }

    private static Map<String, DigestTable.Row> changed(Map<String, DigestTable.Row> base, Random random) {
        Map<String, DigestTable.Row> changed = new TreeMap<>(base);
        changed.keySet().removeIf(key -> random.nextInt(6) == 0);
        changed.replaceAll((key, row) -> random.nextInt(4) == 0 && key.indexOf('@') < 0
                ? new DigestTable.Row(
                        Sample.digest("moved " + random.nextInt(3)),
                        row.first(),
                        row.moved() + 1 + random.nextInt(3),
                        ImageDigestsTest.attributes(random))
                : row);
        ImageDigestsTest.randomRows(random).forEach(changed::putIfAbsent);
        return described(changed, random);
    }

    private static Map<String, DigestTable.Row> described(Map<String, DigestTable.Row> rows, Random random) {
        Map<String, DigestTable.Row> described = new TreeMap<>(rows);
        described.replaceAll((key, row) -> random.nextInt(2) == 0
                ? new DigestTable.Row(row.digest(), row.first(), row.moved(), ImageDigestsTest.attributes(random))
                : row);
        return described;
    }

    /** Merges in both directions, which must give the same. */
    private static Map<String, DigestTable.Row> merged(
            Map<String, DigestTable.Row> base, Map<String, DigestTable.Row> ours, Map<String, DigestTable.Row> theirs) {
        Map<String, DigestTable.Row> merged = rows(DigestMerge.merge(file(base), file(ours), file(theirs)));
        assertThat(rows(DigestMerge.merge(file(base), file(theirs), file(ours))))
                .isEqualTo(merged);
        return merged;
    }

    private static Map<String, DigestTable.Row> rows(ImageDigests file) {
        DigestTable rows = file.rows();
        Map<String, DigestTable.Row> merged = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            merged.put(rows.keys().text(i), rows.row(i));
        }
        return merged;
    }

    private static ImageDigests file(Map<String, DigestTable.Row> rows) {
        return file("here", "gcr.io/a", rows);
    }

    private static ImageDigests file(String destination, String source, Map<String, DigestTable.Row> rows) {
        return new ImageDigests(destination, Optional.of(source), ImageDigestsTest.table(rows));
    }

    private static DigestTable.Row row(String content, long first, long moved) {
        return row(content, first, moved, "");
    }

    private static DigestTable.Row row(String content, long first, long moved, String attributes) {
        return new DigestTable.Row(Sample.digest(content), first, moved, new Attributes(attributes));
    }
}
