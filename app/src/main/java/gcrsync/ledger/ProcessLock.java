package gcrsync.ledger;

import gcrsync.oci.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets one process of this machine at a time work on a repository. The operating system holds the lock and frees it when
 * the holder dies; the file's text only tells others who that is, and a text left behind that the holder died at work.
 */
final class ProcessLock {
    /** File locks belong to the process: two holders in one process must find each other here. */
    private static final Map<Path, Semaphore> WITHIN_PROCESS = new ConcurrentHashMap<>();

    /** Its name within a repository with a work tree. */
    static final String FILE = "gcrsync.lock";

    private static final long POLL_MILLIS = 25;

    private final Path file;
    private final Duration patience;

    /** @param patience how long to wait for another holder */
    ProcessLock(Path file, Duration patience) {
        this.file = file.toAbsolutePath().normalize();
        this.patience = patience;
    }

    /** The lock while it is held. */
    static final class Held implements AutoCloseable {
        private final FileChannel channel;
        private final Semaphore within;
        private final Optional<Instant> afterDeath;

        private Held(FileChannel channel, Semaphore within, Optional<Instant> afterDeath) {
            this.channel = channel;
            this.within = within;
            this.afterDeath = afterDeath;
        }

        /** If the holder before this one died while it held the lock: since when it had it. */
        Optional<Instant> afterDeath() {
            return afterDeath;
        }

        @Override
        public void close() {
            try (channel) {
                channel.truncate(0);
            } catch (IOException e) {
                throw new LedgerException(LedgerException.Kind.UNUSABLE, "cannot write a lock file: " + e, e);
            } finally {
                within.release();
            }
        }
    }

    Held acquire() {
        Instant deadline = Instant.now().plus(patience);
        Semaphore within = WITHIN_PROCESS.computeIfAbsent(file, f -> new Semaphore(1));
        boolean entered = false;
        boolean held = false;
        try {
            entered = within.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!entered) {
                throw locked();
            }
            Held lock = acquire(within, deadline);
            held = true;
            return lock;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException(LedgerException.Kind.LOCKED, "interrupted while waiting for " + file, e);
        } catch (IOException e) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "cannot use the lock file " + file + ": " + e.getMessage()
                            + "; see that the folder can be written to, or name another by --metadata",
                    e);
        } finally {
            if (entered && !held) {
                within.release();
            }
        }
    }

    private Held acquire(Semaphore within, Instant deadline) throws IOException, InterruptedException {
        Files.createDirectories(file.getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            while (true) {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    Optional<Instant> afterDeath = since(channel);
                    String holder = "pid " + ProcessHandle.current().pid() + " since " + Instant.now() + "\n";
                    channel.truncate(0);
                    channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
                    return new Held(channel, within, afterDeath);
                }
                if (Instant.now().isAfter(deadline)) {
                    throw locked();
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            channel.close();
            throw e;
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
                        + ") and did not finish within " + patience.toSeconds()
                        + " s; wait for it or end it, then run again");
    }
}
