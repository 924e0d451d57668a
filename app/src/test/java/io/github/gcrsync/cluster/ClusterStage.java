package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.PostgresServer;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A server and workers in processes of their own, PostgreSQL between them, and registries. */
final class ClusterStage implements AutoCloseable {
    static final String MIRROR = Stage.NAMESPACE;

    private final PostgresServer database = PostgresServer.create();
    private final Stage stage;
    private final List<ChildCommand> processes = new ArrayList<>();
    private final List<RunningServer> servers = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    /** By repository and tag. */
    private final Map<String, SampleImage> offered = new TreeMap<>();

    ClusterStage(Path folder, RegistryOptions source, RegistryOptions destination) {
        stage = new Stage(folder, source, destination);
        write(stage.destination().host() + "/" + Stage.MIRROR);
    }

    ClusterStage(Path folder) {
        this(folder, TestRegistry.builder().gcrListing(true), TestRegistry.builder());
    }

    /** Writes the file of server and workers: one mirror, on demand. */
    void write(String... destinations) {
        writeAs("gcrsync.yaml", MIRROR, stage.source().host(), destinations);
    }

    Path writeAs(String name, String mirror, String source, String... destinations) {
        List<String> to = new ArrayList<>();
        for (String destination : destinations) {
            to.add("{name: d" + to.size() + ", to: '" + destination + "'}");
        }
        try {
            return Files.writeString(stage.folder().resolve(name), """
                    metadata: %s
                    mirrors:
                      - {name: %s, source: %s/ns, destinations: [%s]}
                    """.formatted(
                            stage.folder().resolve("metadata"), mirror, source, String.join(", ", to)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PostgresServer database() {
        return database;
    }

    /** Connects like a server. */
    Database open() {
        return Database.open(
                DatabaseAddress.of(
                        database.jdbcUrl() + "?user=" + database.user(),
                        Map.of(DatabaseAddress.PASSWORD, database.password())),
                2);
    }

    Stage stage() {
        return stage;
    }

    TestRegistry source() {
        return stage.source();
    }

    void offer(String repository, String tag, SampleImage image) {
        stage.source().put(Stage.NAMESPACE + "/" + repository, tag, image);
        offered.put(repository + ":" + tag, image);
    }

    private List<String> arguments(String command, String config, String database, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--config=" + stage.folder().resolve(config),
                "--database=jdbc:postgresql://" + database + "/gcrsync?user=gcrsync"));
        arguments.addAll(List.of(flags));
        return arguments;
    }

    private Map<String, String> environment(String machine) {
        Map<String, String> environment = new HashMap<>(stage.environment());
        environment.put(
                "XDG_STATE_HOME",
                stage.folder().resolve(machine).resolve("state").toString());
        environment.put(DatabaseAddress.PASSWORD, database.password());
        return environment;
    }

    RunningServer server(String... flags) throws InterruptedException {
        List<String> words = arguments("", "gcrsync.yaml", database.host(), flags);
        RunningServer server =
                RunningServer.start(environment("server"), Clock.systemUTC(), words.subList(1, words.size()));
        servers.add(server);
        return server;
    }

    /** Starts a server that can be killed, and returns its address. */
    ChildCommand serverProcess(String... flags) throws InterruptedException {
        List<String> words = arguments("server", "gcrsync.yaml", database.host(), flags);
        words.add("--listen=127.0.0.1:0");
        ChildCommand server = start("server", Hurry.TO_TAKE_OVER, words);
        server.until("listens", () -> server.err().contains("listening on"));
        return server;
    }

    private ChildCommand start(String machine, Hurry hurry, List<String> words) {
        ChildCommand process = ChildCommand.start(
                stage.folder().resolve(machine), environment(machine), ChildCommand.java(hurry), words);
        processes.add(process);
        return process;
    }

    /** Starts a worker on a machine of its own, and waits until it takes tasks. */
    ChildCommand worker(String... flags) throws InterruptedException {
        return workerOf("gcrsync.yaml", database.host(), flags);
    }

    ChildCommand workerOf(String config, String databaseHost, String... flags) throws InterruptedException {
        return awaitWorker(Hurry.TO_TAKE_OVER, arguments("worker", config, databaseHost, flags));
    }

    /** Starts a worker that pauses for seconds after a task that failed, as it would for a minute outside of tests. */
    ChildCommand patientWorkerOf(String config) throws InterruptedException {
        return awaitWorker(
                Hurry.TO_TAKE_OVER.withHeartbeat(Duration.ofSeconds(3)), arguments("worker", config, database.host()));
    }

    private ChildCommand awaitWorker(Hurry hurry, List<String> words) throws InterruptedException {
        ChildCommand worker = start("machine-" + processes.size(), hurry, words);
        worker.until("takes tasks", () -> worker.err().contains("takes tasks from"));
        return worker;
    }

    /** Asks a server to run the mirror. */
    void run(String url) throws InterruptedException {
        assertThat(send("POST", url + "/api/v1/mirrors/" + MIRROR + "/run").statusCode())
                .isEqualTo(202);
    }

    HttpResponse<String> send(String method, String url) throws InterruptedException {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the mirror, and returns the line of its end. */
    String runToEnd(RunningServer server) throws InterruptedException {
        int before = ended(server).size();
        run(server.url());
        return awaitRuns(server, before + 1);
    }

    /** Waits until the server has ended so many runs, and returns the line of the last one. */
    static String awaitRuns(RunningServer server, int runs) throws InterruptedException {
        Waiting.until(runs + " runs", () -> ended(server).size() >= runs);
        return ended(server).getLast();
    }

    private static List<String> ended(RunningServer server) {
        return server.err()
                .lines()
                .filter(line -> line.matches("gcrsync: " + MIRROR + ": run .* ended.*"))
                .toList();
    }

    /** The destination has every image, the ledger records each of them, and git is sound. */
    void assertComplete() {
        offered.forEach((image, made) -> {
            assertThat(stage.mirrored(image)).as(image).isEqualTo(made.digest());
            String repository = Stage.MIRROR + "/" + image.replaceFirst(":.*", "");
            assertThat(made.blobs().keySet())
                    .as(image)
                    .allMatch(blob -> stage.destination().hasBlob(repository, blob));
        });
        Map<String, String> expected = new TreeMap<>();
        offered.forEach((image, made) -> expected.put(image, made.digest()));
        assertThat(stage.metadata().digests()).isEqualTo(expected);
        assertThat(stage.metadata().images()).hasSameElementsAs(offered.keySet());
        stage.metadata().assertSound();
    }

    BlobReads reads() {
        return new BlobReads(source().log());
    }

    /** Returns the size of all blobs, each counted once. */
    long uniqueBytes() {
        Map<String, Long> sizes = new TreeMap<>();
        offered.values()
                .forEach(image -> image.blobs().forEach((digest, content) -> sizes.put(digest, content.size())));
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() {
        servers.forEach(RunningServer::close);
        processes.forEach(ChildCommand::close);
        client.close();
        database.close();
        stage.close();
    }
}
