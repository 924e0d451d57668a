package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors signatures and SBOMs with their images. */
final class MirrorReferrersTest {
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
    void mirrorsWhatRefersToImageAndItsChildren() throws IOException {
        mirror.put(mirror.signature);
        SampleImage ofChild = mirror.put(SampleImages.signature(4, mirror.arm));
        String tag = SampleImages.cosignTag(mirror.amd);
        mirror.put(tag, SampleImages.artifact(5, ""));

        Result result = mirror.sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("copied +1  .* pulled, with 2 signatures and 1 other referrer\n")
                .doesNotContain("excluded");
        assertThat(mirror.arrived(mirror.signature) && mirror.arrived(ofChild)).isTrue();
        assertThat(mirror.destination.tags("mirror/app")).containsExactlyInAnyOrder("1", tag);
        assertThat(mirror.metadata("ImageList")).doesNotContain("sha256-");
        assertThat(mirror.metadata("ImageDigests")).doesNotContain("sha256-");
    }

    @Test
    void tagsOfReferrersAreNoImages() {
        mirror.put(SampleImages.cosignTag(mirror.amd), SampleImages.artifact(5, ""));

        Result test = mirror.run("test", Duration.ZERO, "--referrers=false", "--no-default-excludes", "--verbose");
        assertThat(test.out()).doesNotContain("sha256-").contains("1 to copy", " 0 excluded");
        assertThat(mirror.sync("--no-default-excludes", "--max-tag-length=0").exitCode())
                .isZero();
        Result compared = mirror.run(
                "compare", Duration.ZERO, "--no-default-excludes", "--output=" + folder.resolve("same.json"));
        assertThat(compared.exitCode()).as("%s", compared).isZero();
        assertThat(compared.out()).containsPattern("same +1\n").containsPattern("extra +0\n");
    }

    @Test
    void readsListsOfChildrenOnceEach() {
        Result result = mirror.sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(mirror.reads("/referrers/")).isEqualTo(3);
        assertThat(mirror.reads("/app/tags/list")).isEqualTo(1);
        assertThat(mirror.reads("/manifests/")).isEqualTo(3);
    }

    @Test
    void costsOneProbeWithoutApi() {
        mirror.close();
        mirror = SignedMirror.withoutApi(folder);

        assertThat(mirror.sync().exitCode()).isZero();

        assertThat(mirror.reads("/referrers/")).isEqualTo(1);
        assertThat(mirror.reads("/app/tags/list")).isEqualTo(1);
        assertThat(mirror.reads("/manifests/")).isEqualTo(3);
    }

    @Test
    void asksForNothingIfNoneAreWanted() {
        mirror.put(mirror.signature);

        assertThat(mirror.sync("--referrers=false").exitCode()).isZero();

        assertThat(mirror.reads("/referrers/")).isZero();
        assertThat(mirror.arrived(mirror.signature)).isFalse();
    }

