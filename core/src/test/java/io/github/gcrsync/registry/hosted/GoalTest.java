package io.github.gcrsync.registry.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GoalTest {
    private static HostedPage page(Optional<String> next, String... tags) {
        return new HostedPage(
                List.of(tags).stream()
                        .map(tag -> new ListedTag(tag, Optional.empty()))
                        .toList(),
                next);
    }

    @Test
    void acceptsEmptyPageBeforeToken() {
        Goal goal = Goal.all();
        goal.add(page(Optional.of("token"), "a"));
        goal.add(page(Optional.of("token"), new String[0]));
        goal.add(page(Optional.empty(), "b"));

        assertThat(goal.found(Goal.End.LAST_PAGE).tags()).containsOnlyKeys("a", "b");
    }

    @Test
    void refusesEmptyPageAndRepeatedPageBeforeNumber() {
        Goal goal = Goal.all();
        goal.add(page(Optional.of(""), "a"));

        assertThatThrownBy(() -> goal.add(page(Optional.of(""), new String[0])))
                .isInstanceOf(ContentException.Corrupt.class);
        assertThatThrownBy(() -> goal.add(page(Optional.of(""), "a"))).isInstanceOf(ContentException.Corrupt.class);
    }

    @Test
    void boundsPagesByNumberOfTags() {
        Goal goal = Goal.of(List.of("wanted", "other"), true, 1);
        for (int i = 0; i < 3; i++) {
            goal.add(page(Optional.of("token"), "t" + i));
        }

        assertThatThrownBy(() -> goal.add(page(Optional.of("token"), "t3")))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("no end");
    }

    @Test
    void boundsTags() {
        Goal goal = Goal.all();
        String[] many = IntStream.range(0, 300_000).mapToObj(i -> "t" + i).toArray(String[]::new);
        String[] more = IntStream.range(0, 300_000).mapToObj(i -> "u" + i).toArray(String[]::new);
        goal.add(page(Optional.of(""), many));

        assertThatThrownBy(() -> goal.add(page(Optional.of(""), more)))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("500000");
    }
}
