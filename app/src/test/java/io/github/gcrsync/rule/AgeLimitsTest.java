package io.github.gcrsync.rule;

import static io.github.gcrsync.rule.KnownAges.NOW;
import static io.github.gcrsync.rule.KnownAges.tag;
import static io.github.gcrsync.rule.KnownAges.undated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.TagSelection.Per;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ages do to a selection of tags. */
final class AgeLimitsTest {
    private static final Optional<Duration> DAY = Optional.of(Duration.ofDays(1));
    private static final AgeLimits MIN_DAY = new AgeLimits(DAY, FirstRun.ACCEPT, Optional.empty());
    private static final AgeLimits MAX_DAY = new AgeLimits(Optional.empty(), FirstRun.ACCEPT, DAY);

    /** Excludes {@code bad*}, always selects {@code stable}, and selects {@code 1*} and {@code nightly*}. */
    private static TagSelection selection(AgeLimits ages, By by, int newest) {
        return new TagSelection(
                List.of(NamePattern.parse("bad*")),
                List.of(NamePattern.parse("stable")),
                List.of(NamePattern.parse("1*"), NamePattern.parse("nightly*")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                newest == 0 ? Optional.empty() : Optional.of(newest),
                by,
                Per.REPOSITORY,
                0,
                ages);
    }

    private static List<String> shown(TagSelection selection, TagAges ages, ListedTag... tags) {
        return selection.decide(List.of(tags), ages).entrySet().stream()
                .map(entry -> entry.getKey() + " "
                        + (entry.getValue().isWanted()
                                ? "selected"
                                : entry.getValue().heldUntil().isPresent()
                                        ? "held"
                                        : entry.getValue().step()))
                .toList();
    }

    private static Decision decision(AgeLimits limits, ListedTag tag) {
        TagAges ages = new KnownAges(NOW, Map.of("1.0", NOW.minus(Duration.ofHours(10))));
        return Objects.requireNonNull(
                selection(limits, By.VERSION, 0).decide(List.of(tag), ages).get(tag.tag()));
    }

    @Test
    void holdsBackTagsPushedLately() {
        Decision decision = decision(MIN_DAY, tag("1.1", 1));

        assertThat(decision.isWanted()).isFalse();
        assertThat(decision.heldUntil()).contains(Instant.parse("2026-11-27T11:00:00Z"));
        assertThat(decision.step()).isEqualTo("min-age");
        assertThat(decision.why()).isEqualTo("held back until 2026-11-27T11:00:00Z: pushed at 2026-11-26T11:00:00Z");
        assertThat(decision(MIN_DAY, tag("1.1", 24)).isWanted()).isTrue();
    }

    @Test
    void namesTimeWhenTagWasFirstSeen() {
        assertThat(decision(MIN_DAY, undated("1.0")).why())
                .isEqualTo("held back until 2026-11-27T02:00:00Z: first seen at 2026-11-26T02:00:00Z");
    }

    @Test
    void ignoresPushDatesBeforeRegistriesExisted() {
        ListedTag epoch = new ListedTag("1.0", Optional.empty(), Optional.of(Instant.EPOCH));

        assertThat(decision(MIN_DAY, epoch).why()).contains("first seen");
    }

    @Test
    void holdsBackAlsoWhatIsAlwaysSelectedButNothingExcluded() {
        assertThat(shown(
                        selection(MIN_DAY, By.VERSION, 0),
                        KnownAges.pushed(),
                        tag("bad", 1),
                        tag("other", 1),
                        tag("stable", 1),
                        tag("1.0", 1)))
                .containsExactly("bad exclude", "other include", "stable held", "1.0 held");
    }

    @Test
    void doesNotCountHeldTagsAsNewest() {
        assertThat(shown(
                        selection(MIN_DAY, By.VERSION, 2),
                        KnownAges.pushed(),
                        tag("1.0", 90),
                        tag("1.1", 80),
                        tag("1.2", 70),
                        tag("1.3", 1)))
                .containsExactly("1.0 newest", "1.1 selected", "1.2 selected", "1.3 held");
        assertThat(shown(
                        selection(MIN_DAY, By.DATE, 1),
                        KnownAges.pushed(),
                        tag("1.0", 90),
                        tag("1.1", 80),
                        tag("1.2", 1)))
                .containsExactly("1.0 newest", "1.1 selected", "1.2 held");
    }

    @Test
    void dropsHeldTagsThatNewestWillDropAnyway() {
        assertThat(shown(
                        selection(MIN_DAY, By.VERSION, 1),
                        KnownAges.pushed(),
                        tag("1.0.5", 1),
                        tag("1.1.0", 90),
                        tag("1.1", 1),
                        tag("1.2.0.1", 1),
                        tag("nightly", 1)))
                .containsExactly("1.0.5 newest", "1.1.0 selected", "1.1 newest", "1.2.0.1 held", "nightly newest");
        assertThat(shown(
                        selection(MIN_DAY, By.DATE, 1),
                        new KnownAges(NOW, Map.of("1.0", NOW)),
                        undated("1.0"),
                        tag("1.1", 80)))
                .containsExactly("1.0 newest", "1.1 selected");
    }

    @Test
    void dropsTagsPushedLongAgoOrAtUnknownTime() {
        assertThat(shown(
                        selection(MAX_DAY, By.VERSION, 0),
                        KnownAges.pushed(),
                        tag("1.0", 25),
                        tag("1.1", 24),
                        undated("1.2"),
                        tag("stable", 99)))
                .containsExactly("1.0 max-age", "1.1 selected", "1.2 max-age", "stable selected");
        assertThat(decision(MAX_DAY, tag("1.0", 25)).why())
                .isEqualTo("pushed at 2026-11-25T11:00:00Z, more than 1d ago");
    }

    @Test
    void explainsUnknownDates() {
        Decision decision = Objects.requireNonNull(selection(MAX_DAY, By.VERSION, 0)
                .decide(List.of(undated("1.2"), tag("1.3", 1)), KnownAges.pushed())
                .get("1.2"));

        assertThat(decision.why()).isEqualTo("its push date is unknown and counts as old");
        assertThat(decision.rule()).isEqualTo("tag is older than 1d (--max-age)");
    }

    @Test
    void countsOnlyTagsYoungEnoughAsNewest() {
        assertThat(shown(selection(MAX_DAY, By.VERSION, 1), KnownAges.pushed(), tag("1.1", 5), tag("1.2", 48)))
                .containsExactly("1.1 selected", "1.2 max-age");
    }

    @Test
    void refusesMaxAgeWithoutAnyDate() {
        TagSelection selection = selection(MAX_DAY, By.VERSION, 0);

        assertThatThrownBy(() -> shown(selection, KnownAges.pushed(), undated("1.0"), undated("1.1")))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessage("the registry lists no date for any tag; remove max-age (--max-age)");
        assertThat(shown(selection, KnownAges.pushed(), undated("other"))).containsExactly("other include");
    }

    @Test
    void dropsTagThatIsTooOldOnceItIsNoLongerHeld() {
        AgeLimits both = new AgeLimits(DAY, FirstRun.ACCEPT, Optional.of(Duration.ofDays(2)));
        TagAges seenLate = new TagAges() {
            @Override
            public Optional<Instant> heldUntil(ListedTag tag, Duration minAge) {
                return Optional.of(NOW.plus(minAge));
            }

            @Override
            public Instant now() {
                return NOW;
            }
        };

        assertThat(shown(selection(both, By.VERSION, 0), seenLate, tag("1.0", 30), tag("1.1", 20), undated("1.2")))
                .containsExactly("1.0 max-age", "1.1 held", "1.2 max-age");
    }

    @Test
    void refusesAgesThatSelectNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AgeLimits(DAY, FirstRun.ACCEPT, DAY))
                .withMessageContaining("min-age 1d is not shorter than max-age 1d");
        assertThat(new AgeLimits(DAY, FirstRun.ACCEPT, Optional.of(Duration.ZERO)))
                .isEqualTo(MIN_DAY);
        assertThat(new AgeLimits(Optional.of(Duration.ZERO), FirstRun.ACCEPT, Optional.empty()))
                .isEqualTo(AgeLimits.NONE);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT24H, 1d", "PT36H, 1d12h", "PT240H, 10d", "PT90M, 1h30m", "PT10H5S, 10h5s", "PT20M, 20m"})
    void showsAges(String age, String shown) {
        assertThat(AgeLimits.shown(Duration.parse(age))).isEqualTo(shown);
    }

