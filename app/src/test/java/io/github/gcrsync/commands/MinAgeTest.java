package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds young images back; the source lists no dates, so the metadata repository remembers what was seen. */
final class MinAgeTest {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    @TempDir
    private Path folder;

    private final TestRegistry source = TestRegistry.start();
    private final TestRegistry destination = TestRegistry.start();
    private final TestRegistry other = TestRegistry.start();
    private MetadataFiles metadata;

    @BeforeEach
    void fill() {
        metadata = MetadataFiles.bare(folder.resolve("shared.git"));
        offer("1.0.0", 1);
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
        other.close();
    }

    private SampleImage offer(String tag, long seed) {
        SampleImage image = SampleImages.oci(seed);
        source.put(Workplace.NAMESPACE + "/a", tag, image);
        return image;
    }

    /** Runs on one of several machines, which share nothing but the metadata repository. */
    private Result run(String machine, String command, Duration later, String... more) {
        Clock clock = Clock.fixed(START.plus(later), ZoneOffset.UTC);
        Workplace place = new Workplace(folder.resolve(machine)).at(clock);
        String[] arguments = place.arguments(source.host(), destination.host() + "/mirror", more);
        arguments[0] = command;
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--metadata=file://" + metadata.path();
        all[arguments.length + 1] = "--min-age=3d";
        return place.run(all);
    }

    /** Explains without naming a destination. */
    private String explain(String image, Duration later) {
        return new Workplace(folder.resolve("one"))
                .at(Clock.fixed(START.plus(later), ZoneOffset.UTC))
                .run(
                        "explain",
                        image,
                        "--source=" + source.host(),
                        "--namespace=" + Workplace.NAMESPACE,
                        "--metadata=file://" + metadata.path(),
                        "--min-age=3d")
                .out();
    }

    private Result sync(String machine, Duration later, String... more) {
        return run(machine, "sync", later, more);
    }

    @Test
    void copiesNoDigestThatTagMovesToDuringRun() {
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        SampleImage old = offer("1.1.0", 2);
        assertThat(sync("one", Duration.ofDays(1)).exitCode()).isZero();
        offer("1.1.0", 3);
        source.delete(Workplace.NAMESPACE + "/a", old.digest());
        source.fault(Fault.on("HEAD", "/manifests/1.1.0")
                .status(200)
                .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
                .header("Docker-Content-Digest", old.digest()));

        Result result = sync("one", Duration.ofDays(5));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(destination.tags("mirror/a")).containsExactly("1.0.0");
        assertThat(sync("one", Duration.ofDays(5)).out()).contains("a:1.1.0  held back until 2026-06-09T12:00:00Z");
    }

    @Test
    void takesImageWhenItIsOldEnoughOnAnyMachine() {
        Result first = sync("one", Duration.ZERO);
        assertThat(first.exitCode()).as("%s", first).isZero();
        assertThat(destination.tags("mirror/a"))
                .as("the first run takes what it finds")
                .containsExactly("1.0.0");

        offer("1.1.0", 2);
        Result second = sync("one", Duration.ofDays(1));
        assertThat(second.exitCode()).as("%s", second).isZero();
        assertThat(destination.tags("mirror/a")).containsExactly("1.0.0");
        assertThat(second.out())
                .containsPattern("held back +1 ")
                .contains("    a:1.1.0  held back until 2026-06-05T12:00:00Z\n");
        assertThat(metadata.file("Seen")).contains("\na:1.1.0 sha256:").contains(" 2026-06-02T12:00:00Z\n");

        Result third = sync("two", Duration.ofDays(3));
        assertThat(third.out()).contains("held back until 2026-06-05T12:00:00Z");
        assertThat(destination.tags("mirror/a")).containsExactly("1.0.0");

        Result fourth = sync("two", Duration.ofDays(4).plusSeconds(1));
        assertThat(fourth.exitCode()).as("%s", fourth).isZero();
        assertThat(fourth.out()).doesNotContain("held back");
        assertThat(destination.tags("mirror/a")).containsExactlyInAnyOrder("1.0.0", "1.1.0");
        assertThat(metadata.file("Seen")).doesNotContain("a:1.1.0");
    }

