package io.github.gcrsync.registry;

import static io.github.gcrsync.registry.HostedRegistry.A;
import static io.github.gcrsync.registry.HostedRegistry.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.WebApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads digests and dates from emulations of hosted registries, in the same way from each. */
@Timeout(60)
final class HostedListingTest {
    private static final Instant FIRST_DAY = Instant.parse("2018-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(20);

    /** Of 250 tags. */
    private static int pages(WebApi kind) {
        return kind == WebApi.ECR ? 1 : 3;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void readsDigestsAndDatesOfManyTagsInPages(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            List<String> tags = registry.push(A, 250);
            registry.store.list(List.of(A));

            TagDetails details = registry.store.details(A, tags, false);

            assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, tags));
            assertThat(details.pushed("t3")).contains(FIRST_DAY.plusSeconds(3));
            assertThat(details.way()).isEqualTo(registry.way);
            assertThat(registry.api()).isEqualTo(pages(kind));
            // Harbor challenges the first request.
            assertThat(registry.lists()).isEqualTo(kind == WebApi.HARBOR ? 2 : 1);
            assertThat(registry.heads() + registry.pulls()).isZero();
            assertThat(registry.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void asksForFewTagsOneByOne(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            List<String> few = registry.push(A, 250).subList(0, pages(kind));
            registry.store.list(List.of(A));

            TagDetails details = registry.store.details(A, few, false);

            assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, few));
            assertThat(details.way()).isEqualTo(TagDetails.Way.HEAD);
            assertThat(registry.heads()).isEqualTo(few.size());
            assertThat(registry.api()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void readsDatesOfFewTagsUntilAllAreFound(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            registry.push(A, 250);
            registry.store.list(List.of(A));

            TagDetails details = registry.store.details(A, List.of("t1"), true);

            assertThat(details.pushed("t1")).contains(FIRST_DAY.plusSeconds(1));
            assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, List.of("t1")));
            // Docker Hub and Quay list tags in the order of the emulation, so t1 is on the first page.
            assertThat(registry.api()).isEqualTo(1);
            assertThat(registry.heads()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void asksForMissingDigestsOneByOne(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind, options -> options.tagsWithoutDigest("t1?7"), LONG)) {
            List<String> tags = registry.push(A, 40);
            registry.store.list(List.of(A));

            TagDetails details = registry.store.details(A, tags, false);

            assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, tags));
            assertThat(details.pushed("t17")).contains(FIRST_DAY.plusSeconds(17));
            assertThat(registry.heads()).isEqualTo(2);
            assertThat(registry.api()).isEqualTo(1);
            assertThat(registry.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void listsAllTagsOfDestinationInPages(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            List<String> tags = registry.push(A, 101);
            registry.push(B, 7);
            // Harbor is recognized by the challenge to the first request.
            registry.store.repository(A).resolve("t0");
            registry.server.log().clear();

            assertThat(HostedRegistry.digests(registry.store.details(A))).isEqualTo(registry.digests(A, tags));
            assertThat(registry.store.details(B).way()).isEqualTo(registry.way);

            assertThat(registry.api()).isEqualTo(kind == WebApi.ECR ? 2 : 3);
            assertThat(registry.server.log().count()).isEqualTo(registry.api());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void takesMissingRepositoryForEmptyAndKeepsUsingApi(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            registry.push(B, 7);

            assertThat(registry.store.details(A).tags()).isEmpty();
            assertThat(registry.store.details(A, List.of("t1", "t2"), false).tags())
                    .isEmpty();
            assertThat(registry.store.details(B).way()).isEqualTo(registry.way);

            assertThat(registry.heads()).isZero();
            assertThat(registry.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsTagListFirstIfNumberOfTagsIsUnknown(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            registry.push(A, 20);
            List<String> tags = List.of("t1", "t2", "t3", "new1", "new2");

            assertThat(HostedRegistry.digests(registry.store.details(A, tags, false)))
                    .isEqualTo(registry.digests(A, tags.subList(0, 3)));

            assertThat(registry.lists()).isEqualTo(kind == WebApi.HARBOR ? 2 : 1);
            assertThat(registry.api()).isEqualTo(kind == WebApi.NONE ? 0 : 1);
            assertThat(registry.heads()).isEqualTo(kind == WebApi.NONE ? 3 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesSingleTagsToCallersThatResolveThemThemselves(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind, options -> options.tagsWithoutDigest("t3"), LONG)) {
            List<String> tags = registry.push(A, 20);
            registry.store.list(List.of(A));

            TagDetails details = registry.store.listedDetails(A, tags, false);

            assertThat(details.tags()).containsOnlyKeys(tags);
            assertThat(details.unresolved()).hasSize(kind == WebApi.NONE ? 20 : 1);
            assertThat(registry.heads()).isZero();
        }
    }

    @Test
    void resolvesTagThatIsListedWithTwoDigests() {
        try (HostedRegistry registry = HostedRegistry.of(WebApi.DOCKER_HUB)) {
            List<String> tags = registry.push(A, 3);
            registry.store.list(List.of(A));
            registry.server.fault(
                    Fault.on("GET", registry.apiPath()).status(200, """
                    {"count":3,"next":null,"results":[
                     {"name":"t0","digest":"sha256:%1$s"},{"name":"t1","digest":"sha256:%1$s"},
                     {"name":"../t2","digest":"sha256:%1$s"},{"name":"t1","digest":"sha256:%2$s"}]}""".formatted("a".repeat(64), "b".repeat(64))));

            assertThat(HostedRegistry.digests(registry.store.details(A, tags, false)))
                    .containsAllEntriesOf(registry.digests(A, List.of("t1", "t2")));

            assertThat(registry.heads()).isEqualTo(2);
        }
    }
}
