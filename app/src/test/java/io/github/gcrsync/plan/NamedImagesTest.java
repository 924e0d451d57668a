package io.github.gcrsync.plan;

import static io.github.gcrsync.plan.MemoryMirror.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.MemoryStore;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.TagMoves;
import io.github.gcrsync.rule.TagSelection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Images that a rule names, and tags that do not follow the source. */
final class NamedImagesTest {
    private final MemoryMirror mirror = new MemoryMirror();

    private static MirrorRule naming(String... images) {
        return rule(
                NameTemplate.DEFAULT,
                TagMoves.FOLLOWED,
                Stream.of(images)
                        .map(image -> NamedImage.parse(image, TagSelection.ALL))
                        .toList());
    }

    private static MirrorRule keeping(TagMoves moves) {
        return rule(NameTemplate.DEFAULT, moves, List.of());
    }

    private Plan plan(MirrorRule rule, Trust trust) {
        return plan(rule, SourceListing.of(mirror.source, rule), trust);
    }

    private Plan plan(MirrorRule rule, Listing listing, Trust trust) {
        return MemoryMirror.planner(ReadAhead.none(mirror.source), rule)
                .plan(DatedListing.undated(listing), mirror.ledger, trust);
    }

    private Plan plan(String... images) {
        return plan(naming(images), Trust.LEDGER);
    }

    private static List<String> images(Plan plan) {
        return plan.toCopy().stream().map(CopyTask::image).toList();
    }

    @Test
    void listsOnlyNamedRepositories() {
        mirror.atSource("a:1");
        mirror.atSource("a:2");
        mirror.atSource("b:1");

        Plan plan = plan("a");

        assertThat(images(plan)).containsExactly("a:1", "a:2");
        assertThat(mirror.source.requests(Method.TAGS)).containsExactly("ns/a");
    }

    @Test
    void resolvesNamedTagWithoutListing() {
        mirror.atSource("a:1");
        mirror.atSource("a:2");

        Plan plan = plan("a:2");

        assertThat(images(plan)).containsExactly("a:2");
        assertThat(mirror.source.requests(Method.TAGS)).isEmpty();
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/a 2");
    }