    @Test
    void keepsOldImageWhileTagThatMovedWaits() {
        SampleImage before = offer("stable", 5);
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        SampleImage after = offer("stable", 6);

        assertThat(sync("one", Duration.ofHours(1)).exitCode()).isZero();
        assertThat(destination.manifestDigest("mirror/a", "stable")).isEqualTo(before.digest());

        assertThat(sync("one", Duration.ofDays(4)).exitCode()).isZero();
        assertThat(destination.manifestDigest("mirror/a", "stable")).isEqualTo(after.digest());
    }

    @Test
    void takesLaterWhatFirstRunDidNotGetTo() {
        offer("1.1.0", 2);
        offer("1.2.0", 3);
        SampleImage moves = offer("stable", 4);
        destination.fault(Fault.on("PUT", "/manifests/1.0.0").status(400).always());
        assertThat(sync("one", Duration.ZERO, "--processcount=2").exitCode()).isEqualTo(1);
        assertThat(destination.tags("mirror/a")).containsExactly("1.1.0");
        assertThat(metadata.file("Seen")).contains("\na:1.2.0 sha256:").contains(" 1970-01-01T00:00:00Z\n");

        offer("1.3.0", 5);
        SampleImage moved = offer("stable", 6);
        destination.clearFaults();
        Result second = sync("two", Duration.ofDays(1), "--retry-quarantined");
        assertThat(second.exitCode()).as("%s", second).isZero();
        assertThat(destination.tags("mirror/a")).containsExactlyInAnyOrder("1.0.0", "1.1.0", "1.2.0");
        assertThat(second.out()).contains("a:1.3.0  held back until", "a:stable  held back until");

        assertThat(sync("two", Duration.ofDays(5)).exitCode()).isZero();
        assertThat(destination.manifestDigest("mirror/a", "stable"))
                .isEqualTo(moved.digest())
                .isNotEqualTo(moves.digest());
        assertThat(metadata.file("Seen")).isEqualTo("# gcrsync Seen 1\n");
    }

    @Test
    void forgetsTagsThatAreDeletedWhileTheyWait() {
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("1.1.0", 2);
        offer("1.2.0", 3);
        source.put(Workplace.NAMESPACE + "/b", "1.0.0", SampleImages.oci(4));
        assertThat(sync("one", Duration.ofDays(1), "--first-run=wait").exitCode())
                .isZero();
        assertThat(metadata.file("Seen")).contains("\na:1.1.0 ", "\na:1.2.0 ", "\nb:1.0.0 ");

        source.delete(Workplace.NAMESPACE + "/a", "1.1.0");
        source.fault(Fault.on("GET", "/a/tags/list").status(403).times(1));
        assertThat(sync("one", Duration.ofDays(2)).exitCode()).isEqualTo(1);
        assertThat(metadata.file("Seen")).as("not listed").contains("\na:1.1.0 ");

        assertThat(sync("one", Duration.ofDays(2), "--image=a:1.0.0").exitCode())
                .isZero();
        assertThat(metadata.file("Seen")).as("not listed").contains("\na:1.1.0 ", "\nb:1.0.0 ");

        source.delete(Workplace.NAMESPACE + "/b", "1.0.0");
        assertThat(sync("one", Duration.ofDays(2)).exitCode()).isZero();
        assertThat(metadata.file("Seen")).contains("\na:1.2.0 ").doesNotContain("a:1.1.0", "b:1.0.0");
    }

    @Test
    void holdsNoTagBackThatStaysAsMirrored() {
        SampleImage before = offer("stable", 5);
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("stable", 6);
        source.fault(Fault.on("HEAD", "/manifests/1.0.0").status(403).always());

        Result result = sync("one", Duration.ofHours(1), "--moved=keep", "--fixed=1.*");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).doesNotContain("held back");
        assertThat(destination.manifestDigest("mirror/a", "stable")).isEqualTo(before.digest());

