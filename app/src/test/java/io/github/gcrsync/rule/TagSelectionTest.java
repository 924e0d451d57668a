package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.TagSelection.Per;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The steps of a tag selection, and the traps that tags of real images set. */
final class TagSelectionTest {
    private static final List<String> NGINX = List.of(
            "1",
            "1.26",
            "1.26.0",
            "1.26.1",
            "1.26.2",
            "1.27",
            "1.27.0",
            "1.27.1-rc1",
            "1.27.1",
            "1.27.1-alpine",
            "1.27.0-alpine",
            "1.26.2-alpine",
            "1.27-alpine",
            "alpine",
            "latest",
            "stable");

    /** @param keys names and values in turn; a name may be repeated */
    private static TagSelection selection(String... keys) {
        Map<String, List<String>> values = new HashMap<>();
        for (int i = 0; i < keys.length; i += 2) {
            values.computeIfAbsent(keys[i], _ -> new ArrayList<>()).add(keys[i + 1]);
        }
        return new TagSelection(
                patterns(values, "exclude").orElse(List.of()),
                patterns(values, "always").orElse(List.of()),
                patterns(values, "include").orElse(List.of()),
                one(values, "versions").map(VersionRange::parse),
                one(values, "prereleases").map(Boolean::valueOf),
                patterns(values, "variants"),
                one(values, "newest").map(Integer::valueOf),
                TagSelection.By.VERSION,
                one(values, "per")
                        .map(per -> Per.valueOf(per.toUpperCase(Locale.ROOT)))
                        .orElse(Per.VARIANT),
                0,
                AgeLimits.NONE);
    }

    private static Optional<List<NamePattern>> patterns(Map<String, List<String>> values, String key) {
        return Optional.ofNullable(values.get(key))
                .map(texts -> texts.stream().map(NamePattern::parse).toList());
    }

    private static Optional<String> one(Map<String, List<String>> values, String key) {
        return Optional.ofNullable(values.get(key)).map(List::getLast);
    }

    private static List<ListedTag> listed(List<String> tags) {
        return tags.stream().map(tag -> new ListedTag(tag, Optional.empty())).toList();
    }

