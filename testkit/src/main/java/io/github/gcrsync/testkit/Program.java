package io.github.gcrsync.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs an external program and captures all its output. */
public final class Program {
    /** Debian packages whose name differs from the program's. */
    private static final Map<String, String> PACKAGES = Map.of(
            "htpasswd",
            "apache2-utils",
            "node",
            "npm",
            "systemd-analyze",
            "systemd",
            "postgres",
            "postgresql",
            "psql",
            "postgresql-client");

    private static final Executor THREADS = Thread::startVirtualThread;

    /** The result of a run. */
    public record Result(List<String> command, int exitCode, String stdout, String stderr) {
        /**
         * Returns this result if the program succeeded.
         *
         * @throws IllegalStateException with all output if the exit code is not 0
         */
        public Result orThrow() {
            if (exitCode != 0) {
                throw new IllegalStateException(toString());
            }
            return this;
        }

        @Override
        public String toString() {
            return "%s%nexit code %d%nstdout: %s%nstderr: %s"
                    .formatted(String.join(" ", command), exitCode, stdout, stderr);
        }
    }

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path folder = Path.of("").toAbsolutePath();
    private byte[] stdin = {};
    private Duration limit = Duration.ofMinutes(1);

    private Program(Path program) {
        command.add(program.toString());
    }

    /**
     * Finds the program on the PATH.
     *
     * @throws IllegalStateException naming the Debian package if the program is missing
     */
    public static Program require(String name) {
        String debian = PACKAGES.getOrDefault(name, name);
        return new Program(find(name)
                .orElseThrow(() -> new IllegalStateException(
                        "The program %s is missing. It is in Debian's package %s: apt-get install -y %s"
                                .formatted(name, debian, debian))));
    }

    /** The program at this path. */
    public static Program at(Path program) {
        return new Program(program);
    }

    static Optional<Path> find(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return Arrays.stream(path.split(File.pathSeparator))
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The path of the program. */
    public String name() {
        return command.getFirst();
    }

    public Program arguments(String... arguments) {
        command.addAll(List.of(arguments));
        return this;
    }

    public Program environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Program in(Path workingFolder) {
        folder = workingFolder;
        return this;
    }

    public Program stdin(String text) {
        stdin = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /** Sets the timeout; one minute by default. */
    public Program within(Duration time) {
        limit = time;
        return this;
    }

    /**
     * Runs the program and waits for its end.
     *
     * @throws IllegalStateException with its output so far if it exceeds the timeout and is killed
     */
    public Result run() {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        try {
            return finish(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not run " + command, e);
        }
    }

    private Result finish(Process process) {
        CompletableFuture<String> out = read(process.getInputStream());
        CompletableFuture<String> err = read(process.getErrorStream());
        THREADS.execute(() -> feed(process));
        boolean ended = false;
        try {
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        Result result = new Result(List.copyOf(command), ended ? process.exitValue() : -1, out.join(), err.join());
        if (!ended) {
            throw new IllegalStateException("Stopped, not done within %s: %s".formatted(limit, result));
        }
        return result;
    }

    private void feed(Process process) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(stdin);
        } catch (IOException ignored) {
            // A program may end without reading its input.
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        return "(unreadable: " + e.getMessage() + ")";
                    }
                },
                THREADS);
    }
}
