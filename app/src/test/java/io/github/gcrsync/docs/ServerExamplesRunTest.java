package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.testkit.PostgresServer;
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
 * Starts the server and the workers of each example with their command, variables and configuration, and runs a mirror by the API.
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
    void startsRegistryBySystemd() throws Exception {
        Matcher command = Pattern.compile("(?m)^ExecStart=/usr/bin/(gcrsync registry .*)$")
                .matcher(ProjectFiles.text(Examples.REGISTRY_UNIT));
        assertThat(command.find()).isTrue();
        Files.createDirectories(folder.resolve("srv/mirror"));
        String words = command.group(1).replace("/srv/", folder + "/srv/").replace("0.0.0.0:5000", "127.0.0.1:0");

        try (ChildCommand registry = ChildCommand.start(folder, environment, List.of(words.split(" ")), List.of())) {
            registry.until("the start", () -> registry.err().contains("(0 repositories) at http://127.0.0.1:"));
        }
    }

    @Test
    void startsInKubernetes() throws Exception {
        List<JsonNode> manifests = Yaml.readAll(Examples.SERVER_MANIFESTS);
        JsonNode container = manifests.getLast().at("/spec/template/spec/containers/0");
        variables(container.at("/env").valueStream().toList());

        assertServes(
                words(container.at("/args")),
                manifests.getFirst().at("/data/gcrsync.yaml").asString());
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
        JsonNode service = services(Examples.SERVER_COMPOSE).at("/gcrsync");
        List<String> words = words(service.at("/command"));
        String config = words.get(words.indexOf("--config") + 1);

        assertThat(service.at("/volumes")
                        .valueStream()
                        .map(volume -> volume.at("/target").asString()))
                .anyMatch(config::startsWith);
        assertServes(words, mirrors());
    }

    @Test
    void startsWorkersByCompose() throws Exception {
        JsonNode services = services(Examples.WORKERS_COMPOSE);
        JsonNode worker = services.at("/worker");
        try (PostgresServer postgres = PostgresServer.create()) {
            worker.at("/environment").properties().forEach(variable -> {
                assertThat(services.at("/server/environment/" + variable.getKey()))
                        .isEqualTo(variable.getValue());
                if (variable.getKey().equals("GCRSYNC_DATABASE")) {
                    String address = variable.getValue().asString();
                    environment.put(variable.getKey(), address.replace("//postgres/", "//" + postgres.host() + "/"));
                    assertThat(address)
                            .contains("user="
                                    + services.at("/postgres/environment/POSTGRES_USER")
                                            .asString());
                }
            });
            environment.put("GCRSYNC_DATABASE_PASSWORD", postgres.password());

            assertWork(
                    words(worker.at("/command")),
                    worker.at("/deploy/replicas").asInt(),
                    words(services.at("/server/command")),
                    mirrors());
        }
    }

    @Test
    void startsWorkersInKubernetes() throws Exception {
        List<JsonNode> server = Yaml.readAll(Examples.SERVER_MANIFESTS);
        JsonNode workers = Yaml.readAll(Examples.WORKER_MANIFEST).getFirst().at("/spec");
        JsonNode container = workers.at("/template/spec/containers/0");
        Matcher secret = Pattern.compile("secret generic gcrsync-database --from-literal=url='([^?]*)\\?(user=\\w+)&")
                .matcher(Markdown.of("examples/README.md").blocks("shell").toString());
        assertThat(secret.find()).isTrue();
        try (PostgresServer postgres = PostgresServer.create()) {
            // Without TLS, which the testkit's server would need certificates for.
            environment.put(
                    "GCRSYNC_DATABASE",
                    secret.group(1).replace("postgres.example.com", postgres.host()) + "?" + secret.group(2));
            environment.put("GCRSYNC_DATABASE_PASSWORD", postgres.password());

            assertWork(
                    words(container.at("/args")),
                    workers.at("/replicas").asInt(),
                    words(server.getLast().at("/spec/template/spec/containers/0/args")),
                    server.getFirst().at("/data/gcrsync.yaml").asString());
        }
    }

    @Test
    void startsWorkerBySystemd() throws Exception {
        Matcher command = Pattern.compile("(?m)^ExecStart=/usr/bin/(gcrsync worker .*)$")
                .matcher(ProjectFiles.text(Examples.WORKER_UNIT));
        assertThat(command.find()).isTrue();
        try (PostgresServer postgres = PostgresServer.create()) {
            environment.put("GCRSYNC_DATABASE", postgres.jdbcUrl() + "?user=" + postgres.user());
            environment.put("GCRSYNC_DATABASE_PASSWORD", postgres.password());
            List<String> words = local(List.of(command.group(1).split(" ")));
            write(Path.of(words.get(words.indexOf("--config") + 1)), mirrors());
            try (ChildCommand worker = worker(1, words)) {
                worker.signal("TERM");
                assertThat(worker.await().exitCode()).isEqualTo(143);
            }
        }
    }

    private void assertWork(List<String> worker, int workers, List<String> server, String mirrors) throws Exception {
        List<String> words = local(worker);
        write(Path.of(words.get(words.indexOf("--config") + 1)), mirrors);
        assertThat(workers).isEqualTo(2);
        try (ChildCommand one = worker(1, words);
                ChildCommand other = worker(2, words)) {
            assertServes(server, mirrors);

            assertThat((one.err() + other.err()).lines())
                    .filteredOn(line -> line.matches("gcrsync: team: team/(?:etcd|kube-proxy|pause): .*"))
                    .hasSize(3);
        }
    }

    /** Starts a worker on a machine of its own. */
    private ChildCommand worker(int number, List<String> words) throws InterruptedException {
        Map<String, String> own = new HashMap<>(environment);
        own.put("XDG_STATE_HOME", folder.resolve("worker-" + number).toString());
        own.remove("GCRSYNC_GITHUBTOKEN");
        ChildCommand worker = ChildCommand.start(folder, own, words, List.of());
        worker.until("the start", () -> worker.err().contains("takes tasks from"));
        return worker;
    }

    private JsonNode services(Path compose) throws IOException {
        Files.copy(compose, folder.resolve("compose.yaml"));
        Files.writeString(folder.resolve("token"), TOKEN);
        return Yaml.json(Program.require("compose-spec")
                        .arguments("-format", "json", "-no-interpolation", "compose.yaml")
                        .in(folder)
                        .run()
                        .orThrow()
                        .stdout())
                .at("/services");
    }

    private static List<String> words(JsonNode arguments) {
        List<String> words = new ArrayList<>(List.of("gcrsync"));
        arguments.forEach(word -> words.add(word.asString()));
        return words;
    }

    private static String mirrors() {
        return ProjectFiles.text(Examples.SERVER_COMPOSE.resolveSibling("../mirrors/server.yaml"));
    }

    /** @param words the command, with system folders */
    private void assertServes(List<String> words, String mirrors) throws Exception {
        List<String> command = local(words);
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

    private List<String> local(List<String> words) {
        List<String> local = new ArrayList<>();
        for (String word :
                String.join(" ", words).replaceAll("(--[a-z-]+)=", "$1 ").split(" ")) {
            local.add(moved(word.replaceAll("^(?:127\\.0\\.0\\.1|0\\.0\\.0\\.0):8080$", "127.0.0.1:0")));
        }
        return local;
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
