package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobOrigin;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Passage;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.tasks.Slots;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A source's blob as the destination reads it: waits for its turn, attributes read errors to the source, and reports
 * every byte.
 */
final class SourceContent implements BlobContent {
    private final BlobContent content;
    private final Descriptor blob;
    private final LongConsumer progress;
    private final Slots.Slot slot;
    private final StopSignal stop;

    /** @param progress receives the number of bytes that were read, after each read */
    SourceContent(BlobContent content, Descriptor blob, LongConsumer progress, Slots.Slot slot, StopSignal stop) {
        this.content = content;
        this.blob = blob;
        this.progress = progress;
        this.slot = slot;
        this.stop = stop;
    }

    @Override
    public void awaitTurn() {
        Sided.waiting(slot::awaitTurn);
        stop.check();
    }

    @Override
    public Optional<Passage> passageTo(List<String> authorities, Duration patience) {
        return content.passageTo(authorities, patience);
    }

    @Override
    public InputStream openAt(long offset) {
        return new Counted(atSource(() -> content.openAt(offset)), offset);
    }

    @Override
    public InputStream uncheckedAt(long offset) {
        return new Counted(atSource(() -> content.uncheckedAt(offset)), offset);
    }

    @Override
    public RuntimeException damaged(String what) {
        RuntimeException damage = content.damaged(what);
        return damage instanceof ContentException reason ? new CopyException(Side.SOURCE, reason) : damage;
    }

    @Override
    public Optional<BlobOrigin> origin() {
        return content.origin();
    }

    private final class Counted extends FilterInputStream {
        private long read;

        Counted(InputStream in, long offset) {
            super(in);
            read = offset;
        }

        @Override
        public int read() {
            return counted(atSource(in::read), 1);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            int read = atSource(() -> in.read(buffer, offset, length));
            return counted(read, read);
        }

        private int counted(int result, int bytes) {
            if (result >= 0) {
                progress.accept(bytes);
                read += bytes;
                if (read >= blob.size()) {
                    slot.allMoved();
                }
            }
            return result;
        }
    }

    @FunctionalInterface
    private interface Reading<R> {
        R read() throws IOException;
    }

    private <R> R atSource(Reading<R> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new CopyException(
                    Side.SOURCE, new ContentException.Unreachable(blob.digest() + ": " + e.getMessage(), e));
        } catch (RuntimeException e) {
            throw new CopyException(Side.SOURCE, ContentException.of(e));
        }
    }
}
