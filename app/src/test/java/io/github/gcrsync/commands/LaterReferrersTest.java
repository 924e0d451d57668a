package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks for referrers of images that were mirrored before, with few requests. */
final class LaterReferrersTest {
    @TempDir
    private Path folder;

    private SignedMirror mirror;

    @BeforeEach
    void start() {
        mirror = SignedMirror.withApi(folder);
    }

    @AfterEach
    void close() {
        mirror.close();
    }

    @Test
    void asksOnceForRecentImageAndThenNever() throws IOException {
        mirror.put(mirror.signature);
        assertThat(mirror.sync().exitCode()).isZero();
        String recorded = mirror.metadata("ImageDigests");
        assertThat(recorded)
                .containsPattern("app:1 " + mirror.index.digest() + " .* by=copied refs=1:[0-9a-f]{12}:[0-9a-f]{12}\n");

        assertThat(mirror.sync(Duration.ofDays(6)).out()).containsPattern("up to date +1\n");
        assertThat(mirror.reads("/referrers/" + mirror.index.digest())).isEqualTo(1);
        assertThat(mirror.reads("/(referrers|manifests)/")).isEqualTo(1);
        assertThat(mirror.destination.log().count()).isZero();

        assertThat(mirror.sync(Duration.ofDays(8)).exitCode()).isZero();
        assertThat(mirror.reads("/(referrers|manifests)/")).isZero();
        assertThat(mirror.sync(Duration.ofDays(8), "--check-referrers").exitCode())
                .isZero();
        assertThat(mirror.reads("/referrers/")).as("of four manifests").isEqualTo(4);
        assertThat(mirror.reads("/manifests/")).isEqualTo(2);
        assertThat(mirror.destination.log().count("PUT", "/manifests/" + mirror.signature.digest()))
                .as("its answer shows whether the registry has the referrers API")
                .isEqualTo(mirror.destination.log().count("PUT", ""));
        assertThat(mirror.metadata("ImageDigests")).isEqualTo(recorded);
    }

    @Test
    void tagListTellsEnoughWithoutApi() throws IOException {
        mirror.close();
        mirror = SignedMirror.withoutApi(folder);
        assertThat(mirror.sync().exitCode()).isZero();
        assertThat(mirror.metadata("ImageDigests")).contains(" by=copied refs=0\n");

        assertThat(mirror.sync(Duration.ofDays(1)).exitCode()).isZero();
        assertThat(mirror.reads("/referrers/")).as("probe").isEqualTo(1);
        assertThat(mirror.reads("/manifests/")).isZero();

        String tag = SampleImages.cosignTag(mirror.arm);
        mirror.put(tag, SampleImages.artifact(5, ""));
        Result result = mirror.sync(Duration.ofDays(2));
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +0 ").containsPattern("referrers +1 ");
        assertThat(mirror.destination.tags("mirror/app")).containsExactlyInAnyOrder("1", tag);

        assertThat(mirror.sync(Duration.ofDays(3)).exitCode()).isZero();
        assertThat(mirror.reads("/manifests/")).isZero();
        assertThat(mirror.sync(Duration.ofDays(8)).exitCode()).isZero();
        assertThat(mirror.reads("/(referrers|manifests)/")).isZero();
    }

    @Test
    void addsLaterSignatureWithinSevenDays() throws IOException {
        assertThat(mirror.sync().exitCode()).isZero();
        mirror.put(mirror.signature);

        Result test = mirror.run("test", Duration.ofDays(6));
        assertThat(test.out())
                .contains("  referrers  app:1 -> ", "0 to copy, 1 up to date", "1 to look at for referrers");
        Result result = mirror.sync(Duration.ofDays(6));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("copied +0 ")
                .containsPattern("up to date +1\n")
                .containsPattern("referrers +1 ");
        assertThat(mirror.arrived(mirror.signature)).isTrue();
        assertThat(mirror.destination.log().count("PUT", "/manifests/")).isEqualTo(1);
        assertThat(mirror.metadata("ImageDigests"))
                .containsPattern("app:1 .* 2026-06-01T12:00:00Z 2026-06-01T12:00:00Z by=copied refs=1:");
    }

