package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTagsTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @Test
    void namesTagsOfSha256() {
        Digest digest = new Digest("sha256:" + HASH);

        assertThat(DigestTags.ofReferrers(digest)).isEqualTo("sha256-" + HASH);
        assertThat(DigestTags.ofArtifacts(digest))
                .containsExactly("sha256-" + HASH + ".sig", "sha256-" + HASH + ".att", "sha256-" + HASH + ".sbom")
                .allMatch(DigestTags::isOne);
    }

    @Test
    void cutsHashOfSha512() {
        Digest digest = new Digest("sha512:" + HASH + HASH);

        assertThat(DigestTags.ofReferrers(digest)).isEqualTo("sha512-" + HASH).matches(DigestTags::isOne);
        assertThat(DigestTags.ofArtifacts(digest)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "1.27", "sha256-0123", "sha256-0123.sig", "sha-0123456"})
    void otherTagsAreNone(String tag) {
        assertThat(DigestTags.isOne(tag)).isFalse();
    }
}
