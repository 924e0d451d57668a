package io.github.gcrsync.faults;

import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.GitHttpServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * After any faults, including {@code kill -9}, one clean run mirrors everything and transfers only what was missing.
 * All runs with faults, and one in eight of the clean ones, are processes of the real command, between real registries
 * and a real git, each behind a proxy. Each seed is a separate test: {@code -Dfaults=N} runs seeds 1 to N,
 * {@code -Dfaults.seed=S} only that one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultSuiteTest {
    private static final int SEEDS = System.getenv("CI") == null ? 20 : 200;

    /** Faults are mostly waits, so rounds run in parallel, and each test checks its own result. */
    private final ExecutorService playing = Executors.newFixedThreadPool(8);

    private final Map<Long, Future<?>> rounds = new HashMap<>();
    private Round.Servers servers;
    private DockerRegistry source;
    private DockerRegistry destination;
    private DockerRegistry second;
    private GitHttpServer git;

    @BeforeAll
    void start(@TempDir Path shared) throws IOException {
        source = DockerRegistry.start(shared.resolve("source"));
        destination = DockerRegistry.start(shared.resolve("destination"));
        second = DockerRegistry.start(shared.resolve("second"));
        git = GitHttpServer.serve(Files.createDirectory(shared.resolve("remotes")));
        servers = new Round.Servers(
                shared,
                InstalledProgram.in(shared.resolve("program")).withStartCache(shared),
                source,
                destination,
                second,
                URI.create(git.url("")));
        seeds().forEach(seed -> rounds.put(seed, playing.submit(() -> play(seed))));
    }

    @AfterAll
    void stop() {
        playing.shutdownNow();
        git.close();
        source.close();
        destination.close();
        second.close();
    }

    static LongStream seeds() {
        long only = Long.getLong("faults.seed", 0);
        return only > 0
                ? LongStream.of(only)
                : LongStream.rangeClosed(Long.getLong("faults.from", 1), Integer.getInteger("faults", SEEDS));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void recoversWithOneCleanRun(long seed) throws Exception {
        try {
            Objects.requireNonNull(rounds.get(seed)).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private void play(long seed) {
        try (Round round = new Round(seed, servers)) {
            try {
                round.play();
            } catch (AssertionError | Exception e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + round, e);
            }
        }
    }
}
