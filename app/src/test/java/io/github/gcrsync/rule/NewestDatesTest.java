package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Per;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NewestDatesTest {
    private static ListedTag tag(String tag, int day) {
        return new ListedTag(tag, Optional.empty(), Optional.of(Instant.parse("2026-01-0" + day + "T00:00:00Z")));
    }

    private static TagSelection newest(int most, Per per) {
        return new TagSelection(
                List.of(),
                List.of(NamePattern.parse("stable")),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(most),
                By.DATE,
                per,
                0,
                AgeLimits.NONE);
    }

    private static List<String> chosen(TagSelection selection, ListedTag... tags) {
        return selection.decide(List.of(tags), TagAges.NONE).entrySet().stream()
                .filter(entry -> entry.getValue().isWanted())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void keepsTagsPushedLast() {
        assertThat(chosen(newest(2, Per.REPOSITORY), tag("build-7", 3), tag("build-8", 1), tag("build-9", 2)))
                .containsExactly("build-7", "build-9");
    }

    @Test
    void countsEachVariantAlone() {
        assertThat(chosen(newest(1, Per.VARIANT), tag("1.0", 1), tag("1.1", 2), tag("1.0-alpine", 3), tag("edge", 4)))
                .containsExactly("1.1", "1.0-alpine", "edge");
    }

    @Test
    void doesNotCountTagsThatAreAlwaysSelected() {
        assertThat(chosen(newest(1, Per.REPOSITORY), tag("stable", 3), tag("a", 1), tag("b", 2)))
                .containsExactly("stable", "b");
    }

    @Test
    void prefersLowerNameAmongEqualDates() {
        assertThat(chosen(newest(1, Per.REPOSITORY), tag("b", 1), tag("a", 1))).containsExactly("a");
    }

    @Test
    void countsUnknownDatesAsOldest() {
        ListedTag never = new ListedTag("a", Optional.empty());
        ListedTag epoch = new ListedTag("b", Optional.empty(), Optional.of(Instant.parse("2012-12-31T23:59:59Z")));

        assertThat(chosen(newest(1, Per.REPOSITORY), never, epoch, tag("c", 1))).containsExactly("c");
        assertThat(chosen(newest(2, Per.REPOSITORY), never, epoch, tag("c", 1))).containsExactly("a", "c");
        assertThat(newest(1, Per.REPOSITORY)
                        .decide(List.of(epoch, tag("c", 1)), TagAges.NONE)
                        .get("b"))
                .hasToString(TagSelection.Decision.dropped(
                                "newest",
                                "tag is not among the last 1 pushed (--newest, --by date)",
                                "its push date is unknown and counts as the oldest, before c")
                        .toString());
    }

    @Test
    void refusesListingWithoutAnyDate() {
        ListedTag undated = new ListedTag("b", Optional.empty());

        assertThatThrownBy(() -> chosen(newest(1, Per.REPOSITORY), undated))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessage("the registry lists no date for any tag; choose the newest by version");
        assertThat(chosen(newest(1, Per.REPOSITORY), new ListedTag("stable", Optional.empty())))
                .containsExactly("stable");
    }
}
