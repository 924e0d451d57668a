package gcrsync.e2e;

import gcrsync.cli.InProcess;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The command in a JVM of its own. */
final class Running {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private Running(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Running start(Path folder, Map<String, String> environment, String stdin, List<String> arguments) {
        // A shell that starts the tests in the background lets its children ignore SIGINT, and they would inherit it.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", "--default-signal=TERM"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // These runs are short: what counts is how soon they have started.
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "gcrsync.cli.Main"));
        command.addAll(arguments);
        try {
            File out = Files.createTempFile(folder, "out", "").toFile();
            File err = Files.createTempFile(folder, "err", "").toFile();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out)
                    .redirectError(err);
            builder.environment().keySet().removeIf(name -> name.startsWith("GCRSYNC_"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (OutputStream to = process.getOutputStream()) {
                to.write(stdin.getBytes(StandardCharsets.UTF_8));
            }
            return new Running(process, out.toPath(), err.toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process process() {
        return process;
    }

    String err() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a signal, such as INT. */
    void signal(String name) throws Exception {
        int sent = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (sent != 0) {
            throw new IllegalStateException("no signal could be sent to " + process.pid());
        }
    }

    /** Waits until it is so; the process must not end before. */
    void until(String what, BooleanSupplier condition) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                boolean alive = process.isAlive();
                process.destroyForcibly();
                throw new IllegalStateException(
                        (alive ? "did not happen in time: " : "ended before: ") + what + "\n" + err());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    InProcess.Result await() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the command did not end: " + err());
        }
        return new InProcess.Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
