package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresServerTest {
    @Test
    void keepsPortAndCommittedDataUntilClosed() {
        Path folder;
        List<ProcessHandle> processes;
        try (PostgresServer server = PostgresServer.create()) {
            String url = server.jdbcUrl();
            folder = server.folder();
            server.psql("CREATE TABLE t (id int, name text)");

            server.psql("INSERT INTO t VALUES (1, 'before the crash')");
            processes = processes(server);
            server.kill();
            assertThat(processes).noneMatch(ProcessHandle::isAlive);
            assertThat(server.pid()).isZero();
            assertThatThrownBy(() -> server.psql("SELECT 1")).hasMessageContaining("refused");
            server.start();
            assertThat(server.output()).contains("was not properly shut down");

            server.psql("INSERT INTO t VALUES (2, 'before the restart')");
            server.restart();
            assertThat(server.output()).contains("database system is shut down");

            assertThat(server.jdbcUrl()).isEqualTo(url);
            assertThat(server.psql("SELECT * FROM t ORDER BY id"))
                    .containsExactly("1|before the crash", "2|before the restart");
            processes = processes(server);
        }
        assertThat(processes).hasSizeGreaterThan(3).noneMatch(ProcessHandle::isAlive);
        assertThat(folder).doesNotExist();
    }

    private static List<ProcessHandle> processes(PostgresServer server) {
        ProcessHandle main = ProcessHandle.of(server.pid()).orElseThrow();
        return Stream.concat(Stream.of(main), main.descendants()).toList();
    }

    @Test
    void acceptsOnlyItsPassword() {
        try (PostgresServer server = PostgresServer.create()) {
            assertThat(connect(server, server.password(), "").orThrow().stdout())
                    .isEqualTo("gcrsync|gcrsync|UTF8|C|100\n");
            assertThat(connect(server, "wrong", "").stderr()).contains("password authentication failed");
            assertThatThrownBy(() -> server.psql("SELECT 1; SELECT nonsense; SELECT 2"))
                    .hasMessageContaining("column \"nonsense\" does not exist");
            assertThatThrownBy(server::start).hasMessageContaining("already running");
        }
    }

    @Test
    void acceptsOnlyTlsWithCertificate(@TempDir Path folder) {
        CertificateAuthority authority = CertificateAuthority.in(folder);
        try (PostgresServer server = PostgresServer.create(authority.server())) {
            String verified = "?sslmode=verify-full&sslrootcert=" + authority.certificate();
            assertThat(connect(server, server.password(), verified).stdout()).startsWith("gcrsync|");
            assertThat(connect(server, server.password(), "?sslmode=disable").stderr())
                    .contains("no encryption");
        }
    }

    private static Program.Result connect(PostgresServer server, String password, String parameters) {
        return Program.require("psql")
                .arguments("-XAt", server.jdbcUrl().substring("jdbc:".length()) + parameters)
                .environment("PGUSER", server.user())
                .environment("PGPASSWORD", password)
                .stdin(
                        "SELECT current_user, current_database(), current_setting('server_encoding'), datcollate, current_setting('max_connections')"
                                + " FROM pg_database WHERE datname = current_database()")
                .run();
    }

    @Test
    void deletesItsFolderWhenTheJvmExits() {
        Program.Result result = Program.at(Path.of(System.getProperty("java.home"), "bin", "java"))
                .arguments("-cp", System.getProperty("java.class.path"), Unclosed.class.getName())
                .run()
                .orThrow();
        List<String> lines = result.stdout().lines().toList();
        assertThat(Path.of(lines.getFirst())).isAbsolute().doesNotExist();
        assertThat(ProcessHandle.of(Long.parseLong(lines.getLast()))).isEmpty();
    }

    /** Starts a server and exits. */
    static final class Unclosed {
        private Unclosed() {}

        public static void main(String[] arguments) {
            PostgresServer server = PostgresServer.create();
            System.out.println(server.folder());
            System.out.println(server.pid());
        }
    }
}
