package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Chaos;
import io.github.gcrsync.testkit.FaultProxy;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server uses of the machine, started with the options of the launcher. */
final class ServerLimitsTest {
    /** Ten minutes: {@code -Dgcrsync.soak.seconds=600}. */
    private static final Duration SOAK = Duration.ofSeconds(Long.getLong("gcrsync.soak.seconds", 15));

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void prepare() {
        file = folder.resolve("mirrors.yaml");
    }

    private ChildCommand start() throws IOException {
        Path launcher = Path.of(System.getProperty("gcrsync.root", "..")).resolve("launcher/start.sh");
        Path script = Files.writeString(folder.resolve("server.sh"), """
                . '%s'
                become_program '%s' / '%s' '' server --config='%s' --listen=127.0.0.1:0
                """.formatted(
                        launcher.toAbsolutePath().normalize(),
                        Path.of(System.getProperty("java.home"), "bin/java"),
                        System.getProperty("java.class.path"),
                        file));
        return ChildCommand.start(
                folder,
                Map.of("XDG_STATE_HOME", folder.resolve("state") + "", "HOME", folder + ""),
                List.of("sh", "-eu", script + ""),
                List.of());
    }

    private void write(String source, String destination, String schedule, int mirrors) throws IOException {
        String all = IntStream.range(0, mirrors)
                .mapToObj(i -> "  - {name: m%d, source: %s/ns, destination: %s/m%d, schedule: %s}%n"
                        .formatted(i, source, destination, i, schedule))
                .collect(Collectors.joining());
        Files.writeString(file, "metadata: " + folder.resolve("metadata") + "\nmirrors:\n" + all);
    }

    @Test
    void needsAtMost200MebibytesFor50IdleMirrors() throws Exception {
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                TestRegistry destination = TestRegistry.start()) {
            source.put("ns/app", "1", SampleImages.oci(1));
            source.put("ns/app", "2", SampleImages.oci(2));
            write(source.host(), destination.host(), "every 1d", 50);
            try (ChildCommand server = start()) {
                server.until("the first runs", () -> ended(server) == 50);

                Waiting.until("idle", () -> resident(server) < 200 << 10);
            }
        }
    }

    @Test
    void keepsNoThreadsFilesOrMemoryOfRuns() throws Exception {
        Chaos chaos = Chaos.seeded(1, 0.05);
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                TestRegistry destination = TestRegistry.start();
                FaultProxy from = FaultProxy.inFrontOf(source.host(), chaos);
                FaultProxy to = FaultProxy.inFrontOf(destination.host(), chaos)) {
            IntStream.range(0, 5).forEach(i -> source.put("ns/app", "v" + i, SampleImages.oci(i)));
            write(from.host(), to.host(), "every 1s", 4);
            try (ChildCommand server = start()) {
                server.until("the first runs", () -> ended(server) >= 20);
                Use first = Use.of(server);
                Instant end = Instant.now().plus(SOAK);
                while (Instant.now().isBefore(end)) {
                    long before = ended(server);
                    server.until("more runs", () -> ended(server) > before + 10);
                }
                Use last = Use.of(server);

                assertThat(last.threads()).as("threads").isLessThanOrEqualTo(first.threads() + 10);
                assertThat(last.files()).as("open files").isLessThanOrEqualTo(first.files() + 10);
                assertThat(last.live()).as("bytes").isLessThanOrEqualTo(first.live() + (8 << 20));
                assertThat(chaos.done()).isNotEmpty();
            }
        }
    }

    /** Threads and files while the server works; live bytes after a collection. */
    private record Use(long threads, long files, long live) {
        static Use of(ChildCommand server) throws IOException {
            Path process = Path.of("/proc", server.pid() + "");
            String histogram = Program.at(Path.of(System.getProperty("java.home"), "bin/jcmd"))
                    .arguments(server.pid() + "", "GC.class_histogram")
                    .run()
                    .orThrow()
                    .stdout();
            Matcher live = LIVE.matcher(histogram);
            assertThat(live.find()).isTrue();
            return new Use(count(process.resolve("task")), count(process.resolve("fd")), Long.parseLong(live.group(1)));
        }

        private static long count(Path folder) throws IOException {
            try (Stream<Path> entries = Files.list(folder)) {
                return entries.count();
            }
        }
    }

    private static long ended(ChildCommand server) {
        return server.err().lines().filter(line -> line.contains(" ended: ")).count();
    }

    private static long resident(ChildCommand server) {
        try {
            Matcher size = RESIDENT.matcher(Files.readString(Path.of("/proc", server.pid() + "", "status")));
            return size.find() ? Long.parseLong(size.group(1)) : Long.MAX_VALUE;
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
