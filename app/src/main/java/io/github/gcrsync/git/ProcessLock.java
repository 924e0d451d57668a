package io.github.gcrsync.git;

import io.github.gcrsync.files.ExclusiveLock;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Admits one process of this machine at a time to a repository. The operating system holds the lock and frees it when
 * the process dies. The file's text only tells others who the holder is; text left behind means that the holder was
 * killed.
 */
final class ProcessLock {
    /** The file name within a repository with a work tree. */
    static final String FILE = "gcrsync.lock";

    private final Path file;
    private final Duration patience;

    /** @param patience how long to wait for another process */
    ProcessLock(Path file, Duration patience) {
        this.file = file.toAbsolutePath().normalize();
        this.patience = patience;
    }

    /**
     * A held lock.
     *
     * @param afterDeath when the previous holder took the lock, if it died while holding it
     */
    record Held(ExclusiveLock lock, Optional<Instant> afterDeath) implements AutoCloseable {
        @Override
        public void close() {
            try (lock) {
                lock.channel().truncate(0);
            } catch (IOException e) {
                throw new LedgerException(LedgerException.Kind.UNUSABLE, "cannot write a lock file: " + e, e);
            }
        }
    }

    Held acquire() {
        try {
            Files.createDirectories(file.getParent());
            ExclusiveLock lock = ExclusiveLock.acquire(file, patience).orElseThrow(this::locked);
            try {
                Optional<Instant> afterDeath = since(lock.channel());
                String holder = "pid " + ProcessHandle.current().pid() + " since " + Instant.now() + "\n";
                lock.channel().truncate(0);
                lock.channel().write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
                return new Held(lock, afterDeath);
            } catch (IOException e) {
                lock.close();
                throw e;
            }
        } catch (InterruptedIOException e) {
            throw new LedgerException(LedgerException.Kind.LOCKED, "interrupted while waiting for " + file, e);
        } catch (IOException e) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    Message.of(
                            "cannot use the lock file " + file + ": " + e.getMessage(),
                            "check that the folder is writable, or use another --metadata"),
                    e);
        }
    }

    private static Optional<Instant> since(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(256);
        channel.read(text, 0);
        if (text.position() == 0) {
            return Optional.empty();
        }
        String holder = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
        try {
            return Optional.of(Instant.parse(holder.substring(holder.lastIndexOf(' ') + 1)));
        } catch (DateTimeParseException e) {
            // it died while writing its text
            return Optional.of(Instant.now());
        }
    }

    private LedgerException locked() {
        String holder;
        try {
            holder = Printable.shortened(ExclusiveLock.text(file).strip());
        } catch (IOException e) {
            holder = "unknown";
        }
        return new LedgerException(
                LedgerException.Kind.LOCKED,
                "another gcrsync uses the metadata repository (" + holder + ", lock " + file
                        + ") and did not finish within " + patience.toSeconds() + " s",
                "wait for it or stop it, then run again");
    }
}
