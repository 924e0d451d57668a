package io.github.gcrsync.git.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.LedgerException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
    private static final Optional<String> TOKEN = Optional.of("t0ken");

    @ParameterizedTest
    @CsvSource({
        "https://github.com/latelee/gcr.io.git, https://github.com/latelee/gcr.io.git, x-access-token",
        "https://me@github.com/x.git, https://github.com/x.git, me",
        "http://localhost:3000/x.git, http://localhost:3000/x.git, x-access-token",
        "http://127.0.0.1:3000/x.git, http://127.0.0.1:3000/x.git, x-access-token",
        "ssh://git@host:22/x.git, ssh://git@host:22/x.git, ",
        "git@github.com:latelee/gcr.io.git, git@github.com:latelee/gcr.io.git, ",
    })
    void parsesUrlAndUser(String text, String shown, String user) {
        Location.Remote remote = (Location.Remote) Location.parse(text, TOKEN);
        assertThat(remote).hasToString(shown);
        assertThat(remote.credential().map(Location.Credential::user)).isEqualTo(Optional.ofNullable(user));
        assertThat(remote.credential().map(Location.Credential::password))
                .isEqualTo(user == null ? Optional.empty() : TOKEN);
    }

    @Test
    void prefersPasswordOfUrlToToken() {
        Location.Remote remote = (Location.Remote) Location.parse("https://u:p%2Fw@h/x.git", TOKEN);
        assertThat(remote.credential()).contains(new Location.Credential("u", "p/w"));
        assertThat(remote.credential().orElseThrow().toString()).doesNotContain("p/w");
        assertThat(remote).hasToString("https://h/x.git");
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata", "./metadata", "/srv/metadata.git", "file:///srv/metadata.git", "a:/b"})
    void parsesPath(String text) {
        assertThat(Location.parse(text, TOKEN)).isInstanceOf(Location.Local.class);
    }

    @Test
    void parsesFileUrlAsPath() {
        assertThat(Location.parse("file:///srv/x.git", TOKEN)).isEqualTo(new Location.Local(Path.of("/srv/x.git")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ftp://h/x", "ext::sh -c id", "https://", "ssh://-oProxyCommand=id/x", "bundle://x/y", "a\0b"
            })
    void refusesInvalidLocations(String text) {
        assertThatThrownBy(() -> Location.parse(text, TOKEN))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.UNUSABLE));
    }

    @Test
    void refusesTokenWithoutEncryption() {
        assertThatThrownBy(() -> Location.parse("http://git.example.org/x.git", TOKEN))
                .hasMessageContaining("use an https URL")
                .hasMessageNotContaining("t0ken");
        assertThatThrownBy(() -> Location.parse("http://u:s3cret@git.example.org/x.git", Optional.empty()))
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> Location.parse("http://127.0.0.1.example.org/x.git", TOKEN))
                .isInstanceOf(LedgerException.class);
    }
}
