package io.github.gcrsync.layout;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobReader;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.VerifiedStream;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The {@code blobs} folder of one layout. A file in it is whole: it gets its name after its bytes were checked. */
final class BlobFiles {
    private static final int BUFFER = 64 << 10;

    private final LayoutFolder folder;
    private final BlobCheck check;
    private final Set<String> unsynced = ConcurrentHashMap.newKeySet();

    BlobFiles(LayoutFolder folder, BlobCheck check) {
        this.folder = folder;
        this.check = check;
    }

    /** Whether the blob's file is there and whole; a link is not taken for a file. */
    boolean has(Descriptor blob) {
        return check.isWhole(folder, blob, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether there is something of the blob's length to read, be it behind a link. */
    boolean isWhole(Descriptor blob) {
        return Files.isRegularFile(folder.blob(blob.digest())) && sizeOf(blob.digest()) == blob.size();
    }

    /** In bytes; 0 for a file that is not there. */
    long sizeOf(Digest digest) {
        return folder.blob(digest).toFile().length();
    }

    /** The file's bytes from the first on, checked before the last are given. */
    InputStream open(Descriptor blob) {
        Path file = folder.blob(blob.digest());
        if (!Files.exists(file)) {
            throw new ContentException.NotFound(folder.placeOf(blob.digest()) + ": no such blob");
        }
        try {
            return new VerifiedStream(
                    blob,
                    Files.newInputStream(file),
                    () -> new ContentException.Corrupt(folder.placeOf(blob.digest())
                            + ": the file is damaged, its bytes are not those of its digest"));
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", file, e);
        }
    }

    /**
     * Streams the content to the disk, hashing it on the way.
     *
     * @throws ContentException.Corrupt if it is not what the descriptor names; nothing of it is left then
     */
    void write(Descriptor blob, BlobContent content) {
        Path target = folder.blob(blob.digest());
        String what = folder.placeOf(blob.digest());
        MessageDigest hasher = blob.digest().newHasher();
        byte[] buffer = new byte[Math.clamp(blob.size() + 1, 1, BUFFER)];
        try (BlobReader source = new BlobReader(what, blob, content);
                TempFile file = TempFile.in(folder.work())) {
            for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
                hasher.update(buffer, 0, count);
                file.write(buffer, count);
            }
            if (!blob.digest().matches(hasher.digest())) {
                throw content.damaged(what);
            }
            file.moveTo(target);
            unsynced.add(blob.digest().algorithm());
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot write", target, e);
        }
    }

    /** Stores bytes whose digest the caller has checked. They replace a damaged file of the same name. */
    void write(Digest digest, byte[] content) {
        Path target = folder.blob(digest);
        try {
            if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(target) == content.length
                    && Arrays.equals(BoundedFile.read(target, content.length), content)) {
                return;
            }
            try (TempFile file = TempFile.in(folder.work())) {
                file.write(content, content.length);
                file.moveTo(target);
            }
            unsynced.add(digest.algorithm());
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot write", target, e);
        }
    }

    /** Takes the blob from another layout: by a hard link, or as a copy where links are impossible; false if neither. */
    boolean take(Descriptor blob, LayoutFolder from) {
        Path source = from.blob(blob.digest());
        try {
            link(source, blob);
            unsynced.add(blob.digest().algorithm());
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // Another file system, too many links, a file of another user: all of them allow a copy.
            return copy(source, blob);
        }
    }

    private void link(Path source, Descriptor blob) throws IOException {
        Path target = folder.blob(blob.digest());
        try {
            Files.createLink(target, source);
        } catch (FileAlreadyExistsException e) {
            if (!has(blob)) {
                Files.delete(target);
                Files.createLink(target, source);
            }
        }
    }

    private boolean copy(Path source, Descriptor blob) {
        try {
            write(blob, offset -> {
                InputStream file = Files.newInputStream(source);
                file.skipNBytes(offset);
                return file;
            });
            return true;
        } catch (ContentException e) {
            // The neighbour's file is damaged, unreadable or gone; what ails this layout's own disk, the caller meets
            // again.
            return false;
        }
    }

    /** Makes the names of the blobs written so far durable, so that no index on the disk names a blob that is not. */
    void sync() throws IOException {
        for (String algorithm : List.of("sha256", "sha512")) {
            if (unsynced.remove(algorithm)) {
                sync(algorithm);
            }
        }
    }

    private void sync(String algorithm) throws IOException {
        try {
            TempFile.syncFolder(folder.blobs(algorithm));
        } catch (IOException e) {
            unsynced.add(algorithm);
            throw e;
        }
    }
}
