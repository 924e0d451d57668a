package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.TestImages;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlatformsTest {
    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64, true",
        "linux/amd64, linux/amd64/v1, true",
        "linux/amd64, linux/amd64/v3, false",
        "linux/amd64, linux/arm64, false",
        "linux/amd64, windows/amd64, false",
        "linux/arm64, linux/arm64/v8, true",
        "linux/arm64/v8, linux/arm64, true",
        "linux/arm64/v9, linux/arm64, false",
        "linux/arm, linux/arm/v7, true",
        "linux/arm/v7, linux/arm, true",
        "linux/arm/v6, linux/arm/v7, false",
        "Linux/x86_64, linux/amd64, true",
        "linux/386, linux/i386, true",
        "windows/amd64, windows(10.0.17763.5122)/amd64, true",
        "windows(10.0.17763)/amd64, windows(10.0.17763.5122)/amd64, true",
        "windows(10.0.1776)/amd64, windows(10.0.17763.5122)/amd64, false",
        "windows(10.0.17763)/amd64, windows/amd64, false",
    })
    void includesWhatContainerdMatches(String wanted, String found, boolean included) {
        assertThat(of(wanted).include(Platform.parse(found))).isEqualTo(included);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "linux", "/amd64", "linux/", "linux/amd64/v1/x", "linux/amd 64", "linux()/amd64", "a/b\n"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a platform: ")
                .hasMessageEndingWith("; write os/arch or os/arch/variant, such as linux/arm64");
    }

    @Test
    void attestationsFollowTheirPlatform() {
        Descriptor amd = entry(1, "linux/amd64", Map.of());
        Descriptor arm = entry(2, "linux/arm64/v8", Map.of());
        Descriptor any = TestImages.blob(TestImages.bytes(3, 10));
        Descriptor ofAmd = entry(
                4,
                "unknown/unknown",
                Map.of("vnd.docker.reference.digest", amd.digest().value()));
        Descriptor ofArm = entry(
                5,
                "unknown/unknown",
                Map.of("vnd.docker.reference.digest", arm.digest().value()));
        List<Descriptor> entries = List.of(ofAmd, amd, arm, any, ofArm);

        assertThat(of("linux/arm64").among(entries)).containsExactlyInAnyOrder(arm, any, ofArm);
        assertThat(Platforms.ALL.among(entries)).containsExactlyInAnyOrderElementsOf(entries);
    }

    @Test
    void hashDependsOnPlatformsAndIndexOnly() {
        String hash = of("linux/arm64", "linux/amd64").hash();

        assertThat(hash)
                .matches("[0-9a-f]{12}")
                .isEqualTo(of("linux/amd64", "linux/arm64/v8", "linux/amd64").hash());
        assertThat(of("linux/amd64").hash()).isNotEqualTo(hash);
        assertThat(Platforms.of(List.of("linux/arm64", "linux/amd64"), Platforms.Index.REWRITE)
                        .hash())
                .isNotEqualTo(hash);
        assertThat(Platforms.ALL.hash()).isEmpty();
        assertThat(Platforms.of(List.of(), Platforms.Index.REWRITE).hash()).isEmpty();
    }

    @Test
    void readsPlatformOfConfig() {
        assertThat(Platforms.ofConfig(TestImages.utf8(
                        "{\"config\":{},\"os\":\"windows\",\"os.version\":\"10.0.1\",\"architecture\":\"amd64\"}")))
                .map(Platform::toString)
                .contains("windows(10.0.1)/amd64");
        assertThat(Platforms.ofConfig(TestImages.utf8("{}"))).isEmpty();
        assertThatThrownBy(() -> Platforms.ofConfig(TestImages.utf8("{\"os\":")))
                .isInstanceOf(InvalidManifestException.class);
    }

    private static Platforms of(String... names) {
        return Platforms.of(List.of(names), Platforms.Index.SPARSE);
    }

    private static Descriptor entry(int seed, String platform, Map<String, String> annotations) {
        Descriptor plain = TestImages.blob(TestImages.bytes(seed, 10));
        return new Descriptor(
                MediaType.OCI_MANIFEST,
                plain.digest(),
                plain.size(),
                Optional.of(Platform.parse(platform)),
                Optional.empty(),
                List.of(),
                annotations);
    }
}