    @Test
    void returnsCandidatesWhateverTheirAge() {
        List<ListedTag> tags = List.of(tag("bad", 1), tag("other", 1), tag("stable", 1), tag("1.0", 1), tag("1.1", 99));

        assertThat(selection(MIN_DAY, By.VERSION, 1).candidates(tags))
                .map(ListedTag::tag)
                .containsExactly("stable", "1.0", "1.1");
    }

    @Property
    void selectsSameTagsAsIfHeldTagsDidNotExist(
            @ForAll("tags") List<ListedTag> tags, @ForAll("selections") TagSelection selection) {
        Map<String, Decision> decisions = selection.decide(tags, KnownAges.pushed());
        List<ListedTag> old = tags.stream()
                .filter(tag -> KnownAges.pushed().heldUntil(tag, DAY.get()).isEmpty())
                .toList();

        if (old.stream().anyMatch(tag -> tag.pushed().isPresent())) {
            assertThat(wanted(decisions)).isEqualTo(wanted(selection.decide(old, KnownAges.pushed())));
        }
    }

    @Property
    void selectsLaterOnlyTagsThatWereSelectedOrHeldBack(
            @ForAll("tags") List<ListedTag> tags, @ForAll("withoutMax") TagSelection selection) {
        List<String> ever = IntStream.range(0, 25)
                .mapToObj(hours -> new KnownAges(NOW.plus(Duration.ofHours(hours)), Map.of()))
                .flatMap(ages -> wanted(selection.decide(tags, ages)).stream())
                .distinct()
                .toList();

        assertThat(selection.decide(tags, KnownAges.pushed()).entrySet().stream()
                        .filter(entry -> entry.getValue().isWanted()
                                || entry.getValue().heldUntil().isPresent())
                        .map(Map.Entry::getKey))
                .containsAll(ever);
    }

