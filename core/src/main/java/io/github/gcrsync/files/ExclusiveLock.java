package io.github.gcrsync.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A lock on a file that one thread of one process holds; the operating system frees it when the process dies.
 *
 * <p>A POSIX lock belongs to the process: it does not keep its own threads apart, and closing any channel of the file frees
 * it. So the threads queue here first, and the file is open once, through {@link #channel}.
 */
public final class ExclusiveLock implements AutoCloseable {
    private static final Map<Path, Semaphore> THREADS = new ConcurrentHashMap<>();

    private static final long POLL_MILLIS = 5;
    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final FileChannel channel;
    private final Semaphore thread;

    private ExclusiveLock(FileChannel channel, Semaphore thread) {
        this.channel = channel;
        this.thread = thread;
    }

    /**
     * Creates the file if it is missing; its folder must exist.
     *
     * @param attributes of a file that is created
     * @return empty if somebody else holds the lock
     */
    public static Optional<ExclusiveLock> tryAcquire(Path file, FileAttribute<?>... attributes) throws IOException {
        return acquire(file, Duration.ZERO, attributes);
    }

    /**
     * The same, waiting for another holder; threads of this process get it in the order in which they came.
     *
     * @return empty if nobody gave it up in time
     * @throws InterruptedIOException if the thread is interrupted, which stays set
     */
    public static Optional<ExclusiveLock> acquire(Path file, Duration patience, FileAttribute<?>... attributes)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        Semaphore thread = THREADS.computeIfAbsent(real(file), ignored -> new Semaphore(1, true));
        boolean held = false;
        boolean entered = false;
        try {
            entered = thread.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (!entered) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(file, OPTIONS, attributes);
            try {
                held = isLocked(channel, deadline);
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            return held ? Optional.of(new ExclusiveLock(channel, thread)) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + file);
        } finally {
            if (entered && !held) {
                thread.release();
            }
        }
    }

    /**
     * Polls instead of waiting: two processes whose unrelated threads wait for each other's files look like a deadlock to the
     * kernel, which then refuses (EDEADLK).
     */
    private static boolean isLocked(FileChannel channel, long deadline) throws IOException, InterruptedException {
        while (channel.tryLock() == null) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** The same for each way that leads to the file. */
    private static Path real(Path file) throws IOException {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        return folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
    }

    /** The locked file. */
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            return;
        } finally {
            thread.release();
        }
    }
}
