package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The terminal's screen during and after a run; tmux is the terminal. */
final class ProgressScreenTest extends OnStage {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final CountDownLatch blobsMayCome = new CountDownLatch(1);
    private final Tmux terminal = new Tmux();

    @BeforeEach
    void offer() {
        for (int i = 1; i <= 3; i++) {
            stage.offer("app" + i + ":1", i);
        }
        stage.offer("broken:1", 9);
        stage.source()
                .fault(Fault.on("GET", ".*/broken/manifests/.*").status(403).always());
        stage.source()
                .fault(Fault.on("GET", ".*/blobs/.*").delayUntil(blobsMayCome).always());
    }

    @AfterEach
    void close() {
        blobsMayCome.countDown();
        terminal.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 132})
    void fitsBarsToAnyWidthAndRemovesThem(int width) throws Exception {
        start(width, "");

        String during = terminal.await(screen -> blobLines(screen) >= 6);
        // The failure above them is permanent text and wraps normally.
        assertThat(during.lines().filter(line -> line.contains("░")))
                .hasSize(7)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(width));
        assertThat(during.lines().filter(line -> line.startsWith("1/4 images ")))
                .singleElement()
                .asString()
                .contains("25%  1 failed");
        assertThat(during)
                .contains("FAILED   broken:1")
                .containsPattern("0 bytes of \\d.\\d kB\\s+0 bytes/s +\\d+:\\d\\d left");
        // Each layer names its image, whose start may be cut.
        for (String image : List.of("app1:1", "app2:1", "app3:1")) {
            assertThat(during.lines().filter(line -> line.startsWith("  " + image + " ")))
                    .hasSize(2);
        }

        blobsMayCome.countDown();
        terminal.await(screen -> screen.contains("exit code 1"));
        // Includes lines that have scrolled out of sight.
        assertThat(terminal.all())
                .contains("copied               3")
                .containsOnlyOnce("copied  ")
                .doesNotContain("░", "█");
    }

    @Test
    void updatesNumbersInPlace() throws Exception {
        long size = 4_000_000;
        stage.source().clearFaults();
        stage.source()
                .fault(Fault.on("GET", ".*/broken/manifests/.*").status(403).always());
        stage.source()
                .put(Stage.NAMESPACE + "/large", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(5, size)));
        stage.source()
                .fault(Fault.on("GET", ".*/large/blobs/.*").throttle(size / 10).always());
        start(80, "");
        terminal.await(screen -> screen.contains("FAILED") && percent(screen) > 0);
        Path written = folder.resolve("written");
        terminal.record(written);
        int before = percent(terminal.screen());

        String later = terminal.await(screen -> percent(screen) > before + 20);

        assertThat(later)
                .containsPattern("(?m)^4/5 images █+░+  80%  1 failed$")
                .containsPattern("(?m)^ +[0-9.]+ [kM]B of 4.1 MB +[0-9.]+ [kM]B/s +\\d+:\\d\\d left$");
        // No clearing of lines or of the screen, and no newline that would scroll it.
        assertThat(written)
                .content()
                .isNotEmpty()
                .doesNotContain("\u001b[J", "\u001b[2J", "\u001b[K", "\u001b[2K", "FAILED");
    }

    /** Percentage of the blob in flight; 0 if there is none. */
    private static int percent(String screen) {
        return screen.lines()
                .filter(line -> line.matches("  \\S+ +([0-9a-f]{12} )?[█░]+ .*"))
                .map(line -> line.replaceFirst(".*[█░] +(\\d+)%.*", "$1"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }

    @Test
    void showsBarsOnceAfterResize() throws Exception {
        start(100, "");
        terminal.await(screen -> blobLines(screen) >= 6);

        for (int width : new int[] {45, 120}) {
            terminal.resize(width);
            String resized = terminal.await(screen -> blobLines(screen) == 6
                    && screen.lines()
                                    .filter(line -> line.startsWith("1/4 images "))
                                    .count()
                            == 1);
            assertThat(resized.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_COLOR=1", "CI=true", "TERM=dumb"})
    void printsPlainLinesOnRequest(String variable) throws Exception {
        blobsMayCome.countDown();
        start(100, variable);

        assertThat(terminal.await(screen -> screen.contains("exit code 1")))
                .containsPattern("(?m)^\\[\\d/4] copied   app1:1")
                .doesNotContain("░", "█");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--no-progress | ^\\[\\d/4] copied   app1:1",
                "--log-format=json | \"event\":\"image-copied\"",
                "--quiet | ^FAILED   broken:1",
            })
    void hidesBarsWithFlags(String flag, String instead) throws Exception {
        blobsMayCome.countDown();
        start(200, "", flag);

        terminal.await(screen -> screen.contains("exit code 1"));
        assertThat(terminal.all()).containsPattern("(?m)" + instead).doesNotContain("░", "█", "images ");
    }

    @Test
    void printsDebugStepsAboveBars() throws Exception {
        start(80, "", "--debug");

        String during = terminal.await(screen -> blobLines(screen) >= 6);
        assertThat(during).containsPattern("(?m)^[0-9:.]+ DEBUG ");
        assertThat(during.lines().filter(line -> line.contains("images "))).hasSize(1);
    }

    @Test
    void loadsNoJLineWithoutTerminal() {
        blobsMayCome.countDown();
        List<String> java = new ArrayList<>(ChildCommand.java("io.github.gcrsync.cli.Main"));
        java.add(1, "-Xlog:class+load:stdout");
        java.addAll(stage.arguments("sync"));

        Program child =
                Program.require("env").arguments(java.toArray(String[]::new)).within(PATIENCE);
        stage.environment().forEach(child::environment);
        child.environment("TERM", "xterm-256color");

        assertThat(child.run().stdout())
                .contains("io.github.gcrsync.output.ProgressLines")
                .doesNotContain("class,load] org.jline");
    }

    private static long blobLines(String screen) {
        return screen.lines()
                .filter(line -> line.matches("  \\S+ +([0-9a-f]{12} )?[█░]+ .*"))
                .count();
    }

    private void start(int width, String variable, String... flags) throws IOException {
        Map<String, String> environment = new HashMap<>(stage.environment());
        if (!variable.isEmpty()) {
            String[] words = variable.split("=", 2);
            environment.put(words[0], words[1]);
        }
        terminal.gcrsync(width, folder, environment, stage.arguments("sync", flags));
    }
}
