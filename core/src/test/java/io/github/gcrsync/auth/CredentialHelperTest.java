package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs helpers that follow the protocol of docker-credential-helpers, or violate it. */
@Timeout(60)
final class CredentialHelperTest {
    @TempDir
    Path folder;

    private Optional<Credential> ask(String script, Duration patience) throws IOException {
        Path program = Files.writeString(folder.resolve("docker-credential-fake"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new CredentialHelper(folder + "/docker-credential-", "fake", patience).get("registry.example:5000");
    }

    private Optional<Credential> ask(String script) throws IOException {
        return ask(script, Duration.ofSeconds(30));
    }

    @Test
    void sendsServerOnStandardInput() throws IOException {
        assertThat(
                        ask(
                                "read server; echo \"{\\\"ServerURL\\\":\\\"$server\\\",\\\"Username\\\":\\\"$1-$server\\\",\\\"Secret\\\":\\\"pass\\\"}\""))
                .contains(Credential.password("get-registry.example:5000", "pass"));
    }

    @Test
    void recognizesIdentityTokenByUser() throws IOException {
        assertThat(ask("cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"refresh\"}'"))
                .contains(new Credential("<token>", "refresh", true));
    }

    @Test
    void ignoresInvalidOutput() throws IOException {
        for (String script : new String[] {
            "cat >/dev/null; echo credentials not found in native keychain; exit 1",
            "cat >/dev/null; echo '{\"Username\":\"a\",\"Secret\":\"b\"}'; exit 1",
            "cat >/dev/null",
            "cat >/dev/null; echo nonsense",
            "cat >/dev/null; echo '{\"Username\":\"a\",\"Secret\":\"\"}'",
            "cat >/dev/null; echo '{\"Username\":7}'",
            "exit 0"
        }) {
            assertThat(ask(script)).as(script).isEmpty();
        }
    }

    @Test
    void ignoresMissingHelper() {
        assertThat(new CredentialHelper("is-not-there").get("a")).isEmpty();
    }

    @Test
    void killsHangingHelperAndItsChildren() throws IOException {
        assertThat(ask("sleep 1000; echo", Duration.ofMillis(500))).isEmpty();
        assertThat(ask("exec sleep 1000", Duration.ofMillis(500))).isEmpty();
    }

    @Test
    void killsHelperWithEndlessOutput() throws IOException {
        assertThat(ask("cat >/dev/null; yes")).isEmpty();
    }
}
