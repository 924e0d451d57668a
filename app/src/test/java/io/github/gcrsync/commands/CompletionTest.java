package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completions, tested in the shells themselves. */
final class CompletionTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "gcrsync, comp, compare",
        "gcrsync, conf, config",
        "gcrsync sync, --processl, --processlimit",
        "gcrsync compare, --form, --format",
        "gcrsync completion, f, fish"
    })
    void completesCommandsFlagsAndValuesInBash(String before, String begun, String whole) throws Exception {
        write("bash");
        String script = """
                . ./completion
                COMP_WORDS=(%s '%s')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _complete_gcrsync
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(before, begun);

        String said = Program.require("bash")
                .arguments("-c", script)
                .in(folder)
                .run()
                .orThrow()
                .stdout();

        assertThat(said.lines().map(String::strip)).contains(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "gcrsync comp, compare",
        "gcrsync conf, config",
        "gcrsync config ch, check",
        "gcrsync sync --processl, --processlimit",
        "gcrsync compare --format=j, --format=json",
        "gcrsync sync --log-format=, --log-format=text",
        "gcrsync test --format=t, --format=text",
        "gcrsync sync --report=comp, --report=completion",
        "gcrsync completion z, zsh"
    })
    void completesCommandsFlagsAndValuesInFish(String line, String whole) throws Exception {
        write("fish");

        String said = Program.require("fish")
                .arguments("--no-config", "-c", "source completion; complete -C '" + line + "'")
                .in(folder)
                .run()
                .orThrow()
                .stdout();

        assertThat(said.lines().map(found -> found.replaceFirst("\t.*", ""))).contains(whole);
    }

    @Test
    void offersFilesInFishOnlyForFileFlags() throws Exception {
        write("fish");

        String said = Program.require("fish")
                .arguments(
                        "--no-config",
                        "-c",
                        "source completion; complete -C 'gcrsync sync --log-format=';"
                                + " complete -C 'gcrsync sync --namespace='")
                .in(folder)
                .run()
                .orThrow()
                .stdout();

        assertThat(said.lines().map(found -> found.replaceFirst("\t.*", "")))
                .containsExactlyInAnyOrder("--log-format=json", "--log-format=text");
    }

    @Test
    void loadsScriptInZsh() throws Exception {
        write("zsh");

        String said = Program.require("zsh")
                .arguments("-f", "-c", "autoload -U compinit; compinit -D; . ./completion; print $_comps[gcrsync]")
                .in(folder)
                .run()
                .orThrow()
                .stdout();

        assertThat(said).contains("_complete_gcrsync");
    }

    /** Types some letters and Tab like a user, and reads the screen. */
    @ParameterizedTest
    @CsvSource({
        "bash, bash --norc --noprofile",
        "zsh, zsh -f",
        "fish, fish --no-config",
    })
    void completesOnTab(String shell, String start) throws Exception {
        write(shell);
        try (Tmux terminal = new Tmux()) {
            terminal.start(100, "cd '" + folder + "' && env HOME='" + folder + "' LC_ALL=C.UTF-8 " + start);
            if (shell.equals("zsh")) {
                terminal.press("autoload -U compinit; compinit -D", "Enter");
            }
            terminal.press(". ./completion; echo rea''dy", "Enter");
            terminal.await(screen -> screen.contains("ready"));

            terminal.press("gcrsync sync --processl", "Tab");
            terminal.await(screen -> screen.contains("gcrsync sync --processlimit"));
            terminal.press("3 --checkp", "Tab");
            terminal.await(screen -> screen.contains("--processlimit 3 --checkpoint"));
            terminal.press("C-u", "gcrsync compl", "Tab", "z", "Tab");
            terminal.await(screen -> screen.contains("gcrsync completion zsh"));
            terminal.press("C-u", "gcrsync compare --format=t", "Tab");
            terminal.await(screen -> screen.contains("gcrsync compare --format=table"));
            terminal.press("C-u", "gcrsync sync --log-format=j", "Tab");
            terminal.await(screen -> screen.contains("gcrsync sync --log-format=json"));
            terminal.press("C-u", "gcrsync sync --debug --report=compl", "Tab");
            terminal.await(screen -> screen.contains("gcrsync sync --debug --report=completion"));
            terminal.press("C-u", "gcrsync sync --log-format=", "Tab", "Tab");
            terminal.await(
                    screen -> screen.lines().anyMatch(line -> line.matches(".*json +.*text.*|.*text +.*json.*")));
        }
    }

    @Test
    void refusesUnknownShell() {
        Result result = run("completion", "tcsh");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("tcsh").contains("bash, zsh, fish");
    }

    private void write(String shell) throws Exception {
        Result result = run("completion", shell);
        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        Files.writeString(folder.resolve("completion"), result.out());
    }

    private static Result run(String... arguments) {
        return InProcess.run(Map.of(), List.of(arguments));
    }
}
