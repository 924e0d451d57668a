package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.help.HelpText;
import org.junit.jupiter.api.Test;

/** Wrapping of help lines. */
final class HelpTextTest {
    @Test
    void wrapsBelowLastColumn() {
        assertThat(HelpText.wrapped("  --flag=N   Images to copy at a time.", 26))
                .isEqualTo("  --flag=N   Images to\n             copy at a\n             time.");
    }

    @Test
    void keepsLineThatFits() {
        assertThat(HelpText.wrapped("Usage: gcrsync  ", 14)).isEqualTo("Usage: gcrsync");
    }

    @Test
    void keepsWordLongerThanLine() {
        assertThat(HelpText.wrapped("see https://github.com/<githubrepo>.git for more", 20))
                .isEqualTo("""
                see
                https://github.com/<githubrepo>.git
                for more""");
    }

    @Test
    void leavesHalfOfNarrowTerminalToText() {
        assertThat(HelpText.wrapped("  --name-template=TEMPLATE   Names there", 20))
                .isEqualTo("  --name-template=TEMPLATE\n          Names\n          there");
    }
}
