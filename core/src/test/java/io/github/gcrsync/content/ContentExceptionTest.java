package io.github.gcrsync.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class ContentExceptionTest {
    @Test
    void whatIsKnownStaysWhatItIs() {
        ContentException known = new ContentException.NotFound("not there");
        assertThat(ContentException.of(known)).isSameAs(known);
    }

    /** A damaged file with passwords, say, is no image's fault. */
    @Test
    void whatSomebodyHasMeantIsThrownOn() {
        for (RuntimeException meant :
                List.of(new MeantException(), new UncheckedIOException(new IOException("a file of the user's")))) {
            assertThatThrownBy(() -> ContentException.of(meant)).isSameAs(meant);
        }
    }

    private static final class MeantException extends RuntimeException {}

    /** What a library says of an address may hold the signature in it. */
    @Test
    void ofAMistakeThePlaceIsToldAndNotTheWords() {
        Logger log = (Logger) LoggerFactory.getLogger(ContentException.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        log.addAppender(said);
        log.setLevel(Level.DEBUG);
        try {
            ContentException.Unexpected mistake = mistake();

            assertThat(mistake.getMessage())
                    .startsWith("internal error: IllegalArgumentException at URI.java:")
                    .doesNotContain("hunter2");
            assertThat(said.list)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .contains("java.lang.IllegalArgumentException\n    at ")
                            .contains("java.net.URISyntaxException\n    at ")
                            .contains("ContentExceptionTest.mistake(")
                            .doesNotContain("hunter2"));
        } finally {
            log.setLevel(null);
            log.detachAppender(said);
        }
    }

    private static ContentException.Unexpected mistake() {
        try {
            throw new IllegalStateException(
                    "no mistake: " + URI.create("https://storage.example.com/?signature=hunter2 "));
        } catch (IllegalArgumentException e) {
            return (ContentException.Unexpected) ContentException.of(e);
        }
    }
}
