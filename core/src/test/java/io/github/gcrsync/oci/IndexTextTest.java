package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.TestImages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IndexTextTest {
    private static final String A = entry(1, "\"é \\\"}],\"");
    private static final String B = entry(2, "{\"manifests\":[ 1 , 2 ]}");
    private static final String C = entry(3, "-1.5e3");

    @ParameterizedTest
    @CsvSource({"1 2 3, 123", "1 3, 13", "2 3, 23", "1, 1", "2, 2", "3, 3"})
    void removesEntriesAndNothingElse(String kept, String expected) {
        List<String> all = List.of(A, B, C);
        List<String> rest =
                expected.chars().mapToObj(each -> all.get(each - '1')).toList();

        assertThat(text(cut(index(", ", all), kept))).isEqualTo(text(index(", ", rest)));
        assertThat(text(cut(index(",\n\t", all), kept))).isEqualTo(text(index(",\n\t", rest)));
    }

    @Test
    void returnsSameIndexIfNothingIsRemoved() {
        Manifest.Index index = index("  ,", List.of(A, B, C));

        assertThat(cut(index, "1 2 3")).isSameAs(index);
    }

    @ParameterizedTest
    @ValueSource(strings = {MediaType.OCI_INDEX, MediaType.DOCKER_MANIFEST_LIST})
    void keepsMediaTypeAndMatchesItsDigest(String mediaType) {
        Manifest.Index index = (Manifest.Index) TestImages.index(
                mediaType, List.of(TestImages.blob(TestImages.bytes(1, 5)), TestImages.blob(TestImages.bytes(2, 5))));

        Manifest.Index cut = cut(index, "2");

        assertThat(cut.descriptor())
                .isEqualTo(Descriptor.of(mediaType, cut.content().toArray()));
        assertThat(cut.manifests()).containsExactly(index.manifests().get(1));
    }

    @Test
    void appendsEntriesAndChangesNothingElse() {
        Manifest.Index index = index(",\n\t", List.of(A, B));
        Descriptor more = Descriptor.of(MediaType.OCI_MANIFEST, TestImages.bytes(9, 5));

        Manifest.Index longer = IndexText.withMore(index, List.of(more));

        assertThat(longer.manifests()).hasSize(3).last().isEqualTo(more);
        String before = text(index);
        int end = before.indexOf(B) + B.length();
        assertThat(text(longer)).startsWith(before.substring(0, end) + ",{").endsWith("}" + before.substring(end));
        assertThat(IndexText.withMore(index, List.of())).isSameAs(index);
    }

    @Test
    void replacesDigestAndSizeOfNestedIndex() {
        Manifest.Index index = index(", ", List.of(A, B));
        Descriptor other = Descriptor.of(index.manifests().get(1).mediaType(), TestImages.bytes(9, 123_456));

        Manifest.Index changed =
                IndexText.with(index, List.of(Optional.of(index.manifests().getFirst()), Optional.of(other)));

        assertThat(text(changed))
                .isEqualTo(text(index)
                        .replace(
                                index.manifests().get(1).digest().value(),
                                other.digest().value())
                        .replace("\"size\" : 102", "\"size\" : 123456"));
    }

    @Test
    void refusesTextInOtherEncoding() {
        byte[] bytes = text(index(",", List.of(A, B))).getBytes(StandardCharsets.UTF_16BE);
        Manifest.Index index = (Manifest.Index) Manifest.parse(MediaType.OCI_INDEX, Digest.sha256(bytes), bytes);

        assertThatThrownBy(() -> cut(index, "1")).isInstanceOf(InvalidManifestException.class);
    }

    private static Manifest.Index cut(Manifest.Index index, String kept) {
        List<Optional<Descriptor>> entries = new ArrayList<>();
        for (int i = 0; i < index.manifests().size(); i++) {
            entries.add(
                    kept.contains(String.valueOf(i + 1))
                            ? Optional.of(index.manifests().get(i))
                            : Optional.empty());
        }
        return IndexText.with(index, entries);
    }

    private static Manifest.Index index(String separator, List<String> entries) {
        return (Manifest.Index) TestImages.manifest(
                MediaType.OCI_INDEX,
                "{ \"schemaVersion\":2, \"ü\": [{\"digest\": 1}],\n\"manifests\" : [\n  "
                        + String.join(separator, entries) + "\r\n ] , \"annotations\": {\"manifests\": \"[]\"} }\n\n");
    }

    private static String entry(int seed, String value) {
        return "{\"x\" :" + value + ", \"size\" : " + (100 + seed) + " ,\n\"digest\": \""
                + Digest.sha256(TestImages.bytes(seed, 100 + seed)) + "\",\"y\":" + value + " }";
    }

    private static String text(Manifest index) {
        return new String(index.content().toArray(), StandardCharsets.UTF_8);
    }
}
