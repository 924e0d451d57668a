package io.github.gcrsync.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
 * A file lock that one thread of one process holds; the operating system releases it when the process dies.
 *
 * <p>A POSIX lock belongs to the process: it does not exclude threads of the same process, and closing any channel of
 * the file releases it. Threads therefore queue here first, and the file is opened only once, through {@link #channel}.
 */
public final class ExclusiveLock implements AutoCloseable {
    /** Those of files that a thread has or waits for. */
    private static final Map<Path, Queue> QUEUES = new ConcurrentHashMap<>();

    private static final long POLL_MILLIS = 5;
    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final FileChannel channel;
    private final Queue queue;

    private ExclusiveLock(FileChannel channel, Queue queue) {
        this.channel = channel;
        this.queue = queue;
    }

    /** The threads that have or want the lock of a file; in {@link #QUEUES} as long as there are any. */
    private static final class Queue {
        private final Path file;
        private final Semaphore turn = new Semaphore(1, true);
        private int threads;

        private Queue(Path file) {
            this.file = file;
        }

        private static Queue join(Path file) {
            return QUEUES.compute(file, (path, existing) -> {
                Queue queue = existing == null ? new Queue(path) : existing;
                queue.threads++;
                return queue;
            });
        }

        private void leave() {
            QUEUES.computeIfPresent(file, (path, queue) -> --queue.threads == 0 ? null : queue);
        }
    }

    /**
     * Tries to take the lock without waiting. Creates the file if it is missing; its folder must exist.
     *
     * @param attributes of a newly created file
     * @return empty if the lock is held elsewhere
     */
    public static Optional<ExclusiveLock> tryAcquire(Path file, FileAttribute<?>... attributes) throws IOException {
        return acquire(file, Duration.ZERO, attributes);
    }

    /**
     * Waits for the lock. Threads of this process get it in order of arrival.
     *
     * @param patience for other processes; zero: does not wait for threads of this process either
     * @return empty if the lock was not released in time
     * @throws InterruptedIOException if the thread is interrupted; the interrupt stays set
     */
    public static Optional<ExclusiveLock> acquire(Path file, Duration patience, FileAttribute<?>... attributes)
            throws IOException {
        Queue queue = Queue.join(real(file));
        boolean held = false;
        boolean entered = false;
        try {
            if (patience.isZero()) {
                entered = queue.turn.tryAcquire();
                if (!entered) {
                    return Optional.empty();
                }
            } else {
                queue.turn.acquire();
                entered = true;
            }
            long deadline = System.nanoTime() + patience.toNanos();
            FileChannel channel = FileChannel.open(file, OPTIONS, attributes);
            try {
                held = isLocked(channel, deadline);
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            return held ? Optional.of(new ExclusiveLock(channel, queue)) : Optional.empty();
        } catch (InterruptedException e) {
            throw interrupted(file);
        } finally {
            if (entered && !held) {
                queue.turn.release();
            }
            if (!held) {
                queue.leave();
            }
        }
    }

    private static InterruptedIOException interrupted(Path file) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for " + file);
    }

    /**
     * Returns the text of the file. Reading it in another way would release the lock of a thread of this process.
     *
     * @throws InterruptedIOException if the thread is interrupted; the interrupt stays set
     */
    public static String text(Path file) throws IOException {
        Queue queue = Queue.join(real(file));
        try {
            queue.turn.acquire();
            try {
                return Files.readString(file);
            } finally {
                queue.turn.release();
            }
        } catch (InterruptedException e) {
            throw interrupted(file);
        } finally {
            queue.leave();
        }
    }

    /**
     * Polls, because the kernel reports a deadlock (EDEADLK) if unrelated threads of two processes wait for each
     * other's files.
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

    /** Returns the same path for all aliases of the file. */
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
            queue.turn.release();
            queue.leave();
        }
    }
}
