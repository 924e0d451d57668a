package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.Test;

/** Mirrors to a registry whose tags cannot be overwritten, not even with an equal digest, like Amazon ECR. */
final class ImmutableDestinationTest extends BetweenRegistries {
    private static final SampleImage BEFORE = SampleImages.oci(1);
    private static final SampleImage AFTER = SampleImages.oci(2);

    ImmutableDestinationTest() {
        super(
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder()
                        .immutableTags(
                                400,
                                "TAG_INVALID",
                                "The image tag '1' already exists in the 'mirror/a' repository and cannot be overwritten"
                                        + " because the tag is immutable."));
    }

    @Test
    void acceptsTagThatAlreadyHasTheDigest() {
        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
        destination.log().clear();

        InProcess.Result again = workplace.sync(source.host(), destination.host() + "/mirror", "--force");

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(destination.log().count("PUT", "/manifests/1$")).isEqualTo(1);
        assertThat(workplace.metadata().images()).containsExactly("a:1");
    }

    @Test
    void reportsMovedTagInEveryRunWithoutQuarantine() {
        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
        source.put("ns/a", "1", AFTER);

        for (int run = 0; run < 2; run++) {
            destination.log().clear();
            InProcess.Result result = sync();

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out())
                    .contains("a:1  destination: the tag " + destination.host() + "/mirror/a:1 is " + BEFORE.digest()
                            + " and cannot be overwritten with " + AFTER.digest() + ": HTTP 400 TAG_INVALID")
                    .contains("exclude the tag, delete it at the destination, or make it mutable there");
            assertThat(destination.log().count("PUT", "/manifests/1$")).isEqualTo(1);
        }
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(BEFORE.digest());
    }

    private InProcess.Result sync() {
        return workplace.sync(source.host(), destination.host() + "/mirror");
    }
}
