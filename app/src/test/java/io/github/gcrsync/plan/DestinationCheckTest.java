package io.github.gcrsync.plan;

import static io.github.gcrsync.plan.MemoryMirror.plan;
import static io.github.gcrsync.plan.MemoryMirror.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DestinationCheckTest {
    private final MemoryMirror mirror = new MemoryMirror();

    private Plan narrowed(Plan plan) {
        return narrowed(plan, -1);
    }

    private Plan narrowed(Plan plan, int most) {
        return new DestinationCheck(mirror.destination, mirror.sides, 1).narrow(plan, mirror.ledger, most, List.of());
    }

    private List<String> lost(Plan plan) {
        return new DestinationCheck(mirror.destination, mirror.sides, 1)
                .lost(plan, mirror.ledger.recorded(), mirror.names).stream()
                        .map(Recorded::image)
                        .toList();
    }

    @Test
    void adoptsExistingImages() {
        mirror.atDestination("a:1");

        Plan plan = narrowed(plan(task("a:1"), task("a:2")));

        assertThat(plan.toAdopt()).containsExactly(task("a:1"));
        assertThat(plan.toCopy()).containsExactly(task("a:2"));
    }

    @Test
    void copiesImagesWithDifferentDigest() {
        mirror.atDestination("a:1", "something else");

        Plan plan = narrowed(plan(task("a:1")));

        assertThat(plan.toCopy()).containsExactly(task("a:1"));
        assertThat(plan.toAdopt()).isEmpty();
    }

    @Test
    void copiesForcedImagesWithoutCheckingTags() {
        mirror.atDestination("a:1");

        Plan plan = narrowed(plan(task("a:1", Reason.FORCED)));

        assertThat(plan.toCopy()).containsExactly(task("a:1", Reason.FORCED));
        assertThat(mirror.destination.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void copiesImagesOfChangedRuleWithoutCheckingTags() {
        mirror.recorded("a:1");
        mirror.atDestination("a:1");

        Plan plan = narrowed(plan(task("a:1", Reason.RULE)));

        assertThat(plan.toCopy()).containsExactly(task("a:1", Reason.RULE));
        assertThat(mirror.destination.requests(Method.TAGS)).isEmpty();
        assertThat(mirror.destination.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void listsEachRepositoryOnceAndResolvesOnlyExistingTags() {
        mirror.destination.listOnlyNames();
        mirror.atDestination("a:2");

        narrowed(plan(task("a:1"), task("a:2"), task("a:3"), task("b:1")));

        assertThat(mirror.destination.requests(Method.TAGS)).containsExactly("mirror/a", "mirror/b");
        assertThat(mirror.destination.requests(Method.RESOLVE)).containsExactly("mirror/a 2");
    }

    @Test
    void usesDigestsOfLists() {
        mirror.atDestination("a:1");
        mirror.atDestination("a:2", "something else");

        Plan plan = narrowed(plan(task("a:1"), task("a:2"), task("a:3")));

        assertThat(plan.toAdopt()).containsExactly(task("a:1"));
        assertThat(plan.toCopy()).containsExactly(task("a:2"), task("a:3"));
        assertThat(mirror.destination.requests(Method.TAGS)).containsExactly("mirror/a");
        assertThat(mirror.destination.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void checksRecordedTagsByListOfWebApi() {
        for (String image : List.of("a:1", "a:2", "a:3")) {
            mirror.recorded(image);
        }
        mirror.atDestination("a:1");
        mirror.atDestination("a:2", "something else");
        mirror.destination.detailsBy(TagDetails.Way.HARBOR);

        Plan plan = narrowed(plan(task("a:1", Reason.GONE), task("a:2", Reason.GONE), task("a:3", Reason.GONE)));

        assertThat(plan.toCopy())
                .map(CopyTask::image, CopyTask::reason)
                .containsExactly(tuple("a:2", Reason.DIFFERENT), tuple("a:3", Reason.GONE));
        assertThat(mirror.destination.requests(Method.DETAILS)).containsExactly("mirror/a");
        assertThat(mirror.destination.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void asksForImagesThatWebApiLists() {
        for (String image : List.of("a:1", "a:2", "a:3")) {
            mirror.atDestination(image);
        }
        mirror.recorded("a:3");
        mirror.destination.detailsBy(TagDetails.Way.HARBOR);
        mirror.destination.before(request -> {
            if (request.method() == Method.RESOLVE && request.what().equals("2")) {
                throw MemoryMirror.unreachable();
            }
        });

        Plan plan = narrowed(plan(task("a:1"), task("a:2"), task("a:3", Reason.GONE)));

        assertThat(plan.toAdopt()).containsExactly(task("a:1"));
        assertThat(plan.failures()).extracting(Failure::what).containsExactly("a:2");
        assertThat(plan.upToDate()).isEqualTo(1);
        assertThat(mirror.destination.requests(Method.RESOLVE)).containsExactly("mirror/a 1", "mirror/a 2");
    }

    @Test
    void resolvesKnownTagsWithoutListing() {
        mirror.recorded("a:1", "as it was");

        narrowed(plan(task("a:1", Reason.MOVED)));

        assertThat(mirror.destination.requests(Method.TAGS)).isEmpty();
        assertThat(mirror.destination.requests(Method.RESOLVE)).containsExactly("mirror/a 1");
    }

    @Test
    void treatsExistingRecordedImageAsUpToDate() {
        mirror.recorded("a:1");
        mirror.atDestination("a:1");

        Plan plan = narrowed(plan(task("a:1", Reason.GONE)));

        assertThat(plan.upToDate()).isEqualTo(1);
        assertThat(plan.toCopy()).isEmpty();
        assertThat(plan.toAdopt()).isEmpty();
        assertThat(plan.drift().wronglyRecorded()).isEmpty();
    }

    @Test
    void distinguishesGoneDifferentAndDamagedImages() {
        for (String image : List.of("damaged:1", "different:1", "gone:1")) {
            mirror.recorded(image);
        }
        mirror.atDestination("different:1", "something else");
        mirror.destination.fail(
                Method.RESOLVE, "mirror/damaged", () -> new ContentException.Incomplete("a blob is missing"));

        Plan plan = narrowed(
                plan(task("damaged:1", Reason.GONE), task("different:1", Reason.GONE), task("gone:1", Reason.GONE)));

        assertThat(plan.toCopy())
                .containsExactly(
                        task("damaged:1", Reason.DAMAGED),
                        task("different:1", Reason.DIFFERENT),
                        task("gone:1", Reason.GONE));
        assertThat(plan.drift().wronglyRecorded()).isEqualTo(plan.toCopy());
    }

    @Test
    void reportsEmptyRepositories() {
        mirror.atDestination("a:1");

        Plan plan = narrowed(plan(task("a:2"), task("b:1")));

        assertThat(plan.drift().emptyRepositories()).containsExactly(new RepositoryName("mirror/b"));
    }

    @Test
    void stopsCheckingAtLimitOfCopies() {
        mirror.atDestination("a:1");

        Plan plan = narrowed(plan(task("a:1"), task("b:1"), task("c:1"), task("d:1")), 1);

        assertThat(plan.toCopy()).containsExactly(task("b:1"));
        assertThat(plan.toAdopt()).containsExactly(task("a:1"));
        assertThat(plan.waiting()).containsExactly(task("c:1"), task("d:1"));
        assertThat(mirror.destination.requests(Method.TAGS)).containsExactly("mirror/a", "mirror/b");
    }

    @Test
    void checksRecordedImagesBeyondLimitOfCopies() {
        mirror.recorded("b:1");
        mirror.atDestination("b:1");

        Plan plan = narrowed(plan(task("a:1"), task("b:1", Reason.GONE)), 1);

        assertThat(plan.upToDate()).isEqualTo(1);
        assertThat(plan.waiting()).isEmpty();
    }

    @Test
    void forgetsWronglyRecordedImageBeyondLimit() {
        mirror.recorded("b:1");

        Plan plan = narrowed(plan(task("a:1"), task("b:1", Reason.GONE)), 1);

        assertThat(plan.toCopy()).containsExactly(task("a:1"));
        assertThat(plan.unrepaired(plan.toCopy())).containsExactly(task("b:1", Reason.GONE));
    }

    @Test
    void failsOnlyImagesOfUnlistableRepository() {
        mirror.destination.fail(Method.TAGS, "mirror/a", MemoryMirror::unreachable);

        Plan plan = narrowed(plan(task("a:1"), task("a:2"), task("b:1")));

        assertThat(plan.toCopy()).containsExactly(task("b:1"));
        assertThat(plan.failures()).extracting(Failure::what).containsExactly("a:1", "a:2");
        assertThat(plan.failures()).extracting(Failure::side).containsOnly(Side.DESTINATION);
    }

    @Test
    void failsOnlyTagThatCannotBeResolved() {
        mirror.destination.listOnlyNames();
        mirror.atDestination("a:1");
        mirror.atDestination("b:1");
        mirror.destination.fail(Method.RESOLVE, "mirror/a", MemoryMirror::unreachable);

        Plan plan = narrowed(plan(task("a:1"), task("b:1")));

        assertThat(plan.failures()).extracting(Failure::what).containsExactly("a:1");
        assertThat(plan.toAdopt()).containsExactly(task("b:1"));
    }

    /** Some registries deny listing a repository that does not exist yet. */
    @Test
    void copiesToRepositoryThatMayNotBeListed() {
        mirror.destination.fail(Method.TAGS, "mirror/a", () -> new ContentException.Denied("HTTP 403", false));

        Plan plan = narrowed(plan(task("a:1")));

        assertThat(plan.toCopy()).containsExactly(task("a:1"));
        assertThat(plan.failures()).isEmpty();
        assertThat(plan.drift().emptyRepositories()).isEmpty();
    }

    @Test
    void endsCheckIfLoginIsRefused() {
        mirror.destination.fail(Method.TAGS, "mirror/a", () -> new ContentException.Denied("HTTP 401", true));

        assertThatThrownBy(() -> narrowed(plan(task("a:1"))))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.side()).isEqualTo(Side.DESTINATION));
    }

    @Test
    void endsCheckIfDestinationIsUnreachable() {
        mirror.destination.fail(Method.TAGS, "mirror/a", MemoryMirror::unreachable);
        mirror.destination.stopAnswering();

        assertThatThrownBy(() -> narrowed(plan(task("a:1"))))
                .isInstanceOfSatisfying(
                        CopyException.class, e -> assertThat(e.side()).isEqualTo(Side.DESTINATION));
    }

    @Test
    void reportsLostImages() {
        for (String image : List.of("damaged:1", "different:1", "gone:1", "held:1", "planned:1")) {
            mirror.recorded(image);
        }
        mirror.atDestination("held:1");
        mirror.atDestination("different:1", "something else");
        mirror.destination.fail(
                Method.RESOLVE, "mirror/damaged", () -> new ContentException.Incomplete("a blob is missing"));

        assertThat(lost(plan(task("planned:1", Reason.GONE)))).containsExactly("damaged:1", "different:1", "gone:1");
        assertThat(mirror.destination.requests(Method.RESOLVE)).doesNotContain("mirror/planned 1");
    }

    @Test
    void doesNotReportUncheckedImageAsLost() {
        mirror.recorded("a:1");
        mirror.destination.fail(Method.RESOLVE, "mirror/a", MemoryMirror::unreachable);

        assertThat(lost(plan())).isEmpty();
    }

    @Test
    void endsSearchForLostImagesIfDestinationIsUnreachable() {
        mirror.recorded("a:1");
        mirror.destination.fail(Method.RESOLVE, "mirror/a", MemoryMirror::unreachable);
        mirror.destination.stopAnswering();

        assertThatThrownBy(() -> lost(plan())).isInstanceOf(CopyException.class);
    }
}
