package io.github.gcrsync.plan;

import static io.github.gcrsync.plan.MemoryMirror.key;
import static io.github.gcrsync.plan.MemoryMirror.task;
import static io.github.gcrsync.plan.MemoryMirror.unreachable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.MemoryStore;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.NameCollisionException;
import io.github.gcrsync.rule.NameTemplate;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlannerTest {
    private final MemoryMirror mirror = new MemoryMirror();
    private final ReadAhead noneAhead = ReadAhead.none(mirror.source);

    @Test
    void copiesOnlyNewAndMovedImages() {
        mirror.atSource("a:1");
        mirror.recorded("a:1");
        mirror.atSource("a:2");
        mirror.recorded("a:2", "as it was");
        mirror.atSource("b:1");

        Plan plan = mirror.planned(Trust.LEDGER);

        assertThat(plan.toCopy()).containsExactly(task("a:2", Reason.MOVED), task("b:1", Reason.NEW));
        assertThat(plan.upToDate()).isEqualTo(1);
        assertThat(plan.repositories()).isEqualTo(2);
        assertThat(plan.images()).isEqualTo(3);
    }

    @Test
    void copiesRecordedImagesAgainIfRuleChanges() {
        mirror.atSource("a:1");
        mirror.recorded("a:1");
        mirror.ledger.changeContentRule("abc");

        assertThat(mirror.planned(Trust.LEDGER).toCopy()).containsExactly(task("a:1", Reason.RULE));
        assertThat(mirror.planned(Trust.CHECK_DESTINATION).toCopy()).containsExactly(task("a:1", Reason.RULE));
    }

    @Test
    void checksRecordedImagesAtDestination() {
        mirror.atSource("a:1");
        mirror.recorded("a:1");

        assertThat(mirror.planned(Trust.CHECK_DESTINATION).toCopy()).containsExactly(task("a:1", Reason.GONE));
    }

    @Test
    void copiesAllImagesAgainWhenForced() {
        mirror.atSource("a:1");
        mirror.recorded("a:1");
        mirror.atSource("b:1");

        assertThat(mirror.planned(Trust.COPY_AGAIN).toCopy())
                .containsExactly(task("a:1", Reason.FORCED), task("b:1", Reason.FORCED));
    }

    @Test
    void plansOtherRepositoriesIfOneCannotBeListed() {
        mirror.atSource("a:1");
        Listing listing = new Listing(
                mirror.source.list().repositories(),
                List.of(),
                List.of(new Listing.Failure(new RepositoryName("ns/broken"), unreachable())));

        Plan plan = mirror.planner(noneAhead).plan(DatedListing.undated(listing), mirror.ledger, Trust.LEDGER);

        assertThat(plan.toCopy()).containsExactly(task("a:1"));
        assertThat(plan.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.what()).isEqualTo("broken");
            assertThat(failure.side()).isEqualTo(Side.SOURCE);
        });
    }

    @Test
    void resolvesDigestsThatListingLacks() {
        mirror.atSource("a:1");
        mirror.atSource("a:2");

        Plan plan =
                mirror.planner(noneAhead).plan(DatedListing.undated(mirror.tagsOnly()), mirror.ledger, Trust.LEDGER);

        assertThat(plan.toCopy()).containsExactly(task("a:1"), task("a:2"));
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/a 1", "ns/a 2");
    }

    @Test
    void doesNotResolveListedDigests() {
        mirror.atSource("a:1");

        mirror.planned(Trust.LEDGER);

        assertThat(mirror.source.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void reportsTagWhoseDigestCannotBeResolved() {
        mirror.atSource("a:1");
        mirror.atSource("b:1");
        mirror.source.fail(Method.RESOLVE, "ns/a", MemoryMirror::unreachable);

        Plan plan =
                mirror.planner(noneAhead).plan(DatedListing.undated(mirror.tagsOnly()), mirror.ledger, Trust.LEDGER);

        assertThat(plan.toCopy()).containsExactly(task("b:1"));
        assertThat(plan.failures()).extracting(Failure::what).containsExactly("a:1");
        assertThat(plan.gone()).isEmpty();
    }

    @Test
    void reportsListedTagWithoutManifestAsGone() {
        mirror.atSource("a:1");
        Listing listing = mirror.tagsOnly();
        MemoryMirror empty = new MemoryMirror();

        Plan plan = empty.planner(ReadAhead.none(empty.source))
                .plan(DatedListing.undated(listing), empty.ledger, Trust.LEDGER);

        assertThat(plan.gone()).containsExactly(key("a:1"));
        assertThat(plan.toCopy()).isEmpty();
        assertThat(plan.failures()).isEmpty();
    }

    @Test
    void reportsImageWithInvalidDestinationName() {
        mirror.atSource("a:1");
        String longest = "x".repeat(128);
        mirror.atSource("b:" + longest);

        Plan plan = MemoryMirror.planner(noneAhead, MemoryMirror.rule(NameTemplate.parse("{repository}:v{tag}")))
                .plan(DatedListing.undated(mirror.source.list()), mirror.ledger, Trust.LEDGER);

        assertThat(plan.toCopy()).extracting(CopyTask::toTag).containsExactly("v1");
        assertThat(plan.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.what()).isEqualTo("b:" + longest);
            assertThat(failure.side()).isEqualTo(Side.DESTINATION);
        });
    }

    @Test
    void refusesTwoImagesWithSameDestinationName() {
        mirror.atSource("a/b:1");
        mirror.atSource("a_b:1");
        NameTemplate flat = new NameTemplate("all", "{repository}-{tag}");

        assertThatThrownBy(() -> MemoryMirror.planner(noneAhead, MemoryMirror.rule(flat))
                        .plan(DatedListing.undated(mirror.source.list()), mirror.ledger, Trust.LEDGER))
                .isInstanceOf(NameCollisionException.class)
                .hasMessageContainingAll("a/b:1", "a_b:1", "mirror/all:a_b-1");
    }

    @Test
    void doesNotOverwriteImageOfAnotherNamespace() throws Exception {
        mirror.atSource("a:1");
        mirror.atSource("b:1");
        mirror.ledger.addOther("other", MemoryMirror.DESTINATION, "a:1", MemoryStore.digest("theirs"));

        Plan plan = mirror.planned(Trust.LEDGER);

        assertThat(plan.toCopy()).containsExactly(task("b:1"));
        assertThat(plan.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.what()).isEqualTo("a:1");
            assertThat(failure.reason()).isInstanceOf(ContentException.Conflict.class);
        });
        assertThat(plan.released()).isEmpty();
    }

    @Test
    void releasesMovedImageWhoseOldDigestIsShared() throws Exception {
        mirror.atSource("a:1");
        mirror.recorded("a:1", "as it was");
        mirror.ledger.addOther("other", MemoryMirror.DESTINATION, "a:1", MemoryStore.digest("as it was"));

        Plan plan = mirror.planned(Trust.LEDGER);

        assertThat(plan.toCopy()).isEmpty();
        assertThat(plan.released()).containsExactly(key("a:1"));
    }

    @Test
    void keepsMovedImageWhoseOldDigestIsNotShared() throws Exception {
        mirror.atSource("a:1");
        mirror.recorded("a:1", "as it was");
        mirror.ledger.addOther("other", MemoryMirror.DESTINATION, "a:1", MemoryStore.digest("theirs"));

        assertThat(mirror.planned(Trust.LEDGER).released()).isEmpty();
    }
}
