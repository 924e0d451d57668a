package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.RepositoryName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DestinationNamesTest {
    @ParameterizedTest
    @CsvSource({
        "docker.io/someone, a, someone/a",
        "docker.io/someone, a/b/c, someone/a_b_c",
        "index.docker.io/someone, a/b, someone/a_b",
        "registry.example.com/team/mirror, a/b, team/mirror/a/b",
        "registry.example.com, a/b, a/b",
        "docker.io.example.com/someone, a/b, someone/a/b",
        "oci:mirror, a/b, a/b"
    })
    void flattensNamesOnlyAtDockerHub(String destination, String name, String expected) {
        assertThat(target(destination, name).repository()).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io/someone, a/b, https://hub.docker.com/r/someone/a_b/tags",
        "registry.example.com/team, a/b, https://registry.example.com/team/a/b",
        "oci:mirror, a/b, mirror/a/b"
    })
    void linksToImage(String destination, String name, String expected) {
        assertThat(names(destination, NameTemplate.DEFAULT)
                        .link(target(destination, name).repository()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'{namespace}/{repository}', registry.example.com/ns/a/b, 1.0",
        "'{repository}:{registry}-{tag}', registry.example.com/a/b, gcr.io-1.0",
        "'{repository}:v{tag}', registry.example.com/a/b, v1.0"
    })
    void appliesTemplateToRepositoryAndTag(String template, String repository, String tag) {
        DestinationNames.Target target =
                names("registry.example.com", NameTemplate.parse(template)).of(new RepositoryName("a/b"), "1.0");

        assertThat("registry.example.com/" + target.repository()).isEqualTo(repository);
        assertThat(target.tag()).isEqualTo(tag);
    }

    @Test
    void refusesNameThatIsTooLong() {
        assertThatIllegalArgumentException().isThrownBy(() -> target("registry.example.com/mirror", "a".repeat(250)));
    }

    private static DestinationNames.Target target(String destination, String name) {
        return names(destination, NameTemplate.DEFAULT).of(new RepositoryName(name), "1.0");
    }

    private static DestinationNames names(String destination, NameTemplate template) {
        return new DestinationNames(
                Location.parse(destination), template, new Source("gcr.io", new RepositoryName("ns")));
    }
}
