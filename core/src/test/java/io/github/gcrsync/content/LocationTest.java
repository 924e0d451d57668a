package io.github.gcrsync.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocationTest {
    /** The ledger records the text in the second column. */
    @ParameterizedTest
    @CsvSource({
        "docker.io/someone, docker.io/someone",
        "index.docker.io/someone, docker.io/someone",
        "registry-1.docker.io/someone, docker.io/someone",
        "docker://ghcr.io/a/b, ghcr.io/a/b",
        "Registry.Example.COM/a, registry.example.com/a",
        "registry.example.com, registry.example.com",
        "registry.example.com/, registry.example.com",
        "localhost/a, localhost/a",
        "localhost:5000/a, localhost:5000/a",
        "127.0.0.1:5000/a, 127.0.0.1:5000/a",
        "registry:5000/a, registry:5000/a",
        "oci:./mirror, oci:mirror",
        "oci:/srv/mirror/, oci:/srv/mirror",
        "oci:., oci:."
    })
    void parsesRegistriesAndFolders(String text, String remembered) {
        assertThat(Location.parse(text)).hasToString(remembered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mirror",
                "library/alpine",
                "oci:",
                "oci: ",
                "registry.example.com/UPPER",
                "registry.example.com/a//b",
                "registry.example.com/../b",
                "registry.example.com:port/a",
                "user:password@registry.example.com/a",
                "https://registry.example.com/a",
                "registry.example.com/a:1"
            })
    void refusesOtherText(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Location.parse(text));
    }
}
