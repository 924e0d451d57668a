package io.github.gcrsync.commands;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs the command in its own JVM, with a working folder; it can receive signals and be killed. */
public final class ChildCommand implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private ChildCommand(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    public static ChildCommand start(Path workingFolder, Map<String, String> environment, List<String> arguments) {
        return start(workingFolder, environment, java("io.github.gcrsync.cli.Main"), arguments);
    }

    /** @param program what precedes the arguments */
    public static ChildCommand start(
            Path workingFolder, Map<String, String> environment, List<String> program, List<String> arguments) {
        return start(workingFolder, environment, "", program, arguments);
    }

    static ChildCommand start(
            Path workingFolder,
            Map<String, String> environment,
            String stdin,
            List<String> program,
            List<String> arguments) {
        try {
            File out = File.createTempFile("gcrsync", ".out");
            File err = File.createTempFile("gcrsync", ".err");
            ProcessBuilder builder = new ProcessBuilder(command(program, arguments))
                    .directory(Files.createDirectories(workingFolder).toFile())
                    .redirectOutput(out)
                    .redirectError(err);
            builder.environment().keySet().removeIf(name -> name.startsWith("GCRSYNC_"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (OutputStream to = process.getOutputStream()) {
                to.write(stdin.getBytes(StandardCharsets.UTF_8));
            }
            return new ChildCommand(process, out.toPath(), err.toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A shell may start the tests with SIGINT ignored, and nohup with SIGHUP, which children inherit; env resets them. */
    static List<String> command(List<String> arguments) {
        return command(java("io.github.gcrsync.cli.Main"), arguments);
    }

    private static List<String> command(List<String> program, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of("env", "--default-signal=INT", "--default-signal=TERM", "--default-signal=HUP"));
        command.addAll(program);
        command.addAll(arguments);
        return command;
    }

    /** Returns the command of a JVM with the tests' class path. */
    public static List<String> java(String main) {
        return java(List.of(main));
    }

    public static List<String> java(Hurry hurry) {
        return java(hurry.program());
    }

    public static List<String> java(List<String> program) {
        List<String> java = new ArrayList<>(jvmOptions());
        java.addAll(List.of("-cp", System.getProperty("java.class.path")));
        java.addAll(program);
        return java;
    }

    /** Runs the program, and returns a line for each class that it loads. */
    public static List<String> loadedClasses(
            Path workingFolder, Map<String, String> environment, List<String> arguments)
            throws InterruptedException, IOException {
        Path log = Files.createTempFile("gcrsync", ".classes");
        List<String> java = new ArrayList<>(jvmOptions());
        java.addAll(List.of(
                "-Xlog:class+load:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.gcrsync.cli.Main"));
        try (ChildCommand command = start(workingFolder, environment, java, arguments)) {
            command.await();
            return Files.readAllLines(log);
        } finally {
            Files.delete(log);
        }
    }

    /** Returns the command of a JVM with options, without a class path. */
    public static List<String> jvmOptions() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // These runs are short, so the start time matters most.
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED");
    }

    /** Like Ctrl-C. */
    public void interrupt() throws IOException, InterruptedException {
        // By then env has replaced itself by the JVM.
        signal("INT");
    }

    /** Sends a signal, such as TERM. */
    public void signal(String name) throws IOException, InterruptedException {
        int sent = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (sent != 0) {
            throw new IllegalStateException("cannot send a signal to " + process.pid());
        }
    }

    /** Kills the process as soon as the condition holds, unless it has ended before. */
    public void killOnce(BooleanSupplier condition) throws InterruptedException {
        while (process.isAlive() && !condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        kill();
    }

    /** Like kill -9. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for the condition; the process must not end before. */
    public void until(String what, BooleanSupplier condition) throws InterruptedException {
        if (!Waiting.happens(condition, () -> !process.isAlive())) {
            String end = process.isAlive() ? "did not happen in time: " : "the command ended before: ";
            String told = end + what + "\n" + read(out) + read(err);
            close();
            throw new IllegalStateException(told);
        }
    }

    public Result await() throws InterruptedException {
        return await(Waiting.PATIENCE);
    }

    public Result await(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            String told = "the command did not end:\n" + read(out) + read(err);
            close();
            throw new IllegalStateException(told);
        }
        return new Result(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
