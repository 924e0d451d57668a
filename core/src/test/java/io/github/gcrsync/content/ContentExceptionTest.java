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
    void returnsContentExceptionUnchanged() {
        ContentException known = new ContentException.NotFound("not there");
        assertThat(ContentException.of(known)).isSameAs(known);
    }

    /** A damaged credential file, for example, is not the fault of an image. */
    @Test
    void rethrowsIntendedExceptions() {
        for (RuntimeException meant :
                List.of(new MeantException(), new UncheckedIOException(new IOException("a file of the user's")))) {
            assertThatThrownBy(() -> ContentException.of(meant)).isSameAs(meant);
        }
    }

    private static final class MeantException extends RuntimeException {}

    /** A library's message may quote an address with its signature. */
    @Test
    void reportsPlaceOfInternalErrorWithoutItsMessage() {
        Logger log = (Logger) LoggerFactory.getLogger(ContentException.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        log.addAppender(said);
        log.setLevel(Level.DEBUG);
        try {
            ContentException.Unexpected internalError = internalError();

            assertThat(internalError.getMessage())
                    .startsWith("internal error: IllegalArgumentException at URI.java:")
                    .doesNotContain("hunter2");
            assertThat(said.list)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .contains("java.lang.IllegalArgumentException\n    at ")
                            .contains("java.net.URISyntaxException\n    at ")
                            .contains("ContentExceptionTest.internalError(")
                            .doesNotContain("hunter2"));
        } finally {
            log.setLevel(null);
            log.detachAppender(said);
        }
    }

    private static ContentException.Unexpected internalError() {
        try {
            throw new IllegalStateException(
                    "no error: " + URI.create("https://storage.example.com/?signature=hunter2 "));
        } catch (IllegalArgumentException e) {
            return (ContentException.Unexpected) ContentException.of(e);
        }
    }
}
