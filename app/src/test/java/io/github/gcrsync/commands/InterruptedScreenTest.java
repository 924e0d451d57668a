package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Fault;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A run with progress bars, interrupted between two images; tmux is the terminal. */
final class InterruptedScreenTest extends OnStage {
    private final CountDownLatch blobsMayCome = new CountDownLatch(1);
    private final Tmux terminal = new Tmux();

    @BeforeEach
    void startInTheMiddleOfTheSecondImage() throws Exception {
        stage.offer("a:1", 1);
        stage.offer("b:1", 2);
        stage.offer("c:1", 3);
        stage.source()
                .fault(Fault.on("GET", "/v2/ns/b/blobs/")
                        .delayUntil(blobsMayCome)
                        .always());
        terminal.gcrsync(80, folder, stage.environment(), stage.arguments("sync", "--processlimit=1"));
        terminal.await(
                screen -> screen.contains("1/3 images ") && stage.source().log().count("GET", "/v2/ns/b/blobs/") > 0);
    }

    @AfterEach
    void close() {
        blobsMayCome.countDown();
        terminal.close();
    }

    @Test
    void recordsFinishedImagesAndPrintsSummaryOnCtrlC() throws Exception {
        terminal.press("C-c");

        assertEndsInOrder(130);
    }

    @Test
    void recordsFinishedImagesAndPrintsSummaryOnSigterm() throws Exception {
        terminal.program().destroy();

        assertEndsInOrder(143);
    }

    private void assertEndsInOrder(int exitCode) throws Exception {
        // The bars reappear below the message with the next frame.
        terminal.await(
                screen -> screen.contains("stopping after the blobs in flight") && screen.contains("1/3 images "));
        blobsMayCome.countDown();
        terminal.await(screen -> screen.contains("exit code"));

        assertThat(terminal.all())
                .contains("exit code " + exitCode)
                .containsPattern("(?m)^gcrsync: stopping after")
                .containsPattern("(?m)^  copied +1 ")
                .containsPattern("(?m)^  not finished +2 ")
                .doesNotContain("IllegalStateException", "░", "█", "^C");
        assertThat(terminal.isCursorVisible()).isTrue();
        assertThat(stage.metadata().images()).containsExactly("a:1");
    }

    @Test
    void recordsImagesWhenTerminalCloses() throws Exception {
        ProcessHandle program = terminal.program();

        terminal.hangUp();
        blobsMayCome.countDown();
        program.onExit().get(60, TimeUnit.SECONDS);

        assertThat(stage.metadata().images()).contains("a:1");
    }
}