    @Test
    void addsSignatureOfOldImageOnlyIfAsked() {
        assertThat(mirror.sync().exitCode()).isZero();
        mirror.put(mirror.signature);

        assertThat(mirror.sync(Duration.ofDays(8)).exitCode()).isZero();
        assertThat(mirror.arrived(mirror.signature)).isFalse();

        assertThat(mirror.sync(Duration.ofDays(8), "--check-referrers").exitCode())
                .isZero();
        assertThat(mirror.arrived(mirror.signature)).isTrue();
    }

    @Test
    void findsContentThatWasReplacedUnderTag() throws IOException {
        mirror.close();
        mirror = SignedMirror.withoutApi(folder);
        String tag = SampleImages.cosignTag(mirror.index).replace(".sig", ".sbom");
        mirror.put(tag, SampleImages.artifact(5, ""));
        assertThat(mirror.sync().exitCode()).isZero();
        assertThat(mirror.sync(Duration.ofDays(1)).exitCode()).isZero();
        assertThat(mirror.reads("/manifests/")).as("nothing changed").isZero();
        assertThat(mirror.source.log().count("HEAD", "/manifests/"))
                .as("the tag, and that of the image")
                .isEqualTo(2);

        SampleImage replaced = SampleImages.artifact(6, "");
        mirror.put(tag, replaced);
        assertThat(mirror.sync(Duration.ofDays(2)).exitCode()).isZero();

        assertThat(mirror.destination.manifestDigest("mirror/app", tag)).isEqualTo(replaced.digest());
    }

    @Test
    void recordsNoUnsignedImageWhoseReferrersItCopies() {
        String key = new Cosign(folder).generate("release");
        mirror.destination.put("mirror/app", "1", mirror.index);
        mirror.put(mirror.signature);

        assertThat(mirror.sync("--verify-key=" + key).exitCode()).isEqualTo(1);
        assertThat(mirror.sync("--verify-key=" + key).exitCode())
                .as("again, because it is not recorded")
                .isEqualTo(1);
    }

    @Test
    void copiesPlatformsThatWaitAfterReferrersWereCopied() {
        SampleImage other = SampleImages.index(
                SampleImages.oci("linux/amd64", SampleImages.layer(21, 1)),
                SampleImages.oci("linux/arm64", SampleImages.layer(22, 1)));
        mirror.put("2", other);
        mirror.put(mirror.signature);
        assertThat(mirror.sync("--platform=linux/amd64", "--referrers=false").exitCode())
                .isZero();

        String[] both = {"--platform=linux/amd64", "--platform=linux/arm64", "--processcount=1"};
        assertThat(mirror.sync(both).out()).containsPattern("waiting +1 ");
        assertThat(mirror.sync(both).out()).containsPattern("copied +1 ");
        assertThat(other.manifests().keySet())
                .allMatch(digest ->
                        mirror.destination.manifestDigest("mirror/app", digest).equals(digest));
    }

    @Test
    void leavesImageThatSourceHasDeleted() {
        assertThat(mirror.sync("--referrers=false").exitCode()).isZero();
        mirror.put("1", SampleImages.oci(9));
        mirror.source.delete("ns/app", mirror.index.digest());

        Result result = mirror.sync("--moved=keep");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(mirror.sync("--moved=keep").exitCode()).isZero();
    }

