package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags, variables and gcrsync.yaml: precedence and error messages. */
final class ConfigTest {
    @TempDir
    Path folder;

    @Test
    void prefersFlagToVariableToFile() throws IOException {
        Path file = write("namespace: in-file\nquerylimit: 1\nsource: file.example.com\n");
        Map<String, String> environment = Map.of("GCRSYNC_NAMESPACE", "in-variable", "GCRSYNC_QUERYLIMIT", "2");

        Result result = run(environment, "config", "check", file.toString(), "--querylimit", "3");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines())
                .anyMatch(line -> line.matches("querylimit +3 +flag"))
                .anyMatch(line -> line.matches("namespace +in-variable +GCRSYNC_NAMESPACE"))
                .anyMatch(line -> line.matches("source +file\\.example\\.com +.*/gcrsync\\.yaml:3:9"))
                .anyMatch(line -> line.matches("processlimit +20 +default"));
    }

    @Test
    void readsEveryFlagFromVariableAndFile() throws IOException {
        List<String> flags = List.of("sync", "compare", "monitor", "test", "log").stream()
                .flatMap(command -> InProcess.flags(command).stream())
                .filter(flag -> flag.startsWith("--")
                        && !List.of("--help", "--version", "--config").contains(flag))
                .map(flag -> flag.substring(2))
                .distinct()
                .toList();
        Map<String, String> variables = new HashMap<>();
        flags.forEach(flag -> variables.put("GCRSYNC_" + flag.replace('-', '_').toUpperCase(Locale.ROOT), "x"));
        Path file = write(flags.stream().map(flag -> flag + ": x\n").collect(Collectors.joining()));

        assertThat(flags).hasSizeGreaterThan(40);
        assertThat(run(variables, "config", "check").err()).doesNotContain("unknown");
        assertThat(run(Map.of(), "config", "check", file.toString()).err()).doesNotContain("unknown");
        assertThat(run(Map.of(), "config", "check").out().lines().map(line -> line.replaceFirst(" .*", "")))
                .containsAll(flags);
    }

    @Test
    void hidesSecrets() {
        Result result = run(
                Map.of("GCRSYNC_GITHUBTOKEN", "s3cret", "GCRSYNC_PROXY", "http://me:s3cret@127.0.0.1:1"),
                "config",
                "check",
                "--dockerpassword=s3cret");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out() + result.err()).doesNotContain("s3cret");
        assertThat(result.out().lines())
                .anyMatch(line -> line.matches("githubtoken +set +GCRSYNC_GITHUBTOKEN"))
                .anyMatch(line -> line.matches("dockerpassword +set +flag"));
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/x?user=me&password=s3cret&ssl=true, jdbc:postgresql://db/x?user=me&password=…&ssl=true",
        "postgresql://me:s3cret@db:5432/x, postgresql://…@db:5432/x",
        "postgresql://me:s3cret/or@s3cret@db/x, postgresql://…@db/x"
    })
    void hidesPasswordOfDatabase(String address, String shown) {
        Result variable = run(Map.of("GCRSYNC_DATABASE", address), "config", "check");
        Result misplaced = run(Map.of(), "worker", address);

        assertThat(variable.out()).containsPattern("database +" + Pattern.quote(shown) + " +GCRSYNC_DATABASE\n");
        assertThat(misplaced.err()).contains("unexpected argument '" + shown + "'");
        assertThat(variable.out() + variable.err() + misplaced.err()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "proceslimit: 5 | 1:1: unknown key 'proceslimit'; did you mean processlimit?",
                "--source: a.example.com | 1:1: unknown key '--source'; did you mean source?",
                "namespace: a\\nnamespace: b | 2:1: 'namespace' is already set in line 1",
                "querylimit: many | 1:13: Invalid value for option '--querylimit': 'many' is not a number",
                "debug: 7 | 1:8: 'debug' takes true or false",
                "debug: 'yes' | 1:8: 'debug' takes true or false",
                "namespace: true | 1:12: 'namespace' takes NAME, not true or false",
                "namespace: | 'namespace' has no value",
                "namespace: [a, b] | 1:1: 'namespace' takes one value, not a list",
                "plain-http: [[a]] | 1:14: a list may only contain values",
                "namespace: {a: b} | 1:12: 'namespace' takes a value or a list of values",
                "githubtoken: s3cret | 1:1: 'githubtoken' is a secret and does not belong in a file; use GCRSYNC_GITHUBTOKEN",
                "metrics-file: a.prom | 1:1: 'metrics-file' does not belong in a file; use --metrics-file or GCRSYNC_METRICS_FILE",
                "metadata: https://me:s3cret@git.example.com/x.git | 1:11: 'metadata' contains a password",
                "database: postgresql://me:s3cret@db.example.com/gcrsync | 1:11: 'database' contains a password",
                "database: jdbc:postgresql://db/x?user=me&sslpassword=s3cret | 1:11: 'database' contains a password",
                "config: other.yaml | 1:1: a file cannot name another file",
                "help: true | 1:1: unknown key 'help'",
                "- namespace | 1:1: expected a key",
                "namespace: &a b | 1:12: anchors and tags are not supported",
                "namespace: !!java.net.URL b | 1:12: anchors and tags are not supported",
                "namespace: a\\n---\\nnamespace: b | 2:1: a second document begins here",
                "namespace: [a | :1: expected ',' or ']'"
            })
    void reportsErrorInFileWithPosition(String text, String words) throws IOException {
        Path file = write(text.replace("\\n", "\n") + "\n");

        for (List<String> command :
                List.of(List.of("config", "check", file.toString()), List.of("sync", "--config", file.toString()))) {
            Result result = run(Map.of(), command.toArray(String[]::new));

            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .startsWith("gcrsync: " + file + ":")
                    .contains(words)
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void reportsAllErrorsAtOnce() throws IOException {
        Path file = write("querylimt: 1\ndebug: 1\nquerylimit: 0\n");

        Result result = run(Map.of("GCRSYNC_DEBUG", "yes"), "config", "check", file.toString());

        assertThat(result.err().lines()).hasSize(4);
        assertThat(result.err())
                .contains(":1:1: ", ":2:8: ", ":3:13: ", "GCRSYNC_DEBUG: 'yes' is neither true nor false");
    }

    @Test
    void refusesMissingNamedFile() {
        Path file = folder.resolve("gcrsync.yaml");

        assertThat(run(Map.of(), "sync", "--config=" + file).err()).contains(file + ": there is no such file");
        assertThat(run(Map.of("GCRSYNC_CONFIG", file.toString()), "sync").exitCode())
                .isEqualTo(2);
    }

    @Test
    void reportsInvalidVariable() {
        Result result = run(Map.of("GCRSYNC_PROCESSLIMIT", "0"), "sync");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("gcrsync: GCRSYNC_PROCESSLIMIT: Invalid value for option '--processlimit'");
    }

    @Test
    void warnsAboutUnknownVariable() {
        Result result = run(Map.of("GCRSYNC_PROCESLIMIT", "1", "GCRSYNC_JAVA_OPTIONS", "-Xmx1g"), "config", "check");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err())
                .isEqualTo("gcrsync: unknown variable GCRSYNC_PROCESLIMIT; did you mean GCRSYNC_PROCESSLIMIT?\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAIN_HTTP | a.example.com,b.example.com | a.example.com, b.example.com",
                "PLAIN_HTTP | a.example.com\\nb.example.com | a.example.com, b.example.com",
                "EXCLUDE_TAG | a{1,2}\\n^b | a{1,2}, ^b",
                "CHECKPOINT | 7,1m | 7,1m"
            })
    void readsSeveralValuesFromVariable(String name, String value, String shown) {
        Result result = run(Map.of("GCRSYNC_" + name, value.replace("\\n", "\n")), "config", "check");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).containsPattern("(?m) " + Pattern.quote(shown) + " +GCRSYNC_" + name);
    }

    @Test
    void readsFileInCurrentFolder() throws Exception {
        try (Stage stage = new Stage(folder)) {
            stage.offer("a:1", 1);
            stage.offer("b:1", 2);
            Path here = Files.createDirectories(folder.resolve("here"));
            Files.writeString(here.resolve("gcrsync.yaml"), """
                    # all that the run needs
                    source: %s
                    namespace: %s
                    destination: %s/mirror
                    metadata: %s
                    exclude-repository:
                      - ^b$
                    """.formatted(
                    stage.source().host(), Stage.NAMESPACE, stage.destination().host(), folder.resolve("metadata")));

            Map<String, String> environment = new HashMap<>(stage.environment());
            environment.put("GCRSYNC_PROCESSLIMIT", "3");
            try (ChildCommand command = ChildCommand.start(here, environment, List.of())) {
                Result result = command.await();
                assertThat(result.exitCode()).as(result.err()).isZero();
                assertThat(result.out()).contains("copied               1");
            }
            assertThat(stage.mirrored("a:1")).isNotEmpty();
            assertThat(stage.mirrored("b:1")).isEmpty();

            // A flag replaces the file's list instead of extending it.
            try (ChildCommand command =
                    ChildCommand.start(here, environment, List.of("sync", "--exclude-repository=^a$"))) {
                assertThat(command.await().exitCode()).isZero();
            }
            assertThat(stage.mirrored("b:1")).isNotEmpty();
        }
    }

    @Test
    void printsHelpDespiteInvalidSettings() {
        Map<String, String> wrong = Map.of("GCRSYNC_CONFIG", "/nowhere", "GCRSYNC_DEBUG", "7");

        assertThat(run(wrong, "sync", "--debug", "--help").exitCode()).isZero();
    }

    @Test
    void refusesUnknownAction() {
        Result result = run(Map.of(), "config", "chekc");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("gcrsync config check");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("gcrsync.yaml"), text);
    }

    private static Result run(Map<String, String> environment, String... arguments) {
        return InProcess.run(environment, new ArrayList<>(List.of(arguments)));
    }
}
