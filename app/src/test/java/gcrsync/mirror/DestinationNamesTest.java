package gcrsync.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import gcrsync.config.Destination;
import gcrsync.config.NameTemplate;
import gcrsync.oci.RepositoryName;
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
    void onlyDockerHubFlattensNames(String destination, String name, String expected) {
        assertThat(names(destination).of(new RepositoryName(name), "1").repository())
                .hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io/someone, a/b, https://hub.docker.com/r/someone/a_b/tags",
        "registry.example.com/team, a/b, https://registry.example.com/team/a/b",
        "oci:mirror, a/b, mirror/a/b"
    })
    void linksLeadToTheImage(String destination, String name, String expected) {
        DestinationNames names = names(destination);

        assertThat(names.link(names.of(new RepositoryName(name), "1").repository()))
                .isEqualTo(expected);
    }

    @Test
    void aNameThatWouldBecomeTooLongIsRefused() {
        RepositoryName longName = new RepositoryName("a".repeat(250));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> names("registry.example.com/mirror").of(longName, "1"));
    }

    private static DestinationNames names(String destination) {
        return new DestinationNames(
                Destination.parse(destination), NameTemplate.DEFAULT, "gcr.io", new RepositoryName("ns"));
    }
}
