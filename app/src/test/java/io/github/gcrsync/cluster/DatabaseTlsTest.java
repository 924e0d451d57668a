package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseTlsTest {
    @TempDir
    private Path folder;

    @Test
    void verifiesCertificateOfServer() throws Exception {
        CertificateAuthority ours = CertificateAuthority.in(Files.createDirectories(folder.resolve("ours")));
        CertificateAuthority other = CertificateAuthority.in(Files.createDirectories(folder.resolve("other")));
        try (PostgresServer server = PostgresServer.create(ours.server())) {
            try (Database database = open(server, ours)) {
                assertThat(database.query(
                                "select ssl from pg_stat_ssl where pid = pg_backend_pid()", row -> row.getBoolean(1)))
                        .containsExactly(true);
            }
            assertThatThrownBy(() -> open(server, other))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining(server.host())
                    .hasMessageNotContaining(server.password());
        }
    }

    private static Database open(PostgresServer server, CertificateAuthority authority) {
        return Database.open(
                DatabaseAddress.of(
                        server.jdbcUrl() + "?user=" + server.user() + "&sslmode=verify-full&sslrootcert="
                                + authority.certificate(),
                        Map.of(DatabaseAddress.PASSWORD, server.password())),
                2);
    }
}