    @Test
    void mirrorsOnlyWantedTypesInFile() throws IOException {
        mirror.put(mirror.signature);
        Path file = Files.writeString(
                folder.resolve("gcrsync.yaml"), """
                mirrors:
                  - name: team
                    source: %s/ns
                    destination: %s/mirror
                    referrers: [application/spdx+json]
                """.formatted(mirror.source.host(), mirror.destination.host()));

        Result result =
                new Workplace(folder).run("sync", "--config=" + file, "--metadata=" + folder.resolve("metadata"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(mirror.arrived(mirror.index)).isTrue();
        assertThat(mirror.arrived(mirror.signature)).isFalse();
    }

    @Test
    void failingReferrerLeavesImageMirrored() throws IOException {
        mirror.put(mirror.signature);
        mirror.put(SampleImages.signature(4, mirror.arm));
        mirror.destination.fault(Fault.on("PUT", "/manifests/" + mirror.signature.digest())
                .status(403)
                .always());

        Result result = mirror.sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("incomplete +1 ")
                .contains("    app:1  without 1 of its 2 referrers\n")
                .contains("      referrer " + mirror.signature.digest() + " of " + mirror.index.digest()
                        + " not copied: ")
                .doesNotContain("quarantined");
        assertThat(mirror.arrived(mirror.index)).isTrue();
        assertThat(mirror.metadata("ImageDigests")).contains("app:1 " + mirror.index.digest());
    }

    @Test
    void keepsReferrersOfRewrittenIndexOnlyForItsImages() {
        mirror.put(mirror.signature);
        SampleImage ofChild = mirror.put(SampleImages.signature(4, mirror.arm));

        Result result = mirror.sync("--platform=linux/arm64", "--index=rewrite");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains("with 1 signature\n").containsPattern("rewritten +1 ");
        assertThat(mirror.arrived(ofChild)).isTrue();
        assertThat(mirror.arrived(mirror.signature)).isFalse();
    }

    @Test
    void keepsReferrersOfSparseIndexAndItsImages() {
        mirror.put(mirror.signature);
        SampleImage copied = mirror.put(SampleImages.signature(4, mirror.arm));
        SampleImage skipped = mirror.put(SampleImages.signature(5, mirror.amd));

        assertThat(mirror.sync("--platform=linux/arm64").exitCode()).isZero();

        assertThat(mirror.arrived(mirror.signature) && mirror.arrived(copied)).isTrue();
        assertThat(mirror.arrived(skipped)).isFalse();
    }

    @Test
    void readsSourceOnceForSeveralDestinations() {
        mirror.put(mirror.signature);
        Result result = mirror.sync("--destination=" + mirror.destination.host() + "/other");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(mirror.arrived(mirror.signature)).isTrue();
        assertThat(mirror.destination.manifestDigest("other/app", mirror.signature.digest()))
                .isEqualTo(mirror.signature.digest());
        assertThat(mirror.reads("/manifests/" + mirror.signature.digest())).isEqualTo(1);
    }

    @Test
    void reportsWhatCameAlongAndWhatIsMissing() throws IOException {
        mirror.put(mirror.signature);
        SampleImage failing = mirror.put(SampleImages.signature(4, mirror.arm));
        mirror.destination.fault(
                Fault.on("PUT", "/manifests/" + failing.digest()).status(403).always());
        Path report = folder.resolve("report.json");
        Path page = folder.resolve("report.html");

        Result result = mirror.sync("--report=" + report, "--report=" + page, "--log-format=json");

        assertThat(Json.tree(Files.readAllBytes(report)))
                .asInstanceOf(MAP)
                .containsEntry("referrers", Map.of("signatures", 1L, "others", 0L, "added", 0L, "incomplete", 1L));
        assertThat(Files.readString(report)).contains("\"incomplete\":[{\"image\":\"app:1\"");
        assertThat(Files.readString(page)).contains("without all referrers", "without 1 of its 2 referrers");
        assertThat(result.err())
                .containsPattern("\"event\":\"image-referrers\".*\"failures\":\\[\"referrer " + failing.digest())
                .containsPattern("\"event\":\"image-referrers\".*\"image\":\"app:1\".*\"signatures\":1");
    }

    @Test
    void comparesReferrers() {
        mirror.put(mirror.signature);
        String tag = SampleImages.cosignTag(mirror.index);
        mirror.put(tag, SampleImages.artifact(5, ""));
        assertThat(mirror.sync("--referrers=false").exitCode()).isZero();
        String same = "--output=" + folder.resolve("same.json");

        Result cheap = mirror.run("compare", Duration.ZERO, same);
        assertThat(cheap.exitCode()).as("%s", cheap).isEqualTo(4);
        assertThat(cheap.out()).contains("incomplete app:1  without 1 of its referrers: " + tag + "\n");
        Result all = mirror.run("compare", Duration.ZERO, same, "--check-referrers");
        assertThat(all.out()).contains("without 2 of its referrers: " + mirror.signature.digest() + ", " + tag);
        Result none = mirror.run("compare", Duration.ZERO, same, "--referrers=false");
        assertThat(none.exitCode()).as("%s", none).isZero();

        assertThat(mirror.sync().exitCode()).isZero();
        assertThat(mirror.run("compare", Duration.ZERO, same, "--check-referrers")
                        .exitCode())
                .isZero();
    }
}
