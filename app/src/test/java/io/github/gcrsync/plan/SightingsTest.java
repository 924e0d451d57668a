package io.github.gcrsync.plan;

import static io.github.gcrsync.plan.MemoryMirror.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.ledger.Sighting;
import io.github.gcrsync.ledger.Sighting.State;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.RepositoryPattern;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.SelectionRules;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.rule.TagAges;
import io.github.gcrsync.rule.TagMoves;
import io.github.gcrsync.rule.TagSelection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listing of {@code gcr.io/ns} says of recorded images. */
final class SightingsTest {
    private static final String BY_DIGEST = Sample.byDigest("a", "content");

    /** Excludes tags that contain test, and what the patterns exclude. */
    private static MirrorRule rule(List<String> patterns, String... images) {
        return new MirrorRule(
                Optional.empty(),
                new Source("gcr.io", MemoryMirror.NAMESPACE),
                SelectionRules.of(
                        true,
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        patterns.stream().map(RepositoryPattern::parse).toList(),
                        TagSelection.ALL,
                        Stream.of(images)
                                .map(image -> NamedImage.parse(image, TagSelection.ALL))
                                .toList()),
                TagMoves.FOLLOWED,
                Location.parse(MemoryMirror.DESTINATION),
                new DestinationName("mirror", false),
                NameTemplate.DEFAULT,
                Platforms.ALL,
                MirrorRule.RequiredSignature.NONE,
                ReferrerTypes.NONE,
                false,
                false,
                -1,
                false,
                Shard.WHOLE);
    }

    private static final MirrorRule ALL = rule(List.of());

    /** @param images {@code a:1} for {@code ns/a:1}; {@code a:} for a repository without tags */
    private static Listing listing(String... images) {
        return listing(List.of(images), List.of());
    }

    private static Listing listing(List<String> images, List<String> failed) {
        Map<String, List<ListedTag>> tags = images.stream()
                .collect(Collectors.groupingBy(
                        image -> "ns/" + image.substring(0, image.indexOf(':')),
                        TreeMap::new,
                        Collectors.mapping(
                                image -> new ListedTag(image.substring(image.indexOf(':') + 1), Optional.empty()),
                                Collectors.filtering(tag -> !tag.tag().isEmpty(), Collectors.toUnmodifiableList()))));
        return new Listing(
                tags.entrySet().stream()
                        .map(each -> new ListedRepository(new RepositoryName(each.getKey()), each.getValue()))
                        .toList(),
                List.of(),
                failed.stream()
                        .map(name -> new Listing.Failure(new RepositoryName("ns/" + name), MemoryMirror.unreachable()))
                        .toList());
    }

    private static Selection selection(MirrorRule rule, Listing listing) {
        return Selection.of(listing, rule.source(), rule.selection(), rule.names()::isMirror, _ -> TagAges.NONE);
    }

    private static Recorded row(String image, String attributes) {
        return new Recorded(
                key(image).name(),
                key(image).reference(),
                Sample.digest(image),
                Sample.START,
                Sample.START,
                new Attributes(attributes));
    }

    private static Map<String, State> states(MirrorRule rule, Listing listing, String... recorded) {
        return states(rule, listing, selection(rule, listing), Set.of(), Set.of(), recorded);
    }

    private static Map<String, State> states(
            MirrorRule rule,
            Listing listing,
            Selection selection,
            Set<ImageKey> gone,
            Set<String> failed,
            String... recorded) {
        Map<String, State> states = new LinkedHashMap<>();
        new Sightings(rule)
                .of(
                        listing,
                        selection,
                        gone,
                        failed,
                        Stream.of(recorded).map(image -> row(image, "")),
                        (image, state) -> states.put(image.image(), state));
        return states;
    }

    @Test
    void distinguishesSelectedUnselectedAndGoneTags() {
        assertThat(states(ALL, listing("a:1", "a:1-test", "b:"), "a:1", "a:1-test", "a:2", "b:1", "c:1"))
                .containsExactly(
                        entry("a:1", State.SELECTED),
                        entry("a:1-test", State.UNSELECTED),
                        entry("a:2", State.GONE),
                        entry("b:1", State.GONE),
                        entry("c:1", State.GONE));
    }

