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
                0);
    }

    private static List<String> chosen(TagSelection selection, ListedTag... tags) {
        return selection.decide(List.of(tags)).entrySet().stream()
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
    void refusesListingWithoutDates() {
        assertThatThrownBy(() ->
                        newest(1, Per.REPOSITORY).decide(List.of(tag("a", 1), new ListedTag("b", Optional.empty()))))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("b");
    }
}
