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

/**
 * The {@code blobs} folder of one layout. Its files are complete: a file gets its name after its bytes are verified.
 */
final class BlobFiles {
    private static final int BUFFER = 64 << 10;

    private final LayoutFolder folder;
    private final Set<String> unsynced = ConcurrentHashMap.newKeySet();

    BlobFiles(LayoutFolder folder) {
        this.folder = folder;
    }

    /** Whether the blob's file exists and passes the check; a symbolic link does not count. */
    boolean has(Descriptor blob, BlobCheck check) {
        return check.isWhole(folder, blob, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a file of the blob's size exists, possibly behind a symbolic link. */
    boolean isWhole(Descriptor blob) {
        return Files.isRegularFile(folder.blob(blob.digest())) && sizeOf(blob.digest()) == blob.size();
    }

    /** Returns the size in bytes; 0 for a missing file. */
    long sizeOf(Digest digest) {
        return folder.blob(digest).toFile().length();
    }

    /** Opens the file; verifies its digest before it returns the last bytes. */
    InputStream open(Descriptor blob) {
        Path file = folder.blob(blob.digest());
        if (!Files.isRegularFile(file)) {
            throw folder.missing(blob.digest(), "blob");
        }
        try {
            return new VerifiedStream(blob, Files.newInputStream(file), () -> folder.damaged(blob.digest()));
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", file, e);
        }
    }

    /**
     * Streams the content to the disk and verifies its digest.
     *
     * @throws ContentException.Corrupt if the content does not match the descriptor; nothing of it is kept
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

    /** Stores bytes whose digest the caller has verified; replaces a damaged file. */
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

    /**
     * Takes the blob from another layout, as a hard link or, if that is impossible, as a copy; returns false if both
     * fail.
     *
     * @param check which the blob's own file must pass to stay
     */
    boolean take(Descriptor blob, LayoutFolder from, BlobCheck check) {
        Path source = from.blob(blob.digest());
        try {
            link(source, blob, check);
            unsynced.add(blob.digest().algorithm());
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // Another file system, too many links, a file of another user: a copy is still possible.
            return copy(source, blob);
        }
    }

    private void link(Path source, Descriptor blob, BlobCheck check) throws IOException {
        Path target = folder.blob(blob.digest());
        try {
            Files.createLink(target, source);
        } catch (FileAlreadyExistsException e) {
            if (!has(blob, check)) {
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
            // The other layout's file is damaged, unreadable or gone; errors of this layout's disk will affect the
            // caller too.
            return false;
        }
    }

    /** Makes the directory entries of written blobs durable, so that no index on the disk names a lost blob. */
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
