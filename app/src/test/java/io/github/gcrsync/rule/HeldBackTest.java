package io.github.gcrsync.rule;

import static io.github.gcrsync.rule.KnownAges.NOW;
import static io.github.gcrsync.rule.KnownAges.tag;
import static io.github.gcrsync.rule.KnownAges.undated;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Per;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What ages do to the selection of a whole source. */
final class HeldBackTest {
    private static final RepositoryName API = new RepositoryName("api");
    private static final RepositoryName WORKER = new RepositoryName("worker");
    private static final AgeLimits WAIT =
            new AgeLimits(Optional.of(Duration.ofDays(1)), FirstRun.WAIT, Optional.empty());

    private static TagSelection selection(String include, AgeLimits ages, By by, int atLeast) {
        return new TagSelection(
                List.of(),
                List.of(),
                List.of(NamePattern.parse(include)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                by == By.DATE ? Optional.of(1) : Optional.empty(),
                by,
                Per.REPOSITORY,
                atLeast,
                ages);
    }

    private static SelectionRules rules(TagSelection selected, NamedImage... images) {
        return SelectionRules.of(List.of(), selected, List.of(images));
    }

    private static Selection select(SelectionRules rules, TagAges ages) {
        Listing listing = new Listing(
                List.of(
                        new ListedRepository(
                                new RepositoryName("team/api"), List.of(tag("1.0", 48), tag("1.1", 2), tag("2.0", 1))),
                        new ListedRepository(new RepositoryName("team/worker"), List.of(undated("1.0")))),
                List.of(),
                List.of());
        return Selection.of(listing, Source.parse("quay.io/team"), rules, _ -> false, name -> {
            assertThat(name).isIn(API, WORKER);
            return ages;
        });
    }

    private static List<String> selected(Selection selection) {
        return selection.repositories().stream()
                .flatMap(repository -> repository.tags().stream().map(tag -> repository.name() + ":" + tag.tag()))
                .toList();
    }

    private static List<String> heldBack(Selection selection) {
        return selection.heldBack().stream()
                .map(held -> held.name() + ":" + held.tag().tag() + " " + held.until())
                .toList();
    }

    @Test
    void listsHeldTagsApartFromExcludedOnes() {
        Selection selection = select(
                rules(selection("1*", WAIT, By.VERSION, 0)),
                new KnownAges(NOW, Map.of("1.0", NOW.minus(Duration.ofHours(3)))));

        assertThat(selected(selection)).containsExactly("api:1.0");
        assertThat(heldBack(selection))
                .containsExactly("api:1.1 2026-11-27T10:00:00Z", "worker:1.0 2026-11-27T09:00:00Z");
        assertThat(selection.excluded().rules()).containsExactly("tag matches no pattern (--include-tag)");
        assertThat(selection.excluded().count()).isEqualTo(1);
        assertThat(selection.failures()).isEmpty();
    }

    @Test
    void countsHeldTagsInFailureOfRepositoryWithTooFew() {
        Selection selection = select(rules(selection("1*", WAIT, By.VERSION, 2)), KnownAges.pushed());

        assertThat(selection.failures().get(API))
                .hasMessage("it has 1 selected tags, and --at-least requires 2; --min-age holds back 1");
        assertThat(selection.failures().get(WORKER)).hasMessage("it has 1 selected tags, and --at-least requires 2");
        assertThat(heldBack(selection)).hasSize(1);
    }

    @Test
    void failsOnlyRepositoryWithoutDates() {
        Selection selection = select(rules(selection("1*", AgeLimits.NONE, By.DATE, 0)), KnownAges.pushed());

        assertThat(selected(selection)).containsExactly("api:1.1");
        assertThat(selection.failures()).containsOnlyKeys(WORKER);
    }

    @Test
    void selectsNamedTagsWhateverTheirAge() {
        TagSelection waiting = selection("1*", WAIT, By.VERSION, 0);
        Selection selection = select(
                rules(waiting, NamedImage.parse("api", waiting), NamedImage.parse("api:2.0", waiting)),
                KnownAges.pushed());

        assertThat(selected(selection)).containsExactly("api:1.0", "api:2.0");
        assertThat(heldBack(selection)).containsExactly("api:1.1 2026-11-27T10:00:00Z");
    }

    @Test
    void holdsBackOnlyIfNoSelectionOfRepositorySelects() {
        NamedImage waiting = new NamedImage.Tags(API, selection("1*", WAIT, By.VERSION, 0));
        NamedImage others = new NamedImage.Tags(API, selection("2*", AgeLimits.NONE, By.VERSION, 0));
        NamedImage all = new NamedImage.Tags(API, selection("*", AgeLimits.NONE, By.VERSION, 0));

        for (NamedImage[] images : new NamedImage[][] {{waiting, others}, {others, waiting}}) {
            Selection selection = select(rules(TagSelection.ALL, images), KnownAges.pushed());

            assertThat(selected(selection)).containsExactly("api:1.0", "api:2.0");
            assertThat(heldBack(selection)).containsExactly("api:1.1 2026-11-27T10:00:00Z");
        }
        assertThat(heldBack(select(rules(TagSelection.ALL, waiting, all), KnownAges.pushed())))
                .isEmpty();
    }

    @Test
    void needsDatesOnlyWhereTheyDecide() {
        TagSelection aged = selection("1*", WAIT, By.VERSION, 0);
        TagSelection unaged = selection("1*", AgeLimits.NONE, By.VERSION, 0);

        assertThat(rules(aged).needsDates(API)).isTrue();
        assertThat(rules(selection("*", AgeLimits.NONE, By.DATE, 0)).needsDates(API))
                .isTrue();
        assertThat(rules(unaged).needsDates(API)).isFalse();
        SelectionRules named = rules(aged, new NamedImage.Tags(API, unaged), NamedImage.parse("worker:1", aged));
        assertThat(named.needsDates(API)).isFalse();
        assertThat(named.needsDates(WORKER)).isFalse();
        assertThat(named.needsDates(new RepositoryName("other"))).isFalse();
    }

    @Test
    void waitsOnFirstRunOnlyIfSelectionSaysSo() {
        AgeLimits accept = new AgeLimits(WAIT.min(), FirstRun.ACCEPT, Optional.empty());
        AgeLimits noMin = new AgeLimits(Optional.empty(), FirstRun.WAIT, Optional.empty());

        assertThat(Stream.of(WAIT, accept, noMin)
                        .map(ages -> rules(selection("*", ages, By.VERSION, 0)).waitsOnFirstRun(API)))
                .containsExactly(true, false, false);
    }

    @Test
    void returnsCandidatesOfRepository() {
        TagSelection aged = selection("1*", WAIT, By.DATE, 0);
        List<ListedTag> tags = List.of(tag("1.0", 1), tag("1.1", 1), tag("2.0", 1), undated("3.0"));

        assertThat(rules(aged).candidates(API, tags)).map(ListedTag::tag).containsExactly("1.0", "1.1");
        SelectionRules named = rules(aged, new NamedImage.Tags(API, aged), NamedImage.parse("api:3.0", aged));
        assertThat(named.candidates(API, tags)).map(ListedTag::tag).containsExactly("1.0", "1.1", "3.0");
        assertThat(named.candidates(WORKER, tags)).isEmpty();
    }
}
