package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard output that cannot be written: a full disk, or a reader that is gone. */
final class FullOutputTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sync", "compare", "test", "monitor"})
    void endsWorkingCommandWithExitCode3(String command) {
        try (Stage stage = new Stage(folder)) {
            stage.offer("app:1", 1);

            assertFails(run(">/dev/full", stage.arguments(command)));
        }
    }

    @Test
    void endsLogWithExitCode3() {
        try (Stage stage = new Stage(folder)) {
            stage.offer("app:1", 1);
            stage.run("sync");
            String metadata = "--metadata=" + stage.metadata().path();

            assertFails(run(">/dev/full", List.of("log", "--namespace=" + Stage.NAMESPACE, metadata)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "config check",
                "completion bash",
                "help",
                "help log",
                "--help",
                "sync --help",
                "--version"
            })
    void endsOtherCommandWithExitCode3(String command) {
        assertFails(run(">/dev/full", List.of(command.split(" "))));
    }

    @Test
    void printsNoMessageIfReaderIsGone() {
        Program.Result result = run("|true", List.of("monitor", "--interval=1s", "--source=127.0.0.1:1"));

        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).isEqualTo("exit code 3\n");
    }

    private static void assertFails(Program.Result result) {
        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.stderr()).endsWith("gcrsync: cannot write to standard output: No space left on device\n");
    }

    /** @param to target of standard output, in shell syntax */
    private Program.Result run(String to, List<String> arguments) {
        List<String> words = new ArrayList<>(
                List.of("-c", "exec 3>&1; (rc=0; \"$@\" || rc=$?; echo exit code $rc >&3; exit $rc) " + to, "sh"));
        words.addAll(ChildCommand.java("io.github.gcrsync.cli.Main"));
        words.addAll(arguments);
        return Program.require("sh")
                .arguments(words.toArray(String[]::new))
                .environment("XDG_STATE_HOME", folder.resolve("state") + "")
                .environment("DOCKER_CONFIG", folder + "")
                .in(folder)
                .within(Duration.ofSeconds(90))
                .run();
    }
}
