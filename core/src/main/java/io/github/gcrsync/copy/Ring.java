package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobReader;
import io.github.gcrsync.content.Passage;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.tasks.Slots;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of one read, until all its readers have them. A reader that needs bytes fetches them for all; there is no
 * thread of its own. A reader that has held up the others for longer than the patience, and for most of the time, is left
 * behind and continues with a read of its own.
 */
final class Ring {
    /** Absorbs short differences in pace; at most {@link Slots#MOST_LARGE} large blobs are in flight. */
    private static final int MOST = 1 << 20;
    /** Of the smaller ones, more are. */
    private static final int MOST_OF_SMALLER = 256 << 10;

    private static final int PIECE = 64 << 10;

    private final Descriptor blob;
    private final byte[] bytes;
    private final BlobContent content;
    private final Passage passage;
    private final Duration patience;
    private final long opened = System.nanoTime();
    /** Guarded by this object, like all fields below, except the bytes that are being fetched. */
    private final List<Part> parts = new ArrayList<>();

    private int travelling;
    private long first = -1;
    private long written;
    private boolean fetching;
    private boolean ended;
    private @Nullable RuntimeException failure;
    private @Nullable BlobReader source;
    private long fullSince;
    private long heldUp;

    /**
     * @param passage closed when all parts are
     */
    Ring(Descriptor blob, BlobContent content, Passage passage, int parts, Duration patience) {
        this.blob = blob;
        this.bytes = new byte[Math.clamp(blob.size(), 1, blob.size() < Slots.LARGE ? MOST_OF_SMALLER : MOST)];
        this.content = content;
        this.passage = passage;
        this.travelling = parts;
        this.patience = patience;
    }

    /** Waits on the monitor, which the caller holds. */
    static void await(Object monitor, long nanos) {
        Sided.waiting(() -> TimeUnit.NANOSECONDS.timedWait(monitor, nanos));
    }

    /** @param leftBehind called when the reader is too slow for the others */
    synchronized Part part(Runnable leftBehind) {
        Part part = new Part(leftBehind);
        parts.add(part);
        return part;
    }

    private int read(Part reader, byte[] buffer, int offset, int length) {
        while (true) {
            BlobReader from;
            int at;
            int most;
            synchronized (this) {
                while (true) {
                    if (reader.isLeftBehind) {
                        return 0;
                    }
                    if (reader.position < written) {
                        return copied(reader, buffer, offset, length);
                    }
                    if (failure != null) {
                        throw failure;
                    }
                    if (ended) {
                        return -1;
                    }
                    if (!fetching && room() > 0) {
                        break;
                    }
                    await(this, fetching ? Long.MAX_VALUE : nanosLeft());
                }
                fetching = true;
                from = source();
                at = (int) (written % bytes.length);
                most = Math.min(Math.min(room(), bytes.length - at), PIECE);
            }
            fetch(from, at, most);
        }
    }

    private int copied(Part reader, byte[] buffer, int offset, int length) {
        int at = (int) (reader.position % bytes.length);
        int count = (int) Math.min(Math.min(length, written - reader.position), bytes.length - at);
        System.arraycopy(bytes, at, buffer, offset, count);
        reader.position += count;
        freed();
        return count;
    }

    private void freed() {
        if (fullSince != 0 && room() > 0) {
            heldUp += System.nanoTime() - fullSince;
            fullSince = 0;
        }
        notifyAll();
    }

    private void fetch(BlobReader from, int at, int most) {
        int count = 0;
        RuntimeException wrong = null;
        try {
            count = from.read(bytes, at, most);
        } catch (RuntimeException e) {
            wrong = e;
        } catch (Error e) {
            wrong = new IllegalStateException(e); // The other readers must learn of it.
        }
        synchronized (this) {
            fetching = false;
            failure = wrong;
            ended = count < 0;
            written += Math.max(0, count);
            notifyAll();
        }
    }

    /** Begins where the first reader does: one that has not opened its part yet may need the first byte. */
    private BlobReader source() {
        BlobReader open = source;
        if (open == null) {
            first = parts.stream().mapToLong(part -> part.position).min().orElse(0);
            written = first;
            open = new BlobReader(blob.digest().value(), blob, content, first);
            source = open;
        }
        return open;
    }

    private int room() {
        long slowest = parts.stream()
                .mapToLong(part -> Math.min(part.position, written))
                .min()
                .orElse(written);
        return (int) (bytes.length - (written - slowest));
    }

    /** Leaves the slowest reader behind if the others have waited for it too long; else returns how long to wait. */
    private long nanosLeft() {
        long now = System.nanoTime();
        fullSince = fullSince == 0 ? now : fullSince;
        long waited = heldUp + now - fullSince;
        long moved = now - opened - waited;
        long left = Math.max(patience.toNanos(), SideBySide.TIMES_SLOWER * moved) - waited;
        if (left > 0) {
            return left;
        }
        parts.stream().min(Comparator.comparingLong(part -> part.position)).ifPresent(slowest -> {
            slowest.isLeftBehind = true;
            slowest.arrived(); // The others must not wait for its share of the passage.
            parts.remove(slowest);
            slowest.leftBehind.run();
        });
        heldUp = 0;
        fullSince = 0;
        notifyAll();
        return 1;
    }

    /** The part of one reader. */
    final class Part implements AutoCloseable {
        private final Runnable leftBehind;
        private long position;
        private boolean isLeftBehind;
        private boolean hasArrived;

        private Part(Runnable leftBehind) {
            this.leftBehind = leftBehind;
        }

        /** Begins to read at the offset, unless the bytes there are gone. */
        boolean opensAt(long offset) {
            synchronized (Ring.this) {
                boolean isKept = !isLeftBehind && (first < 0 || offset >= first);
                if (isKept) {
                    position = offset;
                }
                return isKept;
            }
        }

        /**
         * @param own for the rest if this reader is left behind
         * @param progress receives the number of bytes after each read
         */
        InputStream stream(BlobContent own, LongConsumer progress) {
            return new Stream(own, progress);
        }

        /** Returns the reader's share of the passage. */
        Passage passage() {
            return passage.equals(Passage.NONE) ? Passage.NONE : this::arrived;
        }

        private void arrived() {
            boolean isLast;
            synchronized (Ring.this) {
                if (hasArrived) {
                    return;
                }
                hasArrived = true;
                travelling--;
                isLast = travelling == 0;
            }
            if (isLast) {
                passage.close();
            }
        }

        @Override
        public void close() {
            BlobReader unused;
            synchronized (Ring.this) {
                parts.remove(this);
                unused = parts.isEmpty() ? source : null;
                freed();
            }
            arrived();
            if (unused != null) {
                unused.close();
            }
        }

        private final class Stream extends InputStream {
            private final BlobContent own;
            private final LongConsumer progress;
            private @Nullable InputStream rest;

            Stream(BlobContent own, LongConsumer progress) {
                this.own = own;
                this.progress = progress;
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (rest == null) {
                    int count = Ring.this.read(Part.this, buffer, offset, length);
                    if (count != 0) {
                        progress.accept(Math.max(0, count));
                        return count;
                    }
                    arrived();
                    rest = own.uncheckedAt(position);
                }
                return rest.read(buffer, offset, length);
            }

            @Override
            public void close() throws IOException {
                Part.this.close();
                if (rest != null) {
                    rest.close();
                }
            }
        }
    }
}
