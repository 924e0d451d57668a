package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Per;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class UnmatchedPatternsTest {
    private static final Listing LISTING = listing(List.of());

    private static Listing listing(List<Listing.Failure> failures) {
        return new Listing(
                List.of(repository("team/api", "1.0-alpine", "stable"), repository("team/worker-1", "2.0")),
                List.of(),
                failures);
    }

    private static ListedRepository repository(String name, String... tags) {
        return new ListedRepository(
                new RepositoryName(name),
                Stream.of(tags).map(tag -> new ListedTag(tag, Optional.empty())).toList());
    }

    private static List<NamePattern> patterns(String... texts) {
        return Stream.of(texts).map(NamePattern::parse).toList();
    }

    private static TagSelection selection(List<NamePattern> always, List<NamePattern> variants) {
        return new TagSelection(
                patterns("nothing-*"),
                always,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(variants),
                Optional.empty(),
                By.VERSION,
                Per.VARIANT,
                0,
                AgeLimits.NONE);
    }

    private static MirrorRule rule(TagSelection selection, List<NamedImage> images, String... repositories) {
        return new MirrorRule(
                Optional.of("team"),
                Source.parse("quay.io/team"),
                SelectionRules.of(
                        Stream.of(repositories).map(RepositoryPattern::parse).toList(), selection, images),
                new TagMoves(patterns("v*", "2.*"), true),
                Location.parse("registry.example.com/mirror"),
                new DestinationName("mirror", false),
                NameTemplate.DEFAULT,
                Platforms.ALL,
                MirrorRule.RequiredSignature.NONE,
                ReferrerTypes.ALL,
                false,
                false,
                -1,
                false,
                Shard.WHOLE);
    }

    @Test
    void findsPatternsThatMatchNothing() {
        MirrorRule rule =
                rule(selection(patterns("stable", "lts"), patterns("", "alpine", "slim")), List.of(), "worker-*", "ui");

        assertThat(UnmatchedPatterns.of(rule, LISTING))
                .containsExactly("ui (repositories)", "lts (tags.always)", "slim (tags.variants)", "v* (fixed)");
    }

    @Test
    void acceptsExcludesThatMatchNothing() {
        assertThat(UnmatchedPatterns.of(rule(TagSelection.ALL, List.of(), "!none"), LISTING))
                .containsExactly("v* (fixed)");
    }

    @Test
    void looksOnlyAtRepositoryOfNamedImage() {
        NamedImage named =
                new NamedImage.Tags(new RepositoryName("worker-1"), selection(patterns("stable"), patterns("")));

        assertThat(UnmatchedPatterns.of(rule(TagSelection.ALL, List.of(named)), LISTING))
                .containsExactly("stable (worker-1.always)", "v* (fixed)");
    }

    @Test
    void looksAtRepositoryNamedWithoutSelectionOfItsOwn() {
        TagSelection selection = selection(patterns("lts"), patterns("*"));

        assertThat(UnmatchedPatterns.of(rule(selection, List.of(NamedImage.parse("worker-1", selection))), LISTING))
                .containsExactly("lts (tags.always)", "v* (fixed)");
    }

    @Test
    void saysNothingAboutIncompleteListing() {
        Listing listing = listing(List.of(
                new Listing.Failure(new RepositoryName("team/ui"), new ContentException.Unreachable("HTTP 502"))));

        assertThat(UnmatchedPatterns.of(rule(TagSelection.ALL, List.of(), "ui"), listing))
                .isEmpty();
    }
}