    private static List<String> wanted(Map<String, Decision> decisions) {
        return decisions.entrySet().stream()
                .filter(entry -> entry.getValue().isWanted())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Provide
    Arbitrary<List<ListedTag>> tags() {
        Arbitrary<String> name = Arbitraries.oneOf(
                Combinators.combine(
                                Arbitraries.of("1.0", "1.1", "1.2.0", "1.3.1", "1.3.1.1", "1"),
                                Arbitraries.of("", "-alpine"))
                        .as((number, variant) -> number + variant),
                Arbitraries.of("stable", "nightly-1", "nightly-2", "bad", "other"));
        return Combinators.combine(name, Arbitraries.integers().between(0, 60))
                .as((tag, hours) -> hours > 55 ? undated(tag) : tag(tag, hours))
                .list()
                .uniqueElements(ListedTag::tag)
                .ofMaxSize(12)
                .map(listed -> {
                    List<ListedTag> dated = new ArrayList<>(listed);
                    dated.add(tag("1.0-dated", 100));
                    return List.copyOf(dated);
                });
    }

    @Provide
    Arbitrary<TagSelection> selections() {
        return withLimits(MIN_DAY, new AgeLimits(DAY, FirstRun.ACCEPT, Optional.of(Duration.ofHours(50))));
    }

    /** With a maximum, tags that leave make room for tags that were dropped before. */
    @Provide
    Arbitrary<TagSelection> withoutMax() {
        return withLimits(MIN_DAY);
    }

    private static Arbitrary<TagSelection> withLimits(AgeLimits... limits) {
        return Combinators.combine(
                        Arbitraries.of(limits),
                        Arbitraries.of(By.class),
                        Arbitraries.integers().between(0, 3))
                .as(AgeLimitsTest::selection);
    }
}
