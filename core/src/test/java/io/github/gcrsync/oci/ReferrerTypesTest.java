package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.TestImages;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReferrerTypesTest {
    private static final String SBOM = "application/vnd.example.sbom";
    private static final Descriptor LAYER = TestImages.blob(TestImages.bytes(1, 5));
    private static final Manifest REFERRER = TestImages.referrer(LAYER, SBOM, LAYER);

    @Test
    void includesByArtifactTypeOrTypeOfLayer() {
        assertThat(ReferrerTypes.of(List.of(SBOM)).include(REFERRER)).isTrue();
        assertThat(ReferrerTypes.of(List.of(TestImages.LAYER)).include(REFERRER))
                .isTrue();
        assertThat(ReferrerTypes.of(List.of("application/json")).include(REFERRER))
                .isFalse();
        assertThat(ReferrerTypes.ALL.include(REFERRER)).isTrue();
        assertThat(ReferrerTypes.NONE.include(REFERRER)).isFalse();
    }

    @Test
    void noTypesAreNone() {
        assertThat(ReferrerTypes.of(List.of())).isEqualTo(ReferrerTypes.NONE).hasToString("none");
        assertThat(ReferrerTypes.of(List.of()).areNone()).isTrue();
        assertThat(ReferrerTypes.ALL.areNone()).isFalse();
        assertThat(ReferrerTypes.ALL).hasToString("all");
        assertThat(ReferrerTypes.of(List.of("b", "a"))).hasToString("a, b");
    }
}
