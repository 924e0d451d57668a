package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manual pages of the build, read by a program for manual pages. */
final class ManualTest {
    private static final Path PAGES =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("app/target/man");

    static Stream<String> commands() {
        return InProcess.commands().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void documentsEveryCommandInValidPage(String command) throws Exception {
        Path page = PAGES.resolve("gcrsync-" + command + ".1");
        assertThat(page).exists();
        // The pages have no date, so that the same sources give the same page; mandoc exits with 2 for more serious
        // problems.
        String mistakes = Program.require("mandoc")
                .arguments("-T", "lint", "-W", "error", page.toString())
                .in(PAGES)
                .run()
                .orThrow()
                .stdout();
        String text = Program.require("mandoc")
                .arguments("-T", "utf8", page.toString())
                .in(PAGES)
                .run()
                .orThrow()
                .stdout()
                .replaceAll(".\b", "");

        assertThat(mistakes).isEmpty();
        assertThat(InProcess.flags(command)).allSatisfy(flag -> assertThat(text).contains(flag));
        assertThat(text).contains("gcrsync-" + command, "SYNOPSIS", "gcrsync(1)");
    }

    @Test
    void namesEveryCommandOnMainPage() throws Exception {
        assertThat(Files.readString(PAGES.resolve("gcrsync.1")))
                .contains(commands()
                        .map(command -> ".BR gcrsync\\-" + command + " (1)")
                        .toList());
    }
}
