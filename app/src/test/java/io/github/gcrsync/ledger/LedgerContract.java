package io.github.gcrsync.ledger;

import static io.github.gcrsync.ledger.Sample.digest;
import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.entry;
import static io.github.gcrsync.ledger.Sample.held;
import static io.github.gcrsync.ledger.Sample.heldBack;
import static io.github.gcrsync.ledger.Sample.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link Ledger} must do, wherever it is stored. */
public abstract class LedgerContract {
    private static final Attributes COPIED = new Attributes("by=copied");

    private final SettableClock clock = new SettableClock(Sample.START.toString());

    /**
     * Returns a new, empty ledger for {@link Sample#DESTINATION}.
     *
     * @param rule of the content of images
     */
    protected abstract Ledger empty(String rule, Clock now);

    private Ledger empty() {
        return empty("", clock);
    }

    @Test
    void startsEmpty() {
        Ledger ledger = empty();

        assertThat(ledger.mirrored(name("a"), "1")).isEmpty();
        assertThat(ledger.listed(name("a"), "1")).isFalse();
        assertThat(ledger.recorded()).isEmpty();
        assertThat(ledger.others()).isEmpty();
    }

    @Test
    void returnsRecordedImageBeforeAndAfterCheckpoint() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));

        assertThatHolds(ledger, "a:1");
        ledger.checkpoint();
        assertThatHolds(ledger, "a:1");
    }

    @Test
    void returnsAdoptedImageBeforeAndAfterCheckpoint() {
        Ledger ledger = empty();
        ledger.adopt(entries("a:1"));

        assertThatHolds(ledger, "a:1");
        ledger.checkpoint();
        assertThatHolds(ledger, "a:1");
    }

    private static void assertThatHolds(Ledger ledger, String content) {
        assertThat(ledger.mirrored(name("a"), "1")).contains(digest(content));
        assertThat(ledger.listed(name("a"), "1")).isTrue();
        assertThat(ledger.mirrored(name("a"), "2")).isEmpty();
        assertThat(ledger.listed(name("a"), "2")).isFalse();
    }

    @Test
    void sortsRecordedImagesByBytes() {
        Ledger ledger = empty();
        ledger.record(entries("b:1", "a:2", "a-b:1", "a/b:1"));
        ledger.checkpoint();
        ledger.adopt(entries("a:10", "a:B"));

        assertThat(ledger.recorded().map(Recorded::image))
                .containsExactly("a-b:1", "a/b:1", "a:10", "a:2", "a:B", "b:1");
    }

    @Test
    void keepsTimeOfFirstCopyOfMovedTag() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.advance(Duration.ofHours(1));
        ledger.record(List.of(entry("a:1", "moved")));

        Recorded moved = new Recorded(
                name("a"), "1", digest("moved"), Sample.START, Sample.START.plus(Duration.ofHours(1)), COPIED);
        assertThat(ledger.recorded()).containsExactly(moved);
        ledger.checkpoint();
        assertThat(ledger.recorded()).containsExactly(moved);
    }

    @Test
    void ignoresSameDigest() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.advance(Duration.ofHours(1));
        ledger.record(entries("a:1"));
        ledger.adopt(entries("a:1"));

        assertThat(ledger.checkpoint().images()).isZero();
        assertThat(ledger.recorded())
                .containsExactly(new Recorded(name("a"), "1", digest("a:1"), Sample.START, Sample.START, COPIED));
    }

    @Test
    void neverMovesTimesBack() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.advance(Duration.ofHours(-1));
        ledger.record(List.of(entry("a:1", "moved")));

        assertThat(ledger.recorded())
                .containsExactly(new Recorded(name("a"), "1", digest("moved"), Sample.START, Sample.START, COPIED));
    }

    @Test
    void truncatesTimesToSeconds() {
        Ledger ledger = empty();
        clock.advance(Duration.ofMillis(999));
        ledger.record(entries("a:1"));

        assertThat(ledger.recorded().map(Recorded::firstMirrored)).containsExactly(Sample.START);
    }

    @Test
    void keepsForgottenImageListed() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));
        ledger.checkpoint();
        ledger.forget(name("a"), "1");

        assertThat(ledger.mirrored(name("a"), "1")).isEmpty();
        assertThat(ledger.listed(name("a"), "1")).isTrue();
        assertThat(ledger.recorded().map(Recorded::image)).containsExactly("b:1");
        assertThat(ledger.checkpoint().images()).isEqualTo(1);
        assertThat(ledger.listed(name("a"), "1")).isTrue();
    }

    @Test
    void recordsForgottenImageAgain() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        ledger.forget(name("a"), "1");
        ledger.checkpoint();
        clock.advance(Duration.ofHours(1));
        ledger.record(entries("a:1"));

        assertThat(ledger.recorded().map(Recorded::firstMirrored))
                .containsExactly(Sample.START.plus(Duration.ofHours(1)));
    }

    @Test
    void ignoresForgettingUnknownImage() {
        Ledger ledger = empty();
        ledger.forget(name("a"), "1");

        assertThat(ledger.listed(name("a"), "1")).isFalse();
        assertThat(ledger.checkpoint().images()).isZero();
    }

    @Test
    void countsEachImageOncePerCheckpoint() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));
        ledger.record(List.of(entry("a:1", "moved")));
        ledger.adopt(entries("c:1"));

        assertThat(ledger.checkpoint().images()).isEqualTo(3);
        assertThat(ledger.checkpoint().images()).isZero();
    }

    @Test
    void returnsSnapshotOfRecordedImages() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));

        ledger.recorded().forEach(image -> ledger.forget(image.name(), image.reference()));

        assertThat(ledger.recorded()).isEmpty();
    }

    @Test
    void includesPendingChangesInPreview() {
        Ledger ledger = empty();
        ledger.record(entries("b:1"));
        ledger.checkpoint();
        ledger.record(entries("a:1"));

        Ledger.Preview preview = ledger.preview();

        assertThat(preview.imageList()).asString().isEqualTo("[\n    \"a:1\",\n    \"b:1\"\n]");
        assertThat(preview.imageDigests())
                .asString()
                .isEqualTo("# gcrsync ImageDigests 2\n# destination docker.io/gcrcontainer\n"
                        + "# source gcr.io/google-containers\n"
                        + "a:1 " + digest("a:1") + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z by=copied\n"
                        + "b:1 " + digest("b:1") + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z by=copied\n");
    }

    @Test
    void recordsWhetherImageWasCopiedOrAdopted() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.adopt(entries("b:1"));

        assertThat(attributes(ledger)).containsExactly("by=copied", "by=adopted");
        ledger.checkpoint();
        assertThat(attributes(ledger)).containsExactly("by=copied", "by=adopted");
    }

    @Test
    void keepsImageCopiedWhenFoundAgain() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        ledger.adopt(entries("a:1"));

        assertThat(attributes(ledger)).containsExactly("by=copied");
        assertThat(ledger.checkpoint().images()).isZero();
    }

    @Test
    void marksAdoptedImageAsCopiedWithoutMovingItsTime() {
        Ledger ledger = empty();
        ledger.adopt(entries("a:1"));
        ledger.checkpoint();
        clock.advance(Duration.ofHours(1));
        ledger.record(entries("a:1"));

        assertThat(ledger.checkpoint().images()).isEqualTo(1);
        assertThat(ledger.recorded())
                .containsExactly(new Recorded(name("a"), "1", digest("a:1"), Sample.START, Sample.START, COPIED));
    }

    @Test
    void recordsRuleOfRun() {
        Ledger ledger = empty("abc123", clock);
        ledger.record(entries("a:1"));

        assertThat(ledger.contentRule()).isEqualTo("abc123");
        assertThat(ledger.row(name("a"), "1").orElseThrow().attributes().rule()).isEqualTo("abc123");
        ledger.checkpoint();
        assertThat(attributes(ledger)).containsExactly("by=copied rule=abc123");
    }

    @Test
    void keepsAttributesUntilTagMoves() {
        Ledger ledger = empty();
        ledger.record(List.of(entry("a:1", "a", new Attributes("gain=2026 refs=3 x-y=z"))));
        ledger.checkpoint();

        ledger.record(List.of(entry("a:1", "a", new Attributes("refs=4"))));
        assertThat(attributes(ledger)).containsExactly("by=copied gain=2026 refs=4 x-y=z");
        ledger.checkpoint();
        ledger.adopt(List.of(entry("a:1", "a", new Attributes("refs=5"))));
        assertThat(attributes(ledger)).containsExactly("by=copied gain=2026 refs=5 x-y=z");
        ledger.adopt(List.of(entry("a:1", "a")));
        assertThat(attributes(ledger)).containsExactly("by=copied gain=2026 x-y=z");
        ledger.record(List.of(entry("a:1", "moved")));
        assertThat(attributes(ledger)).containsExactly("by=copied");
    }

    @Test
    void recordsSinceWhenImageIsGoneOrUnselected() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));
        ledger.checkpoint();
        long start = Sample.START.getEpochSecond();
        clock.advance(Duration.ofSeconds(1));
        ledger.sighted(List.of(sighting("a", Sighting.State.UNSELECTED), sighting("b", Sighting.State.GONE)));
        assertThat(attributes(ledger))
                .containsExactly("by=copied unselected=" + (start + 1), "by=copied gone=" + (start + 1));
        assertThat(ledger.checkpoint().images()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(1));
        ledger.sighted(List.of(sighting("a", Sighting.State.GONE), sighting("b", Sighting.State.UNSELECTED)));
        assertThat(attributes(ledger))
                .as("an unselected image that is deleted is both")
                .containsExactly(
                        "by=copied gone=" + (start + 2) + " unselected=" + (start + 1),
                        "by=copied unselected=" + (start + 2));
        ledger.checkpoint();
        ledger.sighted(List.of(sighting("a", Sighting.State.SELECTED), sighting("b", Sighting.State.SELECTED)));
        ledger.checkpoint();
        assertThat(ledger.recorded())
                .containsExactly(
                        new Recorded(name("a"), "1", digest("a:1"), Sample.START, Sample.START, COPIED),
                        new Recorded(name("b"), "1", digest("b:1"), Sample.START, Sample.START, COPIED));
    }

    @Test
    void changesNothingIfSightedAgain() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1", "c:1"));
        ledger.sighted(List.of(sighting("a", Sighting.State.GONE), sighting("b", Sighting.State.UNSELECTED)));
        ledger.checkpoint();
        ledger.sighted(List.of(sighting("a", Sighting.State.GONE), sighting("b", Sighting.State.UNSELECTED)));
        ledger.checkpoint();
        List<String> before = attributes(ledger);
        clock.advance(Duration.ofHours(1));
        ledger.sighted(List.of(
                sighting("a", Sighting.State.GONE),
                sighting("b", Sighting.State.UNSELECTED),
                sighting("c", Sighting.State.SELECTED),
                sighting("d", Sighting.State.GONE)));

        assertThat(ledger.checkpoint().images()).isZero();
        assertThat(attributes(ledger)).isEqualTo(before);
    }

    @Test
    void marksNothingThatIsRecordedLater() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.advance(Duration.ofHours(-1));
        ledger.sighted(List.of(sighting("a", Sighting.State.GONE)));

        assertThat(ledger.checkpoint().images()).isZero();
        assertThat(attributes(ledger)).containsExactly("by=copied");
    }

    @ParameterizedTest
    @EnumSource(names = {"GONE", "UNSELECTED"})
    void isWantedAgainOnceConfirmed(Sighting.State state) {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1", "c:1"));
        ledger.checkpoint();
        ledger.sighted(
                Stream.of("a", "b", "c").map(each -> sighting(each, state)).toList());
        ledger.adopt(entries("a:1"));
        ledger.checkpoint();
        assertThat(attributes(ledger).getFirst()).isEqualTo("by=copied");
        ledger.record(entries("b:1"));
        ledger.record(List.of(entry("c:1", "moved")));

        assertThat(ledger.checkpoint().images()).isEqualTo(2);
        assertThat(attributes(ledger)).containsOnly("by=copied");
    }

    @Test
    void removesPrunedImageAndKeepsItListed() {
        String image = Sample.byDigest("c", "content");
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));
        ledger.record(List.of(entry(image, "content")));
        ledger.hold(List.of(held("a:1", "next")));
        ledger.checkpoint();
        ledger.sighted(List.of(sighting("a", Sighting.State.GONE)));
        List<Recorded> all = ledger.recorded().toList();
        ledger.pruned(all.stream().filter(each -> !each.image().equals("b:1")).toList(), false);

        assertThat(ledger.recorded().map(Recorded::image)).containsExactly("b:1");
        assertThat(ledger.checkpoint().images()).isEqualTo(2);
        assertThat(ledger.recorded().map(Recorded::image)).containsExactly("b:1");
        assertThat(ledger.listed(name("a"), "1")).isTrue();
        assertThat(ledger.seen(name("a"), "1", digest("next"))).contains(Sample.START);
        ledger.pruned(all.subList(0, 1), false);
        assertThat(ledger.checkpoint().images()).isZero();
    }

    @Test
    void keepsImageThatMovedBeforeItWasPruned() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        List<Recorded> old = ledger.recorded().toList();
        ledger.record(List.of(entry("a:1", "moved")));
        ledger.pruned(old, false);

        assertThat(ledger.mirrored(name("a"), "1")).contains(digest("moved"));
        ledger.checkpoint();
        assertThat(ledger.mirrored(name("a"), "1")).contains(digest("moved"));
    }

    private static Sighting sighting(String repository, Sighting.State state) {
        return new Sighting(name(repository), "1", state);
    }

    @Test
    void recordsImageByDigestWithoutListingIt() {
        String image = Sample.byDigest("a", "content");
        String reference = digest("content").value();
        Ledger ledger = empty();
        ledger.record(List.of(entry(image, "content"), entry("a:1", "content")));
        ledger.checkpoint();

        assertThat(ledger.mirrored(name("a"), reference)).contains(digest("content"));
        assertThat(ledger.listed(name("a"), reference)).isFalse();
        assertThat(ledger.recorded().map(Recorded::image)).containsExactly("a:1", image);
        assertThat(ledger.preview().imageList()).asString().isEqualTo("[\n    \"a:1\"\n]");
        ledger.forget(name("a"), reference);
        assertThat(ledger.recorded().map(Recorded::image)).containsExactly("a:1");
    }

    @Test
    void recordsDigestAtDestinationUntilTagMoves() {
        Attributes cut = Attributes.storedAs(digest("cut"));
        Ledger ledger = empty();
        ledger.record(List.of(entry("a:1", "whole", cut)));
        ledger.record(entries("b:1"));

        assertThat(ledger.mirrored(name("a"), "1")).contains(digest("whole"));
        assertThat(ledger.recorded().map(Recorded::stored)).containsExactly(digest("cut"), digest("b:1"));
        ledger.checkpoint();
        ledger.adopt(List.of(entry("a:1", "whole", cut)));
        assertThat(ledger.checkpoint().images()).isZero();
        assertThat(attributes(ledger)).containsExactly("as=" + digest("cut") + " by=copied", "by=copied");
        ledger.record(List.of(entry("a:1", "moved")));
        assertThat(ledger.recorded().map(Recorded::stored)).containsExactly(digest("moved"), digest("b:1"));
        ledger.checkpoint();
        assertThat(attributes(ledger)).containsExactly("by=copied", "by=copied");
    }

    @Test
    void replacesDigestAtDestinationOfSameImage() {
        Ledger ledger = empty();
        ledger.record(List.of(entry("a:1", "whole", Attributes.storedAs(digest("cut")))));
        ledger.checkpoint();
        ledger.record(List.of(entry("a:1", "whole", Attributes.storedAs(digest("cut more")))));
        assertThat(ledger.recorded().map(Recorded::stored)).containsExactly(digest("cut more"));
        ledger.checkpoint();
        ledger.record(List.of(entry("a:1", "whole")));

        assertThat(ledger.recorded().map(Recorded::stored))
                .as("the destination has the digest of the source")
                .containsExactly(digest("whole"));
        assertThat(ledger.checkpoint().images()).isEqualTo(1);
        assertThat(attributes(ledger)).containsExactly("by=copied");
    }

    @Test
    void keepsTimeOfHeldBackDigest() {
        Ledger ledger = empty();
        clock.advance(Duration.ofMillis(999));
        ledger.hold(heldBack("a:1"));
        assertThatIsSeen(ledger, Sample.START);
        assertThat(ledger.checkpoint().images()).isEqualTo(1);
        assertThatIsSeen(ledger, Sample.START);
        clock.advance(Duration.ofHours(1));
        ledger.hold(heldBack("a:1"));
        clock.advance(Duration.ofHours(-2));
        ledger.hold(heldBack("a:1"));

        assertThatIsSeen(ledger, Sample.START);
        assertThat(ledger.checkpoint().images()).isZero();
        assertThatIsSeen(ledger, Sample.START);
        assertThat(ledger.recorded()).isEmpty();
        assertThat(ledger.listed(name("a"), "1")).isFalse();
    }

    private static void assertThatIsSeen(Ledger ledger, Instant since) {
        assertThat(ledger.seen(name("a"), "1", digest("a:1"))).contains(since);
        assertThat(ledger.seen(name("a"), "1", digest("other"))).isEmpty();
        assertThat(ledger.seen(name("a"), "2", digest("a:1"))).isEmpty();
    }

    @Test
    void startsNewTimeIfHeldBackTagMoves() {
        Ledger ledger = empty();
        ledger.hold(heldBack("a:1"));
        ledger.checkpoint();
        clock.advance(Duration.ofHours(1));
        ledger.hold(List.of(held("a:1", "moved")));
        assertThat(ledger.checkpoint().images()).isEqualTo(1);

        assertThat(ledger.seen(name("a"), "1", digest("moved"))).contains(Sample.START.plus(Duration.ofHours(1)));
        assertThat(ledger.seen(name("a"), "1", digest("a:1"))).isEmpty();
        clock.advance(Duration.ofHours(1));
        ledger.hold(heldBack("a:1"));
        assertThatIsSeen(ledger, Sample.START.plus(Duration.ofHours(2)));
    }

    @Test
    void holdsMirroredTagNoLongerBack() {
        Ledger ledger = empty();
        ledger.hold(heldBack("a:1", "b:1", "c:1"));
        ledger.checkpoint();
        ledger.record(entries("a:1"));
        ledger.adopt(List.of(entry("b:1", "moved")));

        assertThatIsHeldBackOnly(ledger, "c:1");
        assertThat(ledger.checkpoint().images()).isEqualTo(2);
        assertThatIsHeldBackOnly(ledger, "c:1");
        ledger.record(entries("c:1"));
        ledger.forget(name("c"), "1");
        assertThatIsHeldBackOnly(ledger);
        ledger.checkpoint();
        assertThatIsHeldBackOnly(ledger);
    }

    private static void assertThatIsHeldBackOnly(Ledger ledger, String... images) {
        assertThat(ledger.held().map(Ledger.HeldBack::key)).containsExactly(images);
        assertThat(List.of("a:1", "b:1", "c:1").stream()
                        .filter(image -> ledger.seen(name(image.substring(0, 1)), "1", digest(image))
                                .isPresent()))
                .containsExactly(images);
    }

    @Test
    void remembersAcceptedDigestUntilItIsMirrored() {
        Ledger ledger = empty();
        ledger.accept(heldBack("a:1", "b:1"));
        ledger.record(entries("b:1"));
        assertThatIsHeldBackOnly(ledger, "a:1");
        ledger.checkpoint();
        ledger.hold(heldBack("a:1"));
        assertThatIsSeen(ledger, Instant.EPOCH);
        assertThat(ledger.checkpoint().images()).isZero();
        ledger.hold(List.of(held("a:1", "moved")));
        assertThat(ledger.seen(name("a"), "1", digest("moved"))).contains(Sample.START);
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        assertThatIsHeldBackOnly(ledger);
    }

    @Test
    void releasesTag() {
        Ledger ledger = empty();
        ledger.hold(heldBack("a:1", "b:1"));
        ledger.release(name("a"), "1");
        assertThatIsHeldBackOnly(ledger, "b:1");
        ledger.checkpoint();
        ledger.release(name("b"), "1");
        assertThatIsHeldBackOnly(ledger);
        assertThat(ledger.checkpoint().images()).isEqualTo(1);
        assertThatIsHeldBackOnly(ledger);
        ledger.release(name("b"), "1");
        assertThat(ledger.checkpoint().images()).isZero();
        assertThat(ledger.recorded()).isEmpty();
    }

    @Test
    void holdsNewDigestOfMirroredTagBack() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.hold(List.of(held("a:1", "moved")));
        assertThat(ledger.checkpoint().images()).isEqualTo(1);

        assertThat(ledger.mirrored(name("a"), "1")).contains(digest("a:1"));
        assertThat(ledger.seen(name("a"), "1", digest("moved"))).contains(Sample.START);
        ledger.forget(name("a"), "1");
        ledger.checkpoint();
        assertThat(ledger.seen(name("a"), "1", digest("moved"))).contains(Sample.START);
    }

    @Test
    void knowsRepositoriesOfRecordedListedAndHeldBackImages() {
        Ledger ledger = empty();
        ledger.record(List.of(entry("a/b:1"), entry(Sample.byDigest("c", "c"), "c")));
        ledger.adopt(entries("d:1"));
        ledger.hold(heldBack("e:1"));
        assertThatKnows(ledger, "a/b", "c", "d", "e");
        ledger.checkpoint();
        assertThatKnows(ledger, "a/b", "c", "d", "e");
        ledger.release(name("e"), "1");
        ledger.sighted(List.of(new Sighting(name("c"), digest("c").value(), Sighting.State.GONE)));
        assertThatKnows(ledger, "a/b", "c", "d");
        ledger.forget(name("c"), digest("c").value());
        ledger.forget(name("d"), "1");

        assertThatKnows(ledger, "a/b", "d");
        ledger.checkpoint();
        assertThatKnows(ledger, "a/b", "d");
    }

    private static void assertThatKnows(Ledger ledger, String... names) {
        assertThat(List.of("a", "a/b", "a/b/c", "a/b-c", "b", "c", "d", "e", "f").stream()
                        .filter(each -> ledger.knows(name(each))))
                .containsExactly(names);
    }

    @Test
    void includesHeldBackTagsInPreview() {
        Ledger ledger = empty();
        assertThat(ledger.preview().seen()).isEmpty();
        ledger.hold(heldBack("b:1", "a:1"));

        String expected = "# gcrsync Seen 1\na:1 " + digest("a:1") + " 2026-01-02T03:04:05Z\nb:1 " + digest("b:1")
                + " 2026-01-02T03:04:05Z\n";
        assertThat(ledger.preview().seen()).asString().isEqualTo(expected);
        ledger.checkpoint();
        assertThat(ledger.preview().seen()).asString().isEqualTo(expected);
        ledger.adopt(entries("a:1", "b:1"));
        assertThat(ledger.preview().seen()).isEmpty();
    }

    @Test
    void holdsOnlyTagsBack() {
        assertThatThrownBy(() -> new Ledger.HeldBack(name("a"), digest("a").value(), digest("a")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> attributes(Ledger ledger) {
        return ledger.recorded().map(image -> image.attributes().text()).toList();
    }
}
