package io.github.gcrsync.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Removes temporary files of killed runs. Failures are ignored: the next run tries again. */
public final class Leftovers {
    private static final Duration STALE_AFTER = Duration.ofDays(1);

    private final Clock clock;

    public Leftovers(Clock clock) {
        this.clock = clock;
    }

    public void removeFrom(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, TempFile.PREFIX + "*")) {
            for (Path file : files) {
                // Skips files of this process: closing any channel of a file releases this process's locks on it
                // (POSIX).
                if (!file.getFileName().toString().startsWith(TempFile.OWN_PREFIX)) {
                    removeIfDead(file);
                }
            }
        } catch (IOException e) {
            return;
        }
    }

    private void removeIfDead(Path file) {
        if (isOld(file)) {
            delete(file);
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                @Nullable FileLock lock = channel.tryLock()) {
            if (lock != null) {
                delete(file);
            }
        } catch (IOException e) {
            return;
        }
    }

    private boolean isOld(Path file) {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(clock.instant().minus(STALE_AFTER));
        } catch (IOException e) {
            return false;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            return;
        }
    }
}
