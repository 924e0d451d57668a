package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help is complete, and docs/cli matches it. */
final class HelpTest {
    private static final Path DOCS =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/cli");

    /** The commands that mirror, compare or look: all have the shared flags. */
    private static final List<String> WORKING = List.of("sync", "compare", "monitor", "test", "explain", "log");

    static Stream<String> commands() {
        return InProcess.commands().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void describesEveryFlag(String command) {
        String help = run(command, "--help").out();

        assertThat(InProcess.flags(command))
                .allSatisfy(flag -> assertThat(help).containsPattern("(?m)^ .*" + Pattern.quote(flag) + "\\b"));
    }

    @Test
    void groupsSharedFlags() {
        assertThat(InProcess.commands()).containsAll(WORKING).contains("help", "demo");
        for (String command : WORKING) {
            Result help = run(command, "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.out().lines())
                    .as(command)
                    .containsSubsequence(
                            "Source:",
                            "Destination:",
                            "Mirror:",
                            "Metadata repository:",
                            "Selection:",
                            "Connections:",
                            "Other:",
                            "Exit codes:");
            assertThat(help.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
    }

    @ParameterizedTest
    @CsvSource({"sync --help, 70", "sync --help, 120", "help sync, 120"})
    void wrapsAtTerminalWidth(String arguments, int width, @TempDir Path folder) throws Exception {
        Path launcher = DOCS.resolve("../../launcher/start.sh").toAbsolutePath().normalize();
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String classPath = System.getProperty("java.class.path");
        Path script = Files.writeString(
                folder.resolve("help.sh"),
                ". '" + launcher + "'\n(become_program '" + java + "' / '" + classPath + "' '' " + arguments
                        + ")\necho exit code $?\nread -r end\n");
        try (Tmux terminal = new Tmux()) {
            terminal.start(width, "sh -eu " + script);
            terminal.await(screen -> screen.contains("exit code 0"));

            assertThat(terminal.all().lines().mapToInt(String::length).max().orElse(0))
                    .isBetween(width - 15, width);
        }
    }

    @Test
    void breaksNoPathOrWord() {
        assertThat(run("sync", "--help").out())
                .contains("~/.docker/config.json", "https://github.com/<githubrepo>.git", "./metadata");
    }

    @Test
    void describesEveryCommand() {
        String help = run("--help").out();

        assertThat(InProcess.commands())
                .allSatisfy(command -> assertThat(help).containsPattern("(?m)^  " + command + " +\\S"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void printsSameHelpForHelpCommandAndFlag(String command) {
        Result result = run("help", command);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo(run(command, "--help").out());
    }

    @ParameterizedTest
    @CsvSource({
        "snyc, sync",
        "synk, sync",
        "compar, compare",
        "comapre, compare",
        "moniter, monitor",
        "tets, test",
        "lgo, log",
        "hlep, help"
    })
    void suggestsNearestCommand(String typed, String meant) {
        Result result = run(typed);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("gcrsync: unknown command '" + typed + "'")
                .contains("Did you mean: gcrsync " + meant + "?\n");
    }

    @ParameterizedTest
    @CsvSource({
        "sync, --namspace=x, --namespace",
        "sync, --procescount=1, --processcount",
        "sync, --check-destinatoin, --check-destination",
        "compare, --fromat=json, --format",
        "compare, --ouptut=x, --output",
        "monitor, --intreval=1s, --interval",
        "monitor, --cuont=1, --count",
        "test, --noforecast, --no-forecast"
    })
    void suggestsNearestFlag(String command, String typed, String meant) {
        Result result = run(command, typed);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("gcrsync: unknown flag " + typed.replaceFirst("=.*", "") + "\n")
                .contains("Did you mean: " + meant + "?\n")
                .contains("Try 'gcrsync " + command + " --help'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"frobnicate", "x"})
    void suggestsNothingForDissimilarName(String typed) {
        assertThat(run(typed).err()).contains("unknown command").doesNotContain("Did you mean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void printsVersionCommitAndJava(String flag) {
        Result result = run(flag);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .matches("gcrsync \\S+ \\(commit \\S+, Java "
                        + Pattern.quote(Runtime.version().toString()) + "\\)\n");
    }

    @Test
    void matchesGeneratedDocumentation() throws IOException {
        if (Boolean.getBoolean("gcrsync.update")) {
            Files.createDirectories(DOCS);
            for (String name : pages()) {
                Files.writeString(DOCS.resolve(name + ".md"), page(name));
            }
        }
        for (String name : pages()) {
            Path file = DOCS.resolve(name + ".md");
            if (!Files.exists(file) || !Files.readString(file).equals(page(name))) {
                fail("docs/cli/" + name + ".md does not match the help; regenerate it with"
                        + " ./mvnw -pl app -am test -Dtest=HelpTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dgcrsync.update=true and check the difference before committing it");
            }
        }
        try (Stream<Path> files = Files.list(DOCS)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("a page for every command and no other")
                    .containsExactlyInAnyOrderElementsOf(
                            pages().stream().map(name -> name + ".md").toList());
        }
    }

    /** The program itself and each command. */
    private static List<String> pages() {
        return Stream.concat(Stream.of("gcrsync"), commands()).toList();
    }

    private static String page(String name) {
        boolean whole = name.equals("gcrsync");
        String title = whole ? "gcrsync" : "gcrsync " + name;
        String help = (whole ? run("--help") : run(name, "--help")).out().strip();
        return "<!-- Generated from the command itself; see HelpTest. -->\n\n# " + title + "\n\n```\n" + help
                + "\n```\n";
    }

    private static Result run(String... arguments) {
        return InProcess.run(Map.of(), List.of(arguments));
    }
}
