package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.ExclusiveLock;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.InvalidManifestException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The {@code index.json} of one layout. Concurrent changes are written together, and each caller returns when its
 * change is on the disk. Several processes can write the same layout without losing each other's entries.
 */
final class IndexFile {
    /** Another process needs seconds at most to write; one that hangs must not block this one forever. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** About 200,000 entries. */
    private static final int LONGEST = 64 << 20;

    private final LayoutFolder folder;
    private final BlobFiles blobs;
    private final Queue<Change> waiting = new ConcurrentLinkedQueue<>();
    private volatile Known known = new Known(null, Index.EMPTY);

    IndexFile(LayoutFolder folder, BlobFiles blobs) {
        this.folder = folder;
        this.blobs = blobs;
    }

    /**
     * Reads the current index from the disk; returns an empty index if there is none.
     *
     * @throws ContentException.Corrupt if the file is damaged
     */
    Index read() {
        Path file = folder.index();
        try {
            @Nullable Stamp stamp = stamp(file);
            Known last = known;
            if (stamp == null) {
                folder.requireNoIndex();
                return Index.EMPTY;
            }
            if (stamp.equals(last.stamp())) {
                return last.index();
            }
            folder.checkVersion();
            Index index = IndexJson.read(BoundedFile.read(file, LONGEST));
            // The stamp is older than the content: if the file has changed in between, the next call reads it again.
            known = new Known(stamp, index);
            return index;
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt(folder.withRemedy(file + " is damaged: " + e.getMessage()), e);
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", file, e);
        }
    }

    /**
     * Applies the change and returns when it is on the disk. The layout's folders must exist.
     *
     * @param edit must not throw
     */
    @SuppressWarnings("try") // The lock is only held.
    void change(Consumer<Index.Draft> edit) {
        Change mine = new Change(edit);
        waiting.add(mine);
        try (ExclusiveLock ignored = locked()) {
            if (!mine.done) {
                writeWaiting(mine);
            }
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot write", folder.index(), e);
        } finally {
            waiting.remove(mine);
        }
    }

    /** Does work for which the index, also that of other processes, must not change. */
    @SuppressWarnings("try") // The lock is only held.
    <R> R whileUnchanged(Function<Index, R> work) {
        try (ExclusiveLock ignored = locked()) {
            return work.apply(read());
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot lock", folder.index(), e);
        }
    }

    private ExclusiveLock locked() throws IOException {
        Path file = folder.work().resolve("lock");
        return ExclusiveLock.acquire(file, PATIENCE)
                .orElseThrow(() -> new FileSystemException(
                        file.toString(),
                        null,
                        "another process has held the lock for " + PATIENCE.toMinutes() + " minutes"));
    }

    private void writeWaiting(Change mine) throws IOException {
        List<Change> batch = new ArrayList<>();
        for (Change next = waiting.poll(); next != null; next = waiting.poll()) {
            batch.add(next);
        }
        boolean written = false;
        try {
            Index before = read();
            Index after = before.with(batch.stream().map(change -> change.edit).toList());
            if (after != before || !Files.exists(folder.index())) {
                write(after);
            }
            written = true;
        } finally {
            for (Change change : batch) {
                change.done = written;
                // The failure may concern only this caller (an interrupt): the others try again themselves.
                if (!written && change != mine) {
                    waiting.add(change);
                }
            }
        }
    }

    private void write(Index index) throws IOException {
        blobs.sync();
        try (TempFile file = TempFile.in(folder.work())) {
            OutputStream out = new BufferedOutputStream(file.stream(), 64 << 10);
            IndexJson.write(index, out);
            out.flush();
            file.moveTo(folder.index());
        }
        TempFile.syncFolder(folder.path());
        known = new Known(stamp(folder.index()), index);
    }

    private static @Nullable Stamp stamp(Path file) throws IOException {
        @Nullable
        BasicFileAttributes found =
                file.getFileSystem().provider().readAttributesIfExists(file, BasicFileAttributes.class);
        return found == null ? null : new Stamp(found.fileKey(), found.lastModifiedTime(), found.size());
    }

    /** Identifies a version of a file: changes whenever the file is replaced or written. */
    private record Stamp(@Nullable Object key, FileTime modified, long size) {}

    private record Known(@Nullable Stamp stamp, Index index) {}

    /** {@code done} is guarded by the layout's lock in {@link ExclusiveLock}. */
    private static final class Change {
        private final Consumer<Index.Draft> edit;
        private boolean done;

        Change(Consumer<Index.Draft> edit) {
            this.edit = edit;
        }
    }
}
