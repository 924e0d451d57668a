package io.github.gcrsync.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RefsTest {
    private static final String HASH = "0123456789ab";

    private static Optional<Refs> read(String value) {
        return Refs.recorded(new Attributes("refs=" + value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "3:" + HASH,
                "0::" + HASH,
                "1:" + HASH + ":" + HASH,
                "0:::" + HASH,
                "2:" + HASH + "::" + HASH
            })
    void readsWhatItWrites(String value) {
        assertThat(read(value).map(Refs::text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1234567890", "1:0123", "1:" + HASH + ":" + HASH + ":", "1:" + HASH + "::::"})
    void ignoresOtherForms(String value) {
        assertThat(read(value)).isEmpty();
    }

    @Test
    void findsMirroredOnesAmongOthers() {
        List<Digest> all = IntStream.range(0, 8)
                .mapToObj(i -> Digest.sha256(new byte[] {(byte) i}))
                .sorted()
                .toList();
        List<Digest> mirrored = all.subList(1, 6);
        String lines = mirrored.stream().map(digest -> digest + "\n").collect(Collectors.joining());
        Refs refs = read("5:"
                        + Digest.sha256(lines.getBytes(StandardCharsets.US_ASCII))
                                .hex()
                                .substring(0, 12))
                .orElseThrow();

        assertThat(refs.among(new TreeSet<>(mirrored))).contains(mirrored);
        assertThat(refs.among(new TreeSet<>(all))).contains(mirrored);
        assertThat(refs.among(new TreeSet<>(all.subList(2, 8)))).isEmpty();
        assertThat(refs.among(new TreeSet<>(all.subList(1, 4)))).isEmpty();
        assertThat(read("2").orElseThrow().among(new TreeSet<>(all.subList(0, 3))))
                .isPresent();
    }

    @Test
    void hashDependsOnSetOfLines() {
        assertThat(Refs.hash(List.of("b", "a")))
                .hasSize(12)
                .isEqualTo(Refs.hash(List.of("a", "b", "a")))
                .isNotEqualTo(Refs.hash(List.of("a")));
        assertThat(Refs.hash(List.of())).isEmpty();
    }
}
