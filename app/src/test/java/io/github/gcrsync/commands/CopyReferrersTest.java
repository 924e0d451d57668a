package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gcrsync copy} with signatures. */
final class CopyReferrersTest {
    @TempDir
    private Path folder;

    private final TestRegistry source =
            TestRegistry.builder().referrersApi(true).start();
    private final TestRegistry destination =
            TestRegistry.builder().referrersApi(true).start();
    private final SampleImage image = SampleImages.oci(1);
    private final SampleImage signature = SampleImages.signature(2, image);

    @BeforeEach
    void fill() {
        source.put("team/app", "1", image);
        source.put("team/app", signature);
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private Result copy(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("copy", source.host() + "/team/app:1", destination.host() + "/tools/app"));
        arguments.addAll(List.of(more));
        return new Workplace(folder).with(Hurry.TO_RETRY).run(arguments.toArray(String[]::new));
    }

    @Test
    void copiesSignatureWithImage() {
        Result result = copy();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains(" pulled, with 1 referrer\n");
        assertThat(destination.manifestDigest("tools/app", signature.digest())).isEqualTo(signature.digest());
    }

    @Test
    void copiesOnlyImageIfAsked() {
        Result result = copy("--referrers=false");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).doesNotContain("referrer");
        assertThat(source.log().count("GET", "/referrers/")).isZero();
        assertThat(destination.manifestDigest("tools/app", signature.digest())).isEmpty();
    }

    @Test
    void copiesOnlyTypesThatAreNamed() {
        assertThat(copy("--referrers=application/spdx+json").exitCode()).isZero();
        assertThat(destination.manifestDigest("tools/app", signature.digest())).isEmpty();
    }

    @Test
    void namesReferrerThatCannotBeCopied() {
        destination.fault(
                Fault.on("PUT", "/manifests/" + signature.digest()).status(403).always());

        Result result = copy();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(destination.manifestDigest("tools/app", "1")).isEqualTo(image.digest());
        assertThat(result.out())
                .contains(" pulled, without 1 of its 1 referrer\n")
                .contains("  referrer " + signature.digest() + " of " + image.digest() + " not copied: ");
    }

    @Test
    void refusesWhatIsNoType() {
        Result result = copy("--referrers=signatures");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains("'signatures' is not an artifact type", "write true, false, or artifact types");
    }
}
