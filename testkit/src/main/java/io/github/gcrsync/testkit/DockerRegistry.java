package io.github.gcrsync.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's docker-registry program on a free loopback port. */
public final class DockerRegistry implements AutoCloseable {
    /** The password of {@link DockerRegistryOptions#user}; fixed, because the JDK has no bcrypt. */
    public static final String PASSWORD = "correct horse battery staple";

    private static final int ATTEMPTS = 5;

    private final DockerRegistryOptions options;
    private final Path accessLog;
    private final Process process;
    private final int port;
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Thread atExit;

    private DockerRegistry(DockerRegistryOptions options, int port) throws IOException {
        this.options = options;
        this.port = port;
        Path config = options.writeConfig(port);
        this.accessLog = options.folder.resolve("access.log");
        ProcessBuilder builder =
                new ProcessBuilder(options.program, "serve", config.toString()).directory(options.folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
        // Otherwise it repeatedly collects garbage at a few megabytes.
        builder.environment().put("GOGC", "800");
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(accessLog.toFile()));
        this.process = builder.start();
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts a registry without login; content, configuration and logs are in the folder. */
    public static DockerRegistry start(Path folder) {
        return in(folder).start();
    }

    /** Configures a registry; content, configuration and logs are in the folder. */
    public static DockerRegistryOptions in(Path folder) {
        return new DockerRegistryOptions(folder);
    }

    static DockerRegistry start(DockerRegistryOptions options) {
        String failures = "";
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                DockerRegistry registry = new DockerRegistry(options, Daemon.freePort());
                if (registry.listens()) {
                    return registry;
                }
                failures = registry.logs();
                registry.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Could not start docker-registry in " + options.folder, e);
            }
            if (!failures.contains("address already in use")) {
                break;
            }
        }
        throw new IllegalStateException("docker-registry did not start: " + failures);
    }

    /** Waits for its log line about listening, because another process could answer at that port. */
    private boolean listens() {
        CompletableFuture<Boolean> listening = new CompletableFuture<>();
        Thread.startVirtualThread(() -> readErrors(listening));
        try {
            return listening.get(30, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            errors.add(e.toString());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void readErrors(CompletableFuture<Boolean> listening) {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                errors.add(line);
                if (line.contains("listening on 127.0.0.1:" + port)) {
                    listening.complete(true);
                }
            }
        } catch (IOException e) {
            errors.add(e.toString());
        }
        listening.complete(false);
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Pushes the image.
     *
     * @throws IllegalStateException if it serves HTTPS; fill the folder through a plain HTTP registry first
     */
    public void put(String repository, String tag, SampleImage image) {
        if (options.servesHttps()) {
            throw new IllegalStateException("put works by plain HTTP only");
        }
        try (WireClient client = new WireClient(host())) {
            new ImagePush(client, options.credentials()).push(repository, tag, image);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not push %s:%s. %s".formatted(repository, tag, logs()), e);
        }
    }

    /** Counts requests in its access log, except those of {@link #put}. A line may appear shortly after its answer. */
    public int requests() {
        return requests(".*");
    }

    /** Counts requests whose line in the access log, like {@code GET /v2/a/tags/list HTTP/1.1}, contains a match. */
    public int requests(String regex) {
        Pattern pattern = Pattern.compile("\"[^\"]*(" + regex + ")[^\"]*\" \\d");
        try (Stream<String> lines = Files.lines(accessLog)) {
            return (int) lines.filter(line -> !line.contains(ImagePush.USER_AGENT))
                    .filter(line -> pattern.matcher(line).find())
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all its logs, for failure messages. */
    public String logs() {
        try {
            return String.join("\n", errors) + "\n" + Files.readString(accessLog);
        } catch (IOException e) {
            return String.join("\n", errors) + e;
        }
    }

    @Override
    public void close() {
        Daemon.stop(process, atExit);
    }
}
