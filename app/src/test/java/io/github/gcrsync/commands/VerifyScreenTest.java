package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Fault;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The terminal's screen while verify runs; tmux is the terminal. */
final class VerifyScreenTest extends OnStage {
    private final CountDownLatch lastMayCome = new CountDownLatch(1);
    private final Tmux terminal = new Tmux();

    @BeforeEach
    void mirror() throws Exception {
        for (int i = 1; i <= 3; i++) {
            stage.offer("app" + i + ":1", i);
        }
        assertThat(stage.run("sync").exitCode()).isZero();
        stage.destination()
                .fault(Fault.on("GET", ".*/app3/manifests/.*")
                        .delayUntil(lastMayCome)
                        .always());
        terminal.gcrsync(90, folder, stage.environment(), stage.arguments("verify"));
    }

    @AfterEach
    void close() {
        lastMayCome.countDown();
        terminal.close();
    }

    @Test
    void showsImagesAndTimeLeftAndRemovesThem() throws Exception {
        String during = terminal.await(screen -> screen.contains("checking  2 of 3 images, "));
        assertThat(during).containsPattern("checking  2 of 3 images, .* read, about .* left");

        lastMayCome.countDown();
        terminal.await(screen -> screen.contains("exit code 0"));
        assertThat(terminal.all()).containsPattern("sound +3\n").doesNotContain("checking  ");
    }

    @Test
    void ctrlCEndsItAtOnce() throws Exception {
        terminal.await(screen -> screen.contains("checking  2 of 3 images, "));

        terminal.press("C-c");

        String end = terminal.await(screen -> screen.contains("exit code 130"));
        assertThat(end)
                .contains("gcrsync: stopping after the blobs in flight; nothing is changed")
                .doesNotContain("sound");
    }
}
