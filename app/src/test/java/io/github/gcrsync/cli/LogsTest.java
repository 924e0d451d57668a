package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.tasks.Tasks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class LogsTest {
    @AfterEach
    void restore() {
        Logs.configure(false);
    }

    /** As in tests that run several commands in one process. */
    @Test
    void printsNoDebugLogWhileSeveralCommandsConfigureIt() {
        StringWriter said = new StringWriter();
        PrintWriter to = new PrintWriter(said, true);
        Logger log = LoggerFactory.getLogger(LogsTest.class);

        Tasks.forEach(Collections.nCopies(2_000, "debug"), 8, word -> {
            Logs.configure(false, to);
            log.debug(word);
        });

        assertThat(said.toString()).isEmpty();
    }
}