    @Test
    void asksNothingForNamedDigestThatIsRecorded() {
        Digest digest = mirror.atSource("a:1");
        mirror.ledger.record(List.of(new io.github.gcrsync.ledger.Entry(
                MemoryMirror.key("a:1").name(), "1", digest, "https://example.com")));

        Plan plan = plan("a:1@" + digest);

        assertThat(plan.toCopy()).isEmpty();
        assertThat(plan.upToDate()).isEqualTo(1);
        assertThat(mirror.source.requests(Method.TAGS)).isEmpty();
        assertThat(mirror.source.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void storesNamedDigestUnderTag() {
        Digest old = mirror.atSource("a:1", "old");
        mirror.atSource("a:1", "new");

        Plan plan = plan("a:1@" + old);

        assertThat(plan.toCopy()).singleElement().satisfies(task -> {
            assertThat(task.digest()).isEqualTo(old);
            assertThat(task.toTag()).isEqualTo("1");
            assertThat(task.isPinned()).isTrue();
        });
    }

    @Test
    void namedDigestReplacesListedOne() {
        Digest old = mirror.atSource("a:1", "old");
        mirror.atSource("a:1", "new");
        mirror.atSource("a:2");

        Plan plan = plan("a", "a:1@" + old);

        assertThat(images(plan)).containsExactly("a:1", "a:2");
        assertThat(plan.toCopy().getFirst().digest()).isEqualTo(old);
    }

    @Test
    void storesImageWithoutTagByDigest() {
        Digest digest = mirror.atSource("a:1");

        Plan plan = plan("a@" + digest);

        assertThat(images(plan)).containsExactly("a@" + digest);
        assertThat(plan.toCopy().getFirst().toTag()).isEqualTo(digest.value());
    }

    @Test
    void reportsNamedTagThatDoesNotExist() {
        mirror.atSource("a:1");

        Plan plan = plan("a:1", "a:2", "b");

        assertThat(images(plan)).containsExactly("a:1");
        assertThat(plan.gone()).isEmpty();
        assertThat(plan.failures()).extracting(Failure::what).containsExactly("a:2", "b");
        assertThat(plan.failures())
                .allSatisfy(failure -> assertThat(failure.reason()).isInstanceOf(ContentException.NotFound.class));
    }

    @Test
    void refusesDigestIfNameNeedsTag() {
        Digest digest = mirror.atSource("a:1");
        MirrorRule rule = rule(
                NameTemplate.parse("{repository}-{tag}:latest"),
                TagMoves.FOLLOWED,
                List.of(NamedImage.parse("a@" + digest, TagSelection.ALL)));

        Plan plan = plan(rule, Trust.LEDGER);

        assertThat(plan.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason()).hasMessageContaining("needs a tag"));
    }

    @Test
    void doesNotAskForFixedTagOnceMirrored() {
        mirror.atSource("a:v1");
        mirror.atSource("a:edge");
        mirror.recorded("a:v1");
        mirror.recorded("a:edge");
        TagMoves moves = new TagMoves(List.of(NamePattern.parse("v*")), true);

        Plan plan = plan(keeping(moves), mirror.tagsOnly(), Trust.LEDGER);

        assertThat(plan.upToDate()).isEqualTo(2);
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/a edge");
    }

    @Test
    void asksForFixedTagThatIsNotMirrored() {
        mirror.atSource("a:v1");
        TagMoves moves = new TagMoves(List.of(NamePattern.parse("v*")), true);

        assertThat(images(plan(keeping(moves), mirror.tagsOnly(), Trust.LEDGER)))
                .containsExactly("a:v1");
    }

    @Test
    void keepsMovedTagAsMirrored() {
        mirror.atSource("a:1", "new");
        mirror.recorded("a:1", "old");

        Plan plan = plan(keeping(new TagMoves(List.of(), false)), Trust.LEDGER);

        assertThat(plan.toCopy()).isEmpty();
        assertThat(plan.kept()).isEqualTo(1);
        assertThat(plan.upToDate()).isZero();
    }

    @Test
    void restoresKeptDigestAtDestination() {
        mirror.atSource("a:1", "new");
        mirror.recorded("a:1", "old");

        Plan plan = plan(keeping(new TagMoves(List.of(), false)), Trust.CHECK_DESTINATION);

        assertThat(plan.toCopy()).singleElement().satisfies(task -> {
            assertThat(task.digest()).isEqualTo(MemoryStore.digest("old"));
            assertThat(task.isPinned()).isTrue();
        });
    }

    @Test
    void forceCopiesKeptDigestAgain() {
        mirror.atSource("a:1", "new");
        mirror.recorded("a:1", "old");

        Plan plan = plan(keeping(new TagMoves(List.of(NamePattern.parse("*")), false)), Trust.COPY_AGAIN);

        assertThat(plan.toCopy())
                .singleElement()
                .satisfies(task -> assertThat(task.digest()).isEqualTo(MemoryStore.digest("old")));
    }

    @Test
    void forceAsksForFixedTag() {
        mirror.atSource("a:1", "new");
        mirror.recorded("a:1", "old");

        Plan plan = plan(keeping(new TagMoves(List.of(NamePattern.parse("*")), true)), Trust.COPY_AGAIN);

        assertThat(plan.toCopy())
                .singleElement()
                .satisfies(task -> assertThat(task.digest()).isEqualTo(MemoryStore.digest("new")));
    }

    @Test
    void namedDigestWinsOverFixedTag() {
        Digest named = mirror.atSource("a:1", "named");
        mirror.recorded("a:1", "old");
        MirrorRule rule = rule(
                NameTemplate.DEFAULT,
                new TagMoves(List.of(NamePattern.parse("1")), false),
                List.of(NamedImage.parse("a:1@" + named, TagSelection.ALL)));

        assertThat(plan(rule, Trust.LEDGER).toCopy())
                .singleElement()
                .satisfies(task -> assertThat(task.digest()).isEqualTo(named));
    }

    @Test
    void reportsFailedLookupOfNamedTagOnce() {
        mirror.atSource("a:1");
        mirror.source.fail(Method.RESOLVE, "ns/a", MemoryMirror::unreachable);

        assertThat(plan("a:1").failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.reason()).hasMessageContaining("502"));
    }
}