        Result forced = sync("one", Duration.ofHours(1), "--fixed=*", "--force");
        assertThat(forced.out()).contains("a:stable  held back until");
        assertThat(destination.manifestDigest("mirror/a", "stable")).isEqualTo(before.digest());
    }

    @Test
    void waitsOnFirstRunIfAsked() {
        assertThat(sync("one", Duration.ZERO, "--first-run=wait").exitCode()).isZero();
        assertThat(destination.repositories()).isEmpty();

        assertThat(sync("one", Duration.ofDays(4), "--first-run=wait").exitCode())
                .isZero();
        assertThat(destination.tags("mirror/a")).containsExactly("1.0.0");
    }

    @Test
    void showsHeldBackImagesInTestAndExplain() {
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("1.1.0", 2);
        assertThat(sync("one", Duration.ofDays(1)).exitCode()).isZero();

        Result test = run("one", "test", Duration.ofDays(2));
        assertThat(test.out())
                .contains(
                        "  wait  a:1.1.0  (held back until 2026-06-05T12:00:00Z)\n",
                        ", 1 held back",
                        "listed: 1 repository by tags/list and HEAD\n");

        assertThat(explain("a", Duration.ofDays(2)))
                .startsWith("mirror   a:1.0.0  no rule excludes it\n"
                        + "wait     a:1.1.0  min-age: held back until 2026-06-05T12:00:00Z: first seen");

        Result compare = run("one", "compare", Duration.ofDays(2), "--output=" + folder.resolve("same.json"));
        assertThat(compare.exitCode()).as("%s", compare).isZero();
    }

    @Test
    void countsImageOfOtherDestinationAsOldEnough() {
        String both = "--destination=" + other.host() + "/copy";
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("1.1.0", 2);
        assertThat(sync("one", Duration.ofDays(1)).exitCode()).isZero();
        assertThat(sync("one", Duration.ofDays(5)).exitCode()).isZero();

        other.fault(Fault.on("PUT", "/manifests/1.1.0").status(400).always());
        Result added = sync("one", Duration.ofDays(6), both);
        assertThat(added.exitCode()).as("%s", added).isEqualTo(1);
        assertThat(other.tags("copy/a")).as("added later").containsExactly("1.0.0");
        assertThat(added.out()).doesNotContain("held back");

        offer("1.2.0", 3);
        assertThat(sync("one", Duration.ofDays(7), both).out()).contains("a:1.2.0  held back until 2026-06-11");
        other.fault(Fault.on("PUT", "/manifests/1.2.0").status(400).always());
        assertThat(sync("one", Duration.ofDays(11), both).exitCode()).isEqualTo(1);
        assertThat(destination.tags("mirror/a")).contains("1.2.0");
        assertThat(metadata.file("Seen")).doesNotContain("a:");

        other.clearFaults();
        Result retried = sync("one", Duration.ofDays(11).plusHours(1), both, "--retry-quarantined");
        assertThat(retried.exitCode()).as("%s", retried).isZero();
        assertThat(other.tags("copy/a")).containsExactlyInAnyOrder("1.0.0", "1.1.0", "1.2.0");
    }

    @Test
    void neverTakesYoungTagWhoseDigestCannotBeRead() {
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("1.1.0", 2);
        source.fault(Fault.on("HEAD", "/manifests/1.1.0").status(403).always());

        Result result = sync("one", Duration.ofDays(1));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("failed +1\\n +a:1.1.0 .*HTTP 403")
                .doesNotContain("held back");
        assertThat(destination.tags("mirror/a")).containsExactly("1.0.0");
        assertThat(explain("a:1.1.0", Duration.ofDays(1)))
                .startsWith("skip     a:1.1.0  min-age: its digest cannot be read: ");
    }

    @Test
    void reportsTagWithoutManifestAsGone() {
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("1.1.0", 2);
        source.fault(Fault.on("HEAD", "/manifests/1.1.0").status(404).always());

        Result result = sync("one", Duration.ofDays(1));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("gone +1 +listed by the source, but deleted there\\n +a:1.1.0\n")
                .doesNotContain("held back");
        assertThat(destination.tags("mirror/a")).containsExactly("1.0.0");
    }

    @Test
    void requestsEachDigestOnce() {
        assertThat(sync("one", Duration.ZERO).exitCode()).isZero();
        offer("1.1.0", 2);
        offer("1.2.0", 3);
        source.log().clear();

        assertThat(sync("one", Duration.ofDays(1)).exitCode()).isZero();

        assertThat(source.log().count("HEAD", "/manifests/")).isEqualTo(3);
        assertThat(source.log().count("GET", "/manifests/")).isZero();

        source.log().clear();
        assertThat(sync("one", Duration.ofDays(1), "--destination=" + other.host() + "/copy")
                        .exitCode())
                .isZero();
        assertThat(source.log().count("HEAD", "/manifests/"))
                .as("two destinations")
                .isEqualTo(3);
    }
}
