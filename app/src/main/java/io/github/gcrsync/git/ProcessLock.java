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
 * Lets one process of this machine at a time work on a repository. The operating system holds the lock and frees it when
 * the holder dies; the file's text only tells others who that is, and a text left behind that the holder died at work.
 */
final class ProcessLock {
    /** Its name within a repository with a work tree. */
    static final String FILE = "gcrsync.lock";

    private final Path file;
    private final Duration patience;

    /** @param patience how long to wait for another holder */
    ProcessLock(Path file, Duration patience) {
        this.file = file.toAbsolutePath().normalize();
        this.patience = patience;
    }

    /**
     * The lock while it is held.
     *
     * @param afterDeath if the holder before this one died while it held the lock: since when it had it
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
                            "see that the folder can be written to, or name another by --metadata"),
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
            // it died while it wrote its name
            return Optional.of(Instant.now());
        }
    }

    private LedgerException locked() {
        String holder;
        try {
            holder = Printable.shortened(Files.readString(file).strip());
        } catch (IOException e) {
            holder = "unknown";
        }
        return new LedgerException(
                LedgerException.Kind.LOCKED,
                "another gcrsync works on the metadata repository (" + holder + ", lock " + file
                        + ") and did not finish within " + patience.toSeconds() + " s",
                "wait for it or end it, then run again");
    }
}
