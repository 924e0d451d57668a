package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** monitor reports round by round and writes nothing. */
final class MonitorTest extends OnStage {
    private static final String FIRST_REQUEST = "^/v2/ns/tags/list$";
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\+0800  ";
    /** Attempts of a request answered with 500. */
    private static final int ATTEMPTS = 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsChangesBetweenRounds(boolean listingTellsDigests) throws Exception {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder().gcrListing(listingTellsDigests), TestRegistry.builder());
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);
        stage.offer("b:1", 3);
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.offer("a:3", 4);
        stage.source().log().clear();
        CountDownLatch second = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", FIRST_REQUEST).skip(1).delayUntil(second));

        CompletableFuture<Result> monitoring =
                CompletableFuture.supplyAsync(() -> stage.run("monitor", "--count=3", "--interval=1ms"));
        Waiting.until("the second round", () -> stage.source().log().count("GET", FIRST_REQUEST) == 2);
        stage.offer("a:4", 5);
        stage.offer("a:1", 11);
        stage.source().delete("ns/b", "1");
        second.countDown();
        Result result = monitoring.get(1, TimeUnit.MINUTES);

        assertThat(result.exitCode()).as("%s", result).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).matches(TIME + "4 images at the source, 1 waiting, first look");
        assertThat(lines.get(1)).matches(TIME + "4 images at the source, 3 waiting, 1 new, 1 moved, 1 gone");
        assertThat(lines.get(2)).matches(TIME + "4 images at the source, 3 waiting, no change");
    }

    @Test
    void writesNothing() throws Exception {
        stage.offer("a:1", 1);
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.offer("a:2", 2);
        // git itself refreshes its index on status, so run it before and after, not in between.
        String status = stage.metadata().git("status", "--porcelain");
        String before = everything();
        stage.destination().log().clear();

        Result result = stage.run("monitor", "--count=2", "--interval=1ms");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(everything()).isEqualTo(before);
        assertThat(stage.metadata().git("status", "--porcelain"))
                .isEqualTo(status)
                .isEmpty();
        assertThat(stage.destination().log().count()).as("asked nothing").isZero();
    }

    @Test
    void createsNoMetadataRepository() {
        stage.offer("a:1", 1);

        Result result = stage.run("monitor", "--count=1");

        assertThat(result.out()).contains("1 images at the source, 1 waiting");
        assertThat(folder.resolve("metadata")).doesNotExist();
    }

    @Test
    void toleratesUncommittedChanges() throws Exception {
        stage.offer("a:1", 1);
        assertThat(stage.run("sync").exitCode()).isZero();
        Files.writeString(folder.resolve("metadata/ns/README.md"), "a person is at work");

        Result result = stage.run("monitor", "--count=1");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(folder.resolve("metadata/ns/README.md")).hasContent("a person is at work");
    }

    @Test
    void continuesAfterFailedRound() {
        stage.offer("a:1", 1);
        failSecondListing();

        Result result = stage.run("monitor", "--count=3", "--interval=1ms");

        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("first look");
        assertThat(lines.get(1)).contains("FAILED: ").contains("500");
        assertThat(lines.get(2)).contains("1 images at the source, 1 waiting, no change");
        assertThat(result.exitCode()).as("the last round was good").isZero();
    }

    @Test
    void returnsExitCodeOfLastRound() {
        stage.offer("a:1", 1);
        stage.source()
                .fault(Fault.on("GET", "^/v2/(ns/tags/list|_catalog)$")
                        .status(500)
                        .header("Retry-After", "0")
                        .always());

        assertThat(stage.run("monitor", "--count=1").exitCode()).isEqualTo(1);
    }

    @Test
    void keepsUnlistableRepository() {
        stage.offer("a:1", 1);
        stage.offer("b:1", 2);
        stage.source()
                .fault(Fault.on("GET", "^/v2/ns/b/tags/list$")
                        .skip(1)
                        .status(500)
                        .header("Retry-After", "0")
                        .times(ATTEMPTS));

        Result result = stage.run("monitor", "--count=3", "--interval=1ms");

        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(1)).contains("2 images at the source, 1 waiting, no change, 1 failed");
        assertThat(lines.get(2)).endsWith("2 images at the source, 2 waiting, no change");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--count=-1", "--count=1000"})
    void endsCleanlyOnCtrlC(String count) throws Exception {
        stage.offer("a:1", 1);

        try (ChildCommand monitor = stage.start(folder.resolve("here"), "monitor", count, "--interval=1h")) {
            monitor.until("the first round", () -> monitor.out().contains("\n"));
            monitor.interrupt();
            Result result = monitor.await();

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out().lines()).hasSize(1);
            assertThat(result.err()).isEmpty();
        }
    }

    @Test
    void overwritesLineOnTerminal() {
        assumeTrue(
                Stream.of("/usr/bin/script", "/bin/script").anyMatch(p -> Files.isExecutable(Path.of(p))),
                "skipped: there is no program 'script' to make a terminal with (apt-get install -y bsdutils)");
        stage.offer("a:1", 1);
        failSecondListing();
        String command = ChildCommand.command(stage.arguments("monitor", "--count=4", "--interval=1ms")).stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        Program script = Program.require("script").arguments("-qec", command, "/dev/null");
        stage.environment().forEach(script::environment);

        Program.Result result = script.run();

        String[] rounds = result.stdout().split("\r\033\\[2K", -1);
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(rounds).hasSize(5);
        assertThat(rounds[1]).contains("first look").doesNotContain("\n");
        assertThat(rounds[2])
                .as("a failure is not overwritten")
                .contains("FAILED")
                .endsWith("\n");
        assertThat(rounds[3]).contains("no change").doesNotContain("\n");
        assertThat(rounds[4]).contains("no change").endsWith("\n");
    }

    /** If the namespace listing fails, gcrsync requests a smaller page and then the catalog. */
    private void failSecondListing() {
        stage.source()
                .fault(Fault.on("GET", FIRST_REQUEST)
                        .skip(1)
                        .status(500)
                        .header("Retry-After", "0")
                        .times(2 * ATTEMPTS));
        stage.source()
                .fault(Fault.on("GET", "^/v2/_catalog$")
                        .status(500)
                        .header("Retry-After", "0")
                        .times(ATTEMPTS));
    }

    /** Every file below the folder except for the lock that readers hold, with size and time. */
    private String everything() throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".lock"))
                    .map(file -> file + " " + file.toFile().length() + " "
                            + file.toFile().lastModified())
                    .sorted()
                    .collect(Collectors.joining("\n"));
        }
    }
}