    @Test
    void givesUpIfDestinationIsLost() {
        assertThat(mirror.sync().exitCode()).isZero();
        mirror.put(mirror.signature);
        mirror.destination.fault(Fault.on("*", ".*").always().resetConnection());

        Result result = mirror.sync(Duration.ofDays(1));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.out()).contains("gave up: the destination is unreachable");
    }

    @Test
    void upgradeBringsMissingReferrersOnce() throws IOException {
        assertThat(mirror.sync("--referrers=false").exitCode()).isZero();
        mirror.put(mirror.signature);
        assertThat(mirror.metadata("ImageDigests")).doesNotContain("refs=");
        assertThat(mirror.sync(Duration.ofDays(29), "--referrers=false").exitCode())
                .isZero();
        assertThat(mirror.reads("/(referrers|manifests)/")).isZero();

        Result result = mirror.sync(Duration.ofDays(30));
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +0 ").containsPattern("referrers +1 ");
        assertThat(mirror.arrived(mirror.signature)).isTrue();

        assertThat(mirror.sync(Duration.ofDays(31)).exitCode()).isZero();
        assertThat(mirror.reads("/(referrers|manifests)/")).isZero();
    }

    @Test
    void upgradeCostsOnlyProbeWithoutApiAndTags() {
        mirror.close();
        mirror = SignedMirror.withoutApi(folder);
        assertThat(mirror.sync("--referrers=false").exitCode()).isZero();

        assertThat(mirror.sync(Duration.ofDays(30)).exitCode()).isZero();

        assertThat(mirror.reads("/referrers/")).isEqualTo(1);
        assertThat(mirror.reads("/manifests/")).isZero();
    }

    @Test
    void changedTypesApplyToRecordedImages() throws IOException {
        mirror.put(mirror.signature);
        assertThat(mirror.sync("--referrers=application/spdx+json").exitCode()).isZero();
        assertThat(mirror.metadata("ImageDigests"))
                .containsPattern(" by=copied refs=0::[0-9a-f]{12}:[0-9a-f]{12}\n")
                .doesNotContain("rule=");

        assertThat(mirror.sync(Duration.ofDays(30)).out())
                .containsPattern("copied +0 ")
                .containsPattern("referrers +1 ");

        assertThat(mirror.arrived(mirror.signature)).isTrue();
        assertThat(mirror.destination.log().count("PUT", "/manifests/")).isEqualTo(1);
    }

    @Test
    void nextRunTriesFailedReferrerAgain() throws IOException {
        mirror.put(mirror.signature);
        mirror.destination.fault(Fault.on("PUT", "/manifests/" + mirror.signature.digest())
                .status(403)
                .always());
        assertThat(mirror.sync().exitCode()).isEqualTo(1);
        assertThat(mirror.metadata("ImageDigests")).doesNotContain("refs=");

        Result again = mirror.sync(Duration.ofDays(10));
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.out()).containsPattern("up to date +1\n").contains("    app:1  without 1 of its 1 referrer\n");

        mirror.destination.clearFaults();
        Result last = mirror.sync(Duration.ofDays(20));
        assertThat(last.exitCode()).as("%s", last).isZero();
        assertThat(mirror.arrived(mirror.signature)).isTrue();
        assertThat(mirror.metadata("ImageDigests")).contains("by=copied refs=1:");
    }

    @Test
    void adoptedImageGetsItsReferrers() throws IOException {
        mirror.put(mirror.signature);
        mirror.destination.put("mirror/app", "1", mirror.index);

        Result result = mirror.sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("already there +1 ").containsPattern("referrers +1 ");
        assertThat(mirror.arrived(mirror.signature)).isTrue();
        assertThat(mirror.metadata("ImageDigests")).contains("by=adopted refs=1:");
    }

    @Test
    void folderGetsLaterSignature() throws IOException {
        String to = "--destination=oci:" + folder.resolve("mirror");
        assertThat(mirror.sync(to).exitCode()).isZero();
        mirror.put(mirror.signature);

        Result result = mirror.sync(Duration.ofDays(1), to);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("up to date +1\n").containsPattern("referrers +1 ");
        assertThat(Files.readString(folder.resolve("mirror/app/index.json"))).contains(mirror.signature.digest());
    }

    @Test
    void tagsOfOneDigestGetTheirReferrersTogether() throws IOException {
        mirror.put("stable", mirror.index);
        assertThat(mirror.sync().exitCode()).isZero();
        mirror.put(mirror.signature);

        Result result = mirror.sync(Duration.ofDays(1));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("referrers +2 ");
        assertThat(mirror.reads("/manifests/" + mirror.signature.digest())).isEqualTo(1);
        assertThat(mirror.metadata("ImageDigests")).containsPattern("app:1 .* refs=1:.*\napp:stable .* refs=1:");
    }

    @Test
    void imageThatWaitsForChangedRuleIsNotTouched() throws IOException {
        mirror.put("2", mirror.arm);
        assertThat(mirror.sync().exitCode()).isZero();
        mirror.put(mirror.signature);
        mirror.put(SampleImages.signature(4, mirror.arm));

        assertThat(mirror.sync(Duration.ofDays(1), "--platform=linux/arm64", "--processcount=1")
                        .exitCode())
                .isZero();

        assertThat(mirror.metadata("ImageDigests"))
                .containsPattern("app:1 .* rule=")
                .doesNotContainPattern("app:2 .* rule=");
    }
}
