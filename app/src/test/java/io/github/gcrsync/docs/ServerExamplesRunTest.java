package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.testkit.Program;
import java.io.IOException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Starts the server of each example with its command, variables and configuration, and runs a mirror by its API.
 * System folders are replaced by folders of the test, the port by a free one.
 */
final class ServerExamplesRunTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");

    @TempDir
    Path folder;

    private Neighbourhood neighbourhood;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        neighbourhood = new Neighbourhood(Files.createDirectories(folder.resolve("neighbourhood")));
        environment.putAll(neighbourhood.environment());
        environment.put("GCRSYNC_GITHUBTOKEN", neighbourhood.variables().getOrDefault("GCRSYNC_GITHUBTOKEN", ""));
    }

    @AfterEach
    void stop() {
        neighbourhood.close();
    }

    @Test
    void startsBySystemd() throws Exception {
        String unit = ProjectFiles.text(Examples.SERVER_UNIT).replace("%S", "/var/lib");
        Matcher command =
                Pattern.compile("(?m)^ExecStart=/usr/bin/(gcrsync server .*)$").matcher(unit);
        assertThat(command.find()).isTrue();
        // The port is the default one.
        List<String> words = new ArrayList<>(List.of(command.group(1).split(" ")));
        words.add("--listen=127.0.0.1:8080");
        environment.put("XDG_STATE_HOME", moved("/var/lib/gcrsync"));

        assertServes(words, mirrors());
    }

    @Test
    void startsInKubernetes() throws Exception {
        List<JsonNode> manifests = Yaml.readAll(Examples.SERVER_MANIFESTS);
        JsonNode container = manifests.getLast().at("/spec/template/spec/containers/0");
        variables(container.at("/env").valueStream().toList());
        List<String> words = new ArrayList<>(List.of("gcrsync"));
        container.at("/args").forEach(word -> words.add(word.asString()));

        assertServes(words, manifests.getFirst().at("/data/gcrsync.yaml").asString());
        assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/healthz");
    }

    private void variables(List<JsonNode> variables) {
        for (JsonNode variable : variables) {
            String name = variable.at("/name").asString();
            if (variable.has("value") && !name.equals("DOCKER_CONFIG")) {
                environment.put(name, moved(variable.at("/value").asString()));
            }
        }
    }

    @Test
    void startsByCompose() throws Exception {
        Files.copy(Examples.SERVER_COMPOSE, folder.resolve("server.yaml"));
        Files.writeString(folder.resolve("token"), TOKEN);
        JsonNode service = Yaml.json(Program.require("compose-spec")
                        .arguments("-format", "json", "server.yaml")
                        .in(folder)
                        .run()
                        .orThrow()
                        .stdout())
                .at("/services/gcrsync");
        List<String> words = new ArrayList<>(List.of("gcrsync"));
        service.at("/command").forEach(word -> words.add(word.asString()));
        String config = words.get(words.indexOf("--config") + 1);

        assertThat(service.at("/volumes")
                        .valueStream()
                        .map(volume -> volume.at("/target").asString()))
                .anyMatch(config::startsWith);
        assertServes(words, mirrors());
    }

    private static String mirrors() {
        return ProjectFiles.text(Examples.SERVER_COMPOSE.resolveSibling("../mirrors/server.yaml"));
    }

    /** @param words the command, with system folders */
    private void assertServes(List<String> words, String mirrors) throws Exception {
        List<String> command = new ArrayList<>();
        for (String word :
                String.join(" ", words).replaceAll("(--[a-z-]+)=", "$1 ").split(" ")) {
            command.add(moved(word.replaceAll("^(?:127\\.0\\.0\\.1|0\\.0\\.0\\.0):8080$", "127.0.0.1:0")));
        }
        write(Path.of(command.get(command.indexOf("--config") + 1)), mirrors);
        boolean hasToken = command.contains("--token-file");
        if (hasToken) {
            write(Path.of(command.get(command.indexOf("--token-file") + 1)), TOKEN + "\n");
        }
        try (ChildCommand server = ChildCommand.start(folder, environment, command, List.of())) {
            server.until("the start", () -> LISTENING.matcher(server.err()).find());

            assertThat(send(server, "GET", "/healthz", false)).isEqualTo(200);
            assertThat(send(server, "GET", "/api/v1/mirrors", false)).isEqualTo(hasToken ? 401 : 200);
            assertThat(send(server, "POST", "/api/v1/mirrors/team/run", hasToken))
                    .isEqualTo(202);
            server.until(
                    "the run",
                    () -> server.err()
                            .lines()
                            .anyMatch(line -> line.startsWith("gcrsync: team: run") && line.contains("ended: done")));
            assertThat(neighbourhood.pushes("all/pause")).isPositive();

            server.signal("TERM");
            assertThat(server.await().exitCode()).isEqualTo(143);
        }
    }

    private static int send(ChildCommand server, String method, String path, boolean hasToken) throws Exception {
        Matcher url = LISTENING.matcher(server.err());
        assertThat(url.find()).isTrue();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.group(1) + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (hasToken) {
            request.header("Authorization", "Bearer " + TOKEN);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }

    /** Replaces system folders by folders of the test. */
    private String moved(String text) {
        return text.replaceAll("^/(?=(?:etc|run|tmp|var)\\b)", Matcher.quoteReplacement(folder + "/"));
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, content);
    }
}
