package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A terminal of 40 rows that runs one command, with access to its screen. */
final class Tmux implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String socket = "gcrsync-" + UUID.randomUUID();

    void start(int width, String command) {
        tmux("new-session", "-d", "-s", "run", "-x", width + "", "-y", "40", command);
    }

    /** Runs gcrsync in the folder with progress bars enabled, then prints its exit code. */
    void gcrsync(int width, Path folder, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("env", "-u", "CI", "-u", "NO_COLOR", "LC_ALL=C.UTF-8"));
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(ChildCommand.command(arguments));
        String command = words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        // Ctrl-C reaches the shell too, which must survive to print the exit code.
        Path script = Files.writeString(
                folder.resolve("run.sh"),
                "cd '" + folder + "'\ntrap : INT TERM\n" + command + "\necho exit code $?\nread -r end\n");
        start(width, "sh " + script);
    }

    String screen() {
        return tmux("capture-pane", "-p", "-t", "run");
    }

    /** Returns the screen with its scrollback, without breaks of wrapped lines. */
    String all() {
        return tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "run");
    }

    /** @return the first screen that satisfies the condition */
    String await(Predicate<String> condition) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        String screen = screen();
        while (!condition.test(screen)) {
            assertThat(Instant.now()).as("the screen is still\n%s", screen).isBefore(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
            screen = screen();
        }
        return screen;
    }

    /** @param keys by tmux names: text, Tab, Enter */
    void press(String... keys) {
        List<String> all = new ArrayList<>(List.of("send-keys", "-t", "run"));
        all.addAll(List.of(keys));
        tmux(all.toArray(String[]::new));
    }

    /** Returns the program that runs in the terminal's shell. */
    ProcessHandle program() {
        return programs().findFirst().orElseThrow();
    }

    /** Empty once the terminal is closed. */
    private Stream<ProcessHandle> programs() {
        String shell = tmux("display-message", "-p", "-t", "run", "#{pane_pid}").strip();
        return shell.isEmpty()
                ? Stream.empty()
                : ProcessHandle.of(Long.parseLong(shell)).stream().flatMap(ProcessHandle::children);
    }

    boolean isCursorVisible() {
        return tmux("display-message", "-p", "-t", "run", "#{cursor_flag}")
                .strip()
                .equals("1");
    }

    void resize(int width) {
        tmux("resize-window", "-t", "run", "-x", width + "", "-y", "40");
    }

    /** From now on, also writes everything that the command sends to the terminal to a file. */
    void record(Path file) {
        tmux("pipe-pane", "-t", "run", "cat >'" + file + "'");
    }

    private String tmux(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-L", socket, "-f", "/dev/null", "-u"));
        all.addAll(List.of(arguments));
        return Program.require("tmux")
                .arguments(all.toArray(String[]::new))
                .environment("LC_ALL", "C.UTF-8")
                .within(Duration.ofSeconds(20))
                .run()
                .stdout();
    }

    /** Closes the window like a user, while the command may still run. */
    void hangUp() {
        tmux("kill-server");
    }

    /** A run without its terminal still records finished images, so its folder must not be deleted before. */
    @Override
    public void close() {
        List<ProcessHandle> programs = programs().toList();
        hangUp();
        programs.forEach(program -> program.onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join());
    }
}