    private static List<String> chosen(TagSelection selection, List<String> tags) {
        return selection.decide(listed(tags), TagAges.NONE).entrySet().stream()
                .filter(entry -> entry.getValue().isWanted())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String decision(TagSelection selection, List<String> tags, String tag) {
        Decision decision = Objects.requireNonNull(
                selection.decide(listed(tags), TagAges.NONE).get(tag));
        return (decision.isWanted() ? "take" : "drop") + " " + decision.step() + ": " + decision.why();
    }

    @Test
    void selectsEverythingWithoutKeys() {
        assertThat(chosen(selection(), NGINX)).isEqualTo(NGINX);
    }

    @Test
    void matchesWholeNamesOnly() {
        assertThat(chosen(selection("exclude", "1.2?.0"), List.of("1.26.0", "1.26.0-alpine", "11.26.0")))
                .containsExactly("1.26.0-alpine", "11.26.0");
        // regsync and dregsy anchor only the first and the last alternative.
        assertThat(chosen(selection("include", "/1\\.26|stable/"), List.of("1.26", "1.26.1", "unstable", "stable")))
                .containsExactly("1.26", "stable");
    }

    @Test
    void doesNotTreatVariantsAsPrereleases() {
        assertThat(chosen(selection("versions", ">=1.27"), NGINX))
                .containsExactly("1.27", "1.27.0", "1.27.1", "1.27.1-alpine", "1.27.0-alpine", "1.27-alpine");
    }

    @Test
    void selectsPrereleasesWithoutVersions() {
        assertThat(chosen(selection("include", "1.27*"), NGINX)).contains("1.27.1-rc1");
        assertThat(chosen(selection("include", "1.27*", "prereleases", "false"), NGINX))
                .doesNotContain("1.27.1-rc1");
        assertThat(chosen(selection("versions", ">=1.27", "prereleases", "true"), NGINX))
                .contains("1.27.1-rc1");
    }

    @Test
    void doesNotTreatMarchAsPrerelease() {
        assertThat(chosen(selection("versions", "1"), List.of("1.0-march", "1.0-prebuilt", "1.0-rc", "1.0-dev")))
                .containsExactly("1.0-march", "1.0-prebuilt");
    }

    @Test
    void parsesVariantWithoutPrerelease() {
        assertThat(chosen(
                        selection("variants", "alpine"),
                        List.of("1.0-alpine", "1.0-rc1-alpine", "1.0-alpine3.20", "1.0")))
                .containsExactly("1.0-alpine", "1.0-rc1-alpine");
    }

    @Test
    void treatsEmptyVariantAsBareVersion() {
        assertThat(chosen(selection("versions", "1.27", "variants", ""), NGINX))
                .containsExactly("1.27", "1.27.0", "1.27.1");
    }

    @Test
    void keepsNewestOfEachVariant() {
        assertThat(chosen(selection("versions", ">=1", "newest", "2", "per", "variant"), NGINX))
                .containsExactly("1.27.0", "1.27.1", "1.27.1-alpine", "1.27.0-alpine");
    }

    @Test
    void keepsNewestOfEachMinor() {
        assertThat(chosen(selection("versions", ">=1", "variants", "", "newest", "1", "per", "minor"), NGINX))
                .containsExactly("1.26.2", "1.27.1");
    }

    @Test
    void keepsNewestOfRepositoryInAllVariants() {
        assertThat(chosen(selection("versions", ">=1", "newest", "1", "per", "repository"), NGINX))
                .containsExactly("1.27.1", "1.27.1-alpine");
    }

    @Test
    void dropsFloatingTagsFromNewest() {
        String decision = decision(selection("newest", "1", "per", "variant"), NGINX, "1.27");

        assertThat(decision).isEqualTo("drop newest: 1.27 is not a full version such as 1.26.0");
    }

    @Test
    void doesNotCountAlwaysAsNewest() {
        assertThat(chosen(
                        selection(
                                "versions",
                                ">=1.27",
                                "variants",
                                "",
                                "always",
                                "stable",
                                "always",
                                "1.27",
                                "always",
                                "1.26.0",
                                "newest",
                                "1",
                                "per",
                                "variant"),
                        NGINX))
                .containsExactly("1.26.0", "1.27", "1.27.1", "stable");
    }

    @Test
    void prefersExcludeToAlways() {
        assertThat(chosen(selection("exclude", "stable", "always", "stable"), NGINX))
                .doesNotContain("stable");
    }

    @Test
    void countsEqualVersionsOnce() {
        assertThat(chosen(selection("newest", "2", "per", "variant"), List.of("v1.2.0", "1.2.0", "1.1.0", "1.0.0")))
                .containsExactly("v1.2.0", "1.2.0", "1.1.0");
    }

    @Test
    void namesDecidingStepAndValues() {
        TagSelection keys = selection(
                "exclude",
                "*-debug",
                "versions",
                ">=1.27",
                "variants",
                "",
                "variants",
                "alpine*",
                "newest",
                "1",
                "per",
                "variant");
        List<String> tags =
                List.of("1.27.1-debug", "1.26.2", "1.27.1-rc1", "1.27.1-perl", "1.27.0", "1.27.1", "latest");

        assertThat(tags.stream().map(tag -> decision(keys, tags, tag)))
                .containsExactly(
                        "drop exclude: matches *-debug",
                        "drop versions: 1.26.2 is not in >=1.27",
                        "drop prereleases: rc1 is a prerelease",
                        "drop variants: 'perl' matches none of \"\", alpine*",
                        "drop newest: 1.27.0 is older than the newest 1, 1.27.1",
                        "take newest: 1.27.1 is one of the newest: 1.27.1",
                        "drop versions: 'latest' does not begin with a version");
    }

    @Property
    void decidesEachTagInAnyOrder(@ForAll("tags") List<String> tags, @ForAll("keys") TagSelection keys) {
        List<String> backwards = new ArrayList<>(tags).reversed();

        assertThat(new HashSet<>(chosen(keys, backwards))).isEqualTo(new HashSet<>(chosen(keys, tags)));
        assertThat(keys.decide(listed(tags), TagAges.NONE).keySet()).isEqualTo(Set.copyOf(tags));
    }

    @Property
    void keepsSubsetWithSmallerNewest(@ForAll("tags") List<String> tags) {
        assertThat(chosen(selection("newest", "2"), tags)).containsAll(chosen(selection("newest", "1"), tags));
    }

    @Property
    void excludesOnlyMatchingTags(@ForAll("tags") List<String> tags) {
        assertThat(chosen(selection("exclude", "1*"), tags))
                .isEqualTo(tags.stream().filter(tag -> !tag.startsWith("1")).toList());
    }

    @Property
    void keepsAtMostNewestVersionsPerGroup(@ForAll("tags") List<String> tags) {
        List<String> kept = chosen(selection("newest", "2", "per", "repository"), tags);

        assertThat(kept.stream()
                        .map(tag -> TagVersion.parse(tag).orElseThrow().number().toString())
                        .distinct())
                .hasSizeLessThanOrEqualTo(2);
    }

    @Provide
    Arbitrary<List<String>> tags() {
        Arbitrary<String> tag = Combinators.combine(
                        Arbitraries.of("", "v"),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of("", ".1", ".2", ".1.0", ".1.3", ".10.2"),
                        Arbitraries.of("", "-rc1", "-alpine", "-beta.2-alpine", "x"))
                .as((v, major, more, rest) -> v + major + more + rest);
        return Arbitraries.oneOf(tag, Arbitraries.of("latest", "stable"))
                .list()
                .uniqueElements()
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<TagSelection> keys() {
        return Arbitraries.of(
                selection(),
                selection("versions", ">=1 <3"),
                selection("versions", "^1", "prereleases", "true", "always", "latest"),
                selection("variants", "", "variants", "alpine", "newest", "2", "per", "minor"),
                selection("include", "v*", "newest", "1", "per", "variant"));
    }
}