    @Test
    void marksAllAsGoneIfSourceIsEmpty() {
        assertThat(states(ALL, listing(), "a:1", "b:1"))
                .containsExactly(entry("a:1", State.GONE), entry("b:1", State.GONE));
    }

    @Test
    void unselectsExcludedRepository() {
        assertThat(states(rule(List.of("!b")), listing("a:1", "b:1"), "a:1", "b:1", "b:2"))
                .containsExactly(
                        entry("a:1", State.SELECTED), entry("b:1", State.UNSELECTED), entry("b:2", State.GONE));
    }

    @Test
    void ignoresOtherShards() {
        Shard own = ALL.within(new Shard(1, 2)).shardOf(new RepositoryName("a"));
        Shard other = new Shard(3 - own.number(), 2);

        assertThat(states(ALL.within(own), listing(), "a:1")).containsExactly(entry("a:1", State.GONE));
        assertThat(states(ALL.within(other), listing(), "a:1")).isEmpty();
    }

    @Test
    void knowsNothingOfRepositoriesThatCouldNotBeListed() {
        Listing listing = listing(List.of("b:1"), List.of("a"));

        assertThat(states(ALL, listing, "a/b:1", "a:1", "b:1", "c:1"))
                .as("what is below a repository of gcr.io is listed with it")
                .containsExactly(entry("b:1", State.SELECTED), entry("c:1", State.GONE));
    }

    /** SourceListing adds named tags to a repository that could not be listed. */
    @Test
    void knowsNothingOfRepositoryThatIsListedInPart() {
        MirrorRule rule = rule(List.of(), "a", "a:1");

        assertThat(states(rule, listing(List.of("a:1"), List.of("a")), "a:1", "a:2"))
                .isEmpty();
    }

    @Test
    void knowsNothingBelowPathIfOnlyRepositoryAtPathIsListed() {
        Listing atPath = new Listing(
                List.of(new ListedRepository(MemoryMirror.NAMESPACE, List.of(new ListedTag("1", Optional.empty())))),
                List.of(),
                List.of());

        assertThat(states(ALL, atPath, "a:1", "ns:1", "ns:2"))
                .containsExactly(entry("ns:1", State.SELECTED), entry("ns:2", State.GONE));
        Listing ofOtherShard = new Listing(List.of(), List.of(), List.of(), List.of(MemoryMirror.NAMESPACE));
        assertThat(states(ALL, ofOtherShard, "a:1")).isEmpty();
    }

    @Test
    void knowsNothingOfFailedRepositoriesAndImages() {
        Listing listing = listing("a:1", "b:1", "b:2");

        assertThat(states(
                        ALL,
                        listing,
                        selection(ALL, listing),
                        Set.of(),
                        Set.of("a", "b:1", "b:3"),
                        "a:1",
                        "a:2",
                        "b:1",
                        "b:2",
                        "b:3"))
                .containsExactly(entry("b:2", State.SELECTED));
    }

    @Test
    void knowsNothingOfRepositoryWithTooFewSelectedTags() {
        Listing listing = listing("a:1", "b:1");
        Selection all = selection(ALL, listing);
        Selection failing = new Selection(
                all.repositories(),
                all.excluded(),
                List.of(),
                new TreeMap<>(Map.of(new RepositoryName("a"), MemoryMirror.unreachable())));

        assertThat(states(ALL, listing, failing, Set.of(), Set.of(), "a:1", "a:2", "b:1"))
                .containsExactly(entry("b:1", State.SELECTED));
    }

    @Test
    void selectsTagThatWaits() {
        Listing listing = listing("a:1", "a:2");
        Selection waiting = new Selection(
                List.of(),
                selection(ALL, listing).excluded(),
                List.of(
                        new Selection.HeldBack(
                                new RepositoryName("a"), new ListedTag("1", Optional.empty()), Instant.MAX),
                        new Selection.HeldBack(
                                new RepositoryName("a"), new ListedTag("2", Optional.empty()), Instant.MAX)),
                new TreeMap<>());

        assertThat(states(ALL, listing, waiting, Set.of(key("a:2")), Set.of(), "a:1", "a:2"))
                .containsExactly(entry("a:1", State.SELECTED), entry("a:2", State.GONE));
    }

