package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors signatures and SBOMs with their images. */
final class MirrorReferrersTest {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    @TempDir
    private Path folder;

    private TestRegistry source = registry(true);
    private TestRegistry destination = registry(true);
    private final SampleImage amd = SampleImages.oci("linux/amd64", SampleImages.layer(1, 3));
    private final SampleImage arm = SampleImages.oci("linux/arm64", SampleImages.layer(2, 3));
    private final SampleImage index = SampleImages.index(amd, arm);
    private final SampleImage signature = SampleImages.signature(3, index);

    private static TestRegistry registry(boolean hasApi) {
        return TestRegistry.builder().referrersApi(hasApi).sparseIndexes(true).start();
    }

    @BeforeEach
    void fill() {
        source.put("ns/app", "1", index);
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private void between(boolean sourceHasApi, boolean destinationHasApi) {
        close();
        source = registry(sourceHasApi);
        destination = registry(destinationHasApi);
        fill();
    }

    private Result run(String command, Duration later, String... more) {
        Workplace place = new Workplace(folder)
                .at(Clock.fixed(START.plus(later), ZoneOffset.UTC))
                .with(Hurry.TO_RETRY);
        String[] arguments = place.arguments(source.host(), destination.host() + "/mirror", more);
        arguments[0] = command;
        return place.run(arguments);
    }

    private Result sync(Duration later, String... more) {
        source.log().clear();
        destination.log().clear();
        return run("sync", later, more);
    }

    private Result sync(String... more) {
        return sync(Duration.ZERO, more);
    }

    private boolean arrived(SampleImage artifact) {
        return destination.manifestDigest("mirror/app", artifact.digest()).equals(artifact.digest());
    }

    private String metadata(String file) throws IOException {
        return Files.readString(folder.resolve("metadata/ns/" + file));
    }

    private SampleImage put(SampleImage artifact) {
        source.put("ns/app", artifact);
        return artifact;
    }

    @Test
    void mirrorsWhatRefersToImageAndItsChildren() throws IOException {
        put(signature);
        SampleImage ofChild = put(SampleImages.signature(4, arm));
        String tag = SampleImages.cosignTag(amd);
        source.put("ns/app", tag, SampleImages.artifact(5, ""));

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("copied +1  .* pulled, with 2 signatures and 1 other referrer\n")
                .doesNotContain("excluded");
        assertThat(arrived(signature) && arrived(ofChild)).isTrue();
        assertThat(destination.tags("mirror/app")).containsExactlyInAnyOrder("1", tag);
        assertThat(metadata("ImageList")).doesNotContain("sha256-");
        assertThat(metadata("ImageDigests")).doesNotContain("sha256-");
    }

    @Test
    void tagsOfReferrersAreNoImages() {
        source.put("ns/app", SampleImages.cosignTag(amd), SampleImages.artifact(5, ""));

        Result test = run("test", Duration.ZERO, "--referrers=false", "--no-default-excludes", "--verbose");
        assertThat(test.out()).doesNotContain("sha256-").contains("1 to copy", " 0 excluded");
        assertThat(sync("--no-default-excludes", "--max-tag-length=0").exitCode())
                .isZero();
        Result compared =
                run("compare", Duration.ZERO, "--no-default-excludes", "--output=" + folder.resolve("same.json"));
        assertThat(compared.exitCode()).as("%s", compared).isZero();
        assertThat(compared.out()).containsPattern("same +1\n").containsPattern("extra +0\n");
    }

    @Test
    void readsListsOfChildrenOnceEach() {
        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(source.log().count("GET", "/referrers/")).isEqualTo(3);
        assertThat(source.log().count("GET", "/app/tags/list")).isEqualTo(1);
        assertThat(source.log().count("GET", "/manifests/")).isEqualTo(3);
    }

    @Test
    void costsOneProbeWithoutApi() {
        between(false, false);

        assertThat(sync().exitCode()).isZero();

        assertThat(source.log().count("GET", "/referrers/")).isEqualTo(1);
        assertThat(source.log().count("GET", "/app/tags/list")).isEqualTo(1);
        assertThat(source.log().count("GET", "/manifests/")).isEqualTo(3);
    }

    @Test
    void asksForNothingIfNoneAreWanted() {
        put(signature);

        assertThat(sync("--referrers=false").exitCode()).isZero();

        assertThat(source.log().count("GET", "/referrers/")).isZero();
        assertThat(arrived(signature)).isFalse();
    }

    @Test
    void mirrorsOnlyWantedTypesInFile() throws IOException {
        put(signature);
        Path file = Files.writeString(folder.resolve("gcrsync.yaml"), """
                mirrors:
                  - name: team
                    source: %s/ns
                    destination: %s/mirror
                    referrers: [application/spdx+json]
                """.formatted(source.host(), destination.host()));

        Result result =
                new Workplace(folder).run("sync", "--config=" + file, "--metadata=" + folder.resolve("metadata"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(arrived(index)).isTrue();
        assertThat(arrived(signature)).isFalse();
    }

    @Test
    void failingReferrerLeavesImageMirrored() throws IOException {
        put(signature);
        put(SampleImages.signature(4, arm));
        destination.fault(
                Fault.on("PUT", "/manifests/" + signature.digest()).status(403).always());

        Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("incomplete +1 ")
                .contains("    app:1  without 1 of its 2 referrers\n")
                .contains("      referrer " + signature.digest() + " of " + index.digest() + " not copied: ")
                .doesNotContain("quarantined");
        assertThat(arrived(index)).isTrue();
        assertThat(metadata("ImageDigests")).contains("app:1 " + index.digest());
    }

    @Test
    void keepsReferrersOfRewrittenIndexOnlyForItsImages() {
        put(signature);
        SampleImage ofChild = put(SampleImages.signature(4, arm));

        Result result = sync("--platform=linux/arm64", "--index=rewrite");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains("with 1 signature\n").containsPattern("rewritten +1 ");
        assertThat(arrived(ofChild)).isTrue();
        assertThat(arrived(signature)).isFalse();
    }

    @Test
    void keepsReferrersOfSparseIndexAndItsImages() {
        put(signature);
        SampleImage copied = put(SampleImages.signature(4, arm));
        SampleImage skipped = put(SampleImages.signature(5, amd));

        assertThat(sync("--platform=linux/arm64").exitCode()).isZero();

        assertThat(arrived(signature) && arrived(copied)).isTrue();
        assertThat(arrived(skipped)).isFalse();
    }

    @Test
    void readsSourceOnceForSeveralDestinations() {
        put(signature);
        Result result = sync("--destination=" + destination.host() + "/other");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(arrived(signature)).isTrue();
        assertThat(destination.manifestDigest("other/app", signature.digest())).isEqualTo(signature.digest());
        assertThat(source.log().count("GET", "/manifests/" + signature.digest()))
                .isEqualTo(1);
    }
}
