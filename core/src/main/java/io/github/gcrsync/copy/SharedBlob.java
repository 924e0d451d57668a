package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobOrigin;
import io.github.gcrsync.content.Passage;
import io.github.gcrsync.content.VerifiedStream;
import io.github.gcrsync.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One read of a blob for several targets. Reading begins when each target has either asked for the bytes or shown that it
 * needs none. The slowest reader sets the pace; one that holds up the others for too long continues with a read of its
 * own.
 */
final class SharedBlob {
    private final Descriptor blob;
    private final Supplier<BlobContent> source;
    private final Duration patience;
    /** Guarded by this object, like all fields below. */
    private final List<Reader> readers = new ArrayList<>();

    private int expected;
    private long firstCame;
    private boolean opening;
    private @Nullable Ring ring;
    private @Nullable RuntimeException failure;

    /**
     * @param source opens the content for all
     * @param targets number of readers
     */
    SharedBlob(Descriptor blob, Supplier<BlobContent> source, int targets, Duration patience) {
        this.blob = blob;
        this.source = source;
        this.expected = targets;
        this.patience = patience;
    }

    /**
     * Creates the reader of one target; to be closed when the target has the blob, or has failed.
     *
     * @param own opens the content for this reader alone
     * @param progress receives the number of bytes that the reader got from the shared read
     * @param leftBehind called when the reader has been too slow for the others
     */
    Reader reader(Supplier<BlobContent> own, LongConsumer progress, Runnable leftBehind) {
        return new Reader(own, progress, leftBehind);
    }

    /** Takes part in the shared read; returns false if it is too late for that. */
    private boolean hasJoined(Reader reader, List<String> authorities) {
        synchronized (this) {
            if (ring != null || opening || failure != null || reader.isOut) {
                return false;
            }
            reader.authorities = authorities;
            readers.add(reader);
            firstCame = readers.size() == 1 ? System.nanoTime() : firstCame;
            notifyAll();
            awaitOthers(reader);
            if (reader.part != null || reader.isOut) {
                return reader.part != null;
            }
            if (failure != null) {
                throw failure;
            }
            opening = true;
        }
        open();
        return reader.part != null;
    }

    /** Waits until all targets have come or need nothing, until some were waited for long enough, or the read is open. */
    private void awaitOthers(Reader reader) {
        while (ring == null && failure == null && !reader.isOut && (opening || readers.size() < expected)) {
            long left = opening ? Long.MAX_VALUE : firstCame + patience.toNanos() - System.nanoTime();
            if (left <= 0) {
                return;
            }
            Ring.await(this, left);
        }
    }

    private void open() {
        Passage passage = Passage.NONE;
        try {
            BlobContent content = source.get();
            passage = passage(content);
            synchronized (this) {
                ring = new Ring(blob, content, passage, readers.size(), patience);
                readers.forEach(reader -> reader.part = ring.part(reader.leftBehind));
                notifyAll();
            }
        } catch (RuntimeException | Error e) {
            passage.close();
            synchronized (this) {
                failure = e instanceof RuntimeException reason ? reason : new IllegalStateException(e);
                notifyAll();
            }
            throw e;
        }
    }

    /** Waits for slots at all hosts. Where there is none for too long while the others have one, the reader is left behind. */
    private Passage passage(BlobContent content) {
        while (true) {
            List<Reader> all;
            synchronized (this) {
                all = List.copyOf(readers);
            }
            List<String> authorities =
                    all.stream().flatMap(reader -> reader.authorities.stream()).toList();
            if (authorities.isEmpty()) {
                return Passage.NONE;
            }
            Optional<Passage> passage = content.passageTo(authorities, patience);
            if (passage.isPresent()) {
                return passage.get();
            }
            List<Reader> busy =
                    all.stream().filter(reader -> !hasRoom(content, reader)).toList();
            if (busy.size() < all.size()) {
                busy.forEach(reader -> {
                    left(reader);
                    reader.leftBehind.run();
                });
            }
        }
    }

    private static boolean hasRoom(BlobContent content, Reader reader) {
        Optional<Passage> room = content.passageTo(reader.authorities, Duration.ZERO);
        room.ifPresent(Passage::close);
        return room.isPresent();
    }

    /** The target needs nothing more of the shared read. */
    private synchronized void left(Reader reader) {
        if (!reader.isOut) {
            reader.isOut = true;
            if (reader.part == null) {
                expected--;
                readers.remove(reader);
            }
            notifyAll();
        }
    }

    /** The content as one target reads it. The first attempt takes part in the shared read. */
    final class Reader implements BlobContent, AutoCloseable {
        private final Supplier<BlobContent> opening;
        private final LongConsumer progress;
        private final Runnable leftBehind;
        private List<String> authorities = List.of();
        private boolean isOut;
        private Ring.@Nullable Part part;
        private boolean isUsed;
        private @Nullable BlobContent own;

        private Reader(Supplier<BlobContent> own, LongConsumer progress, Runnable leftBehind) {
            this.opening = own;
            this.progress = progress;
            this.leftBehind = leftBehind;
        }

        private BlobContent own() {
            BlobContent content = own;
            if (content == null) {
                content = opening.get();
                own = content;
            }
            return content;
        }

        @Override
        public void awaitTurn() {
            own().awaitTurn();
        }

        @Override
        public Optional<Passage> passageTo(List<String> hosts, Duration most) {
            if (!isUsed && part == null && hasJoined(this, hosts)) {
                return Optional.of(Objects.requireNonNull(part).passage());
            }
            leave(); // A second attempt has the bytes for itself.
            return own().passageTo(hosts, most);
        }

        private void leave() {
            isUsed = true;
            left(this);
            Ring.Part mine = part;
            if (mine != null) {
                mine.close();
            }
        }

        @Override
        public InputStream uncheckedAt(long offset) throws IOException {
            boolean isFirst = !isUsed && (part != null || hasJoined(this, List.of()));
            Ring.Part mine = part;
            if (isFirst && mine != null && mine.opensAt(offset)) {
                isUsed = true;
                return mine.stream(own(), progress);
            }
            leave(); // A read of its own must not wait for what the share of the passage holds.
            return own().uncheckedAt(offset);
        }

        @Override
        public InputStream openAt(long offset) throws IOException {
            InputStream content = uncheckedAt(offset);
            return offset == 0 ? new VerifiedStream(blob, content, () -> damaged("")) : content;
        }

        @Override
        public RuntimeException damaged(String what) {
            return own().damaged(what);
        }

        @Override
        public Optional<BlobOrigin> origin() {
            return own().origin();
        }

        @Override
        public void close() {
            leave();
        }
    }
}