    @Test
    void marksListedTagWithoutManifestAsGone() {
        Listing listing = listing("a:1");

        assertThat(states(ALL, listing, selection(ALL, listing), Set.of(key("a:1")), Set.of(), "a:1"))
                .containsExactly(entry("a:1", State.GONE));
    }

    @Test
    void unselectsWhatIsNoLongerNamed() {
        MirrorRule rule = rule(List.of(), "a:1", "b");

        assertThat(states(rule, listing("a:1", "b:1"), "a:1", "a:2", "b:1", "b:2", "c:1"))
                .as("only the tags of b are listed")
                .containsExactly(
                        entry("a:1", State.SELECTED),
                        entry("a:2", State.UNSELECTED),
                        entry("b:1", State.SELECTED),
                        entry("b:2", State.GONE),
                        entry("c:1", State.UNSELECTED));
    }

    @Test
    void selectsOnlyNamedDigests() {
        String digest = key(BY_DIGEST).reference();
        Listing named = listing("a:" + digest);

        assertThat(states(rule(List.of(), BY_DIGEST), named, BY_DIGEST))
                .containsExactly(entry(BY_DIGEST, State.SELECTED));
        assertThat(states(ALL, listing("a:1"), BY_DIGEST)).containsExactly(entry(BY_DIGEST, State.UNSELECTED));
        assertThat(states(ALL, listing(), BY_DIGEST)).containsExactly(entry(BY_DIGEST, State.UNSELECTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".sig"})
    void knowsNothingOfTagsOfReferrers(String suffix) {
        String tag = "a:sha256-" + "0".repeat(64) + suffix;

        assertThat(states(ALL, listing("a:1"), tag)).isEmpty();
        assertThat(states(ALL, listing(), tag)).isEmpty();
        MirrorRule naming = rule(List.of(), tag);
        assertThat(states(naming, listing(tag), tag)).containsExactly(entry(tag, State.SELECTED));
    }

    @Test
    void unselectsRepositoryOfMirrorItself() {
        MirrorRule below = new MirrorRule(
                Optional.empty(),
                new Source("gcr.io", MemoryMirror.NAMESPACE),
                ALL.selection(),
                TagMoves.FOLLOWED,
                Location.parse("gcr.io/ns/mirror"),
                new DestinationName("mirror", false),
                NameTemplate.DEFAULT,
                Platforms.ALL,
                MirrorRule.RequiredSignature.NONE,
                ReferrerTypes.NONE,
                false,
                false,
                -1,
                false,
                Shard.WHOLE);

        assertThat(states(below, listing("a:1", "mirror/a:1"), "a:1", "mirror/a:1"))
                .containsExactly(entry("a:1", State.SELECTED), entry("mirror/a:1", State.UNSELECTED));
    }

    @Test
    void collectsOnlyChangesAndCountsAll() {
        MemoryMirror mirror = new MemoryMirror();
        mirror.ledger.record(Stream.of("a:1", "a:1-test", "a:2", "b:1", "c:1", "c:2", "d:1")
                .map(image -> MemoryMirror.entry(image, image))
                .toList());
        mirror.ledger.sighted(List.of(
                new Sighting(new RepositoryName("b"), "1", State.GONE),
                new Sighting(new RepositoryName("c"), "1", State.GONE),
                new Sighting(new RepositoryName("c"), "2", State.UNSELECTED),
                new Sighting(new RepositoryName("d"), "1", State.GONE)));
        Listing listing = listing(List.of("a:1", "a:1-test", "d:1"), List.of("c"));
        List<Failure> failures = List.of(
                new Failure("c", Side.SOURCE, MemoryMirror.unreachable()),
                new Failure("d:1", Side.DESTINATION, MemoryMirror.unreachable()));

        Sightings.Marks marks =
                new Sightings(ALL).marks(listing, selection(ALL, listing), List.of(), failures, mirror.ledger);

        assertThat(marks.changed())
                .containsExactly(
                        new Sighting(new RepositoryName("a"), "1-test", State.UNSELECTED),
                        new Sighting(new RepositoryName("a"), "2", State.GONE),
                        new Sighting(new RepositoryName("d"), "1", State.SELECTED));
        assertThat(marks.gone()).as("a:2, b:1 and c:1").isEqualTo(3);
        assertThat(marks.unselected()).as("a:1-test and c:2").isEqualTo(2);
    }
}
