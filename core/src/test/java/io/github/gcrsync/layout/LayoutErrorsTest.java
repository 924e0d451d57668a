package io.github.gcrsync.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The cause of a disk error shows that it was a disk error. */
final class LayoutErrorsTest {
    private static final Path FILE = Path.of("mirror/app/index.json");

    @Test
    void reportsFullDiskAsUnwritable() {
        // Channels report it like this, without a file.
        IOException full = new IOException("No space left on device");

        assertThat(LayoutErrors.unreachable("cannot write", FILE, full))
                .isInstanceOf(ContentException.Unwritable.class)
                .hasMessage("cannot write mirror/app/index.json: No space left on device");
    }

    @Test
    void addsFileToErrorWithoutOne() {
        IOException broken = new IOException("Input/output error");

        assertThat(LayoutErrors.unreachable("cannot write", FILE, broken))
                .isInstanceOf(ContentException.Unreachable.class)
                .hasMessage("cannot write mirror/app/index.json: Input/output error")
                .hasCauseInstanceOf(FileSystemException.class)
                .hasRootCause(broken);
    }

    @Test
    void keepsErrorWithFile() {
        AccessDeniedException denied = new AccessDeniedException(FILE.toString());

        assertThat(LayoutErrors.unreachable("cannot read", FILE, denied))
                .hasMessage("cannot read mirror/app/index.json: permission denied")
                .hasCause(denied);
    }
}
