package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.testkit.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The password of the database appears nowhere, wherever it is set. */
@Timeout(120)
final class DatabasePasswordTest {
    /** Of a user of its own, because the testkit keeps the one of its superuser. */
    private static final String PASSWORD = "Pa55/of:the@data?base%41";

    private static final String ENCODED = URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8);
    private static PostgresServer database;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        database = PostgresServer.create();
        database.psql(
                "create role mirror login password '" + PASSWORD + "'; create schema gcrsync authorization mirror");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void hidesPasswordOfParameter() throws Exception {
        assertHides(Map.of(), "worker", "--database=" + database.jdbcUrl() + "?user=mirror&password=" + ENCODED);
    }

    @Test
    void hidesPasswordBeforeHost() throws Exception {
        assertHides(
                Map.of(),
                "server",
                "--work",
                "--listen=127.0.0.1:0",
                "--database=postgresql://mirror:" + ENCODED + "@" + database.host() + "/gcrsync");
    }

    @Test
    void hidesPasswordOfVariable() throws Exception {
        assertHides(
                Map.of(DatabaseAddress.PASSWORD, PASSWORD),
                "worker",
                "--database=" + database.jdbcUrl() + "?user=mirror");
    }

    @Test
    void hidesPasswordOfFile() throws Exception {
        Path file = Files.writeString(
                folder.resolve("pgpass"), "127.0.0.1:*:gcrsync:mirror:" + PASSWORD.replace(":", "\\:") + "\n");

        assertHides(
                Map.of("PGPASSFILE", file.toString()), "worker", "--database=" + database.jdbcUrl() + "?user=mirror");
    }

    private void assertHides(Map<String, String> variables, String... words) throws Exception {
        Map<String, String> environment = environment();
        environment.putAll(variables);
        List<String> arguments = Stream.concat(Stream.of(words), Stream.of("--debug", "--config=" + file()))
                .toList();
        try (ChildCommand command = ChildCommand.start(folder.resolve("work"), environment, arguments)) {
            command.until(
                    "connects", () -> command.err().matches("(?s).*(?:takes tasks from|by the workers of) 127.*"));
            command.signal("TERM");
            InProcess.Result result = command.await();

            assertThat(result.exitCode()).as("%s", result).isEqualTo(143);
            assertClean(result);
        }
        try (Stream<Path> left = Files.walk(folder.resolve("state"))) {
            assertThat(left.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(file).content().doesNotContain(PASSWORD, ENCODED));
        }
        assertThat(database.psql("select * from gcrsync.worker"))
                .as("only names and times")
                .allSatisfy(row -> assertThat(row).doesNotContain(PASSWORD));
    }

    @Test
    void hidesRefusedPassword() throws IOException {
        InProcess.Result result = run("postgresql://mirror:" + ENCODED + "2@" + database.host() + "/gcrsync");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err()).contains("password authentication failed for user \"mirror\"", database.host());
        assertClean(result);
    }

    @Test
    void hidesPasswordOfInvalidAddress() throws IOException {
        InProcess.Result result = run("postgresql://mirror:" + PASSWORD + "@" + database.host() + "/gcrsync");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).contains("--database: not the address of a PostgreSQL database");
        assertClean(result);
    }

    private InProcess.Result run(String url) throws IOException {
        return InProcess.run(environment(), List.of("worker", "--debug", "--config=" + file(), "--database=" + url));
    }

    private Map<String, String> environment() throws IOException {
        Path state = Files.createDirectories(folder.resolve("state"));
        return new HashMap<>(Map.of("XDG_STATE_HOME", state.toString(), "HOME", folder.toString()));
    }

    private Path file() throws IOException {
        return Files.writeString(
                folder.resolve("gcrsync.yaml"),
                "mirrors: [{name: a, source: registry.example.com/a, destination: mirror.example.com/a}]\n");
    }

    private static void assertClean(InProcess.Result result) {
        assertThat(result.out() + result.err()).doesNotContain("Pa55", ENCODED);
    }
}
