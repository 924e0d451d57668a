package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.ledger.SettableClock;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Registries, a file with mirrors, and a server that runs them. */
final class ServerStage implements AutoCloseable {
    private final Stage stage;
    private final Path file;
    private final SettableClock clock = new SettableClock("2026-03-01T10:00:00Z");
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> variables = new HashMap<>();
    private final List<RunningServer> servers = new ArrayList<>();

    ServerStage(Path folder) {
        stage = new Stage(folder);
        file = folder.resolve("mirrors.yaml");
    }

    Stage stage() {
        return stage;
    }

    SettableClock clock() {
        return clock;
    }

    Path file() {
        return file;
    }

    /** Returns the folder of the history of a server with this file, below the state folder of the program. */
    Path runs(Path state) {
        String name = Digest.sha256(file.toAbsolutePath().toString().getBytes(UTF_8))
                .hex()
                .substring(0, 12);
        return state.resolve("server").resolve("runs-" + name);
    }

    /** Writes the file with these mirrors: lines such as {@code {name: a, schedule: every 1h}}; source and destination are added. */
    void mirrors(String... mirrors) {
        StringBuilder text = new StringBuilder("metadata: " + stage.folder().resolve("metadata") + "\nmirrors:\n");
        for (String mirror : mirrors) {
            String name = mirror.replaceFirst(".*name: ([^,}]+).*", "$1");
            text.append("  - ")
                    .append(mirror, 0, mirror.length() - 1)
                    .append(", source: %s/ns, destination: %s/%s}%n"
                            .formatted(
                                    stage.source().host(), stage.destination().host(), name));
        }
        write(text.toString());
    }

    void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ServerStage with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    RunningServer start(String... flags) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--config=" + file));
        arguments.addAll(List.of(flags));
        Map<String, String> environment = new HashMap<>(stage.environment());
        environment.putAll(variables);
        RunningServer server = RunningServer.start(environment, clock, arguments);
        servers.add(server);
        return server;
    }

    HttpResponse<String> send(RunningServer server, String method, String path, String... headers)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends these lines as they are, and returns the answer with its head. */
    String sendRaw(RunningServer server, String request, String header) throws IOException {
        URI url = URI.create(server.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            String lines = request + "\r\n" + header + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(lines.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    int status(RunningServer server, String path) {
        try {
            return send(server, "GET", path).statusCode();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Object json(RunningServer server, String method, String path) throws InterruptedException {
        HttpResponse<String> answer = send(server, method, path);
        return Objects.requireNonNull(Json.tree(answer.body().getBytes(UTF_8)));
    }

    /** Returns the mirror as the API shows it. */
    Map<?, ?> mirror(RunningServer server, String name) throws InterruptedException {
        return ((List<?>) json(server, "GET", "/api/v1/mirrors"))
                .stream()
                        .map(each -> (Map<?, ?>) Objects.requireNonNull(each))
                        .filter(each -> name.equals(each.get("name")))
                        .findFirst()
                        .orElseThrow();
    }

    /** Waits until the mirror is like this. */
    Map<?, ?> await(RunningServer server, String name, Predicate<Map<?, ?>> condition) throws InterruptedException {
        Waiting.until("the mirror " + name, () -> {
            try {
                return condition.test(mirror(server, name));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        return mirror(server, name);
    }

    /** Waits until the mirror has ended so many runs. */
    void awaitRuns(RunningServer server, String name, int runs) throws InterruptedException {
        Waiting.until(
                runs + " runs of " + name,
                () -> server.err()
                                .lines()
                                .filter(line -> line.matches("gcrsync: " + name + ": run .* ended.*"))
                                .count()
                        == runs);
    }

    @Override
    public void close() {
        servers.forEach(RunningServer::close);
        client.close();
        stage.close();
    }
}
