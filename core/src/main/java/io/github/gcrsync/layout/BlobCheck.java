package io.github.gcrsync.layout;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a blob's file matches its name: by size, and optionally by digest. Hashes a file once, however many
 * layouts have a hard link to it.
 */
final class BlobCheck {
    private static final int BUFFER = 64 << 10;

    private final boolean hashing;
    private final Map<Seen, Verdict> verdicts = new ConcurrentHashMap<>();

    /** @param hashing whether to verify digests, not only sizes */
    BlobCheck(boolean hashing) {
        this.hashing = hashing;
    }

    /** @param links {@code NOFOLLOW_LINKS} if a symbolic link does not count as the blob's file */
    boolean isWhole(LayoutFolder folder, Descriptor blob, LinkOption... links) {
        Path file = folder.blob(blob.digest());
        try {
            @Nullable
            BasicFileAttributes found =
                    file.getFileSystem().provider().readAttributesIfExists(file, BasicFileAttributes.class, links);
            return found != null
                    && found.isRegularFile()
                    && found.size() == blob.size()
                    && (!hashing || matchesDigest(file, found, blob.digest()));
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", file, e);
        }
    }

    private boolean matchesDigest(Path file, BasicFileAttributes found, Digest digest) throws IOException {
        Object key = Objects.requireNonNullElse(found.fileKey(), file); // Windows has no file keys.
        return verdicts.computeIfAbsent(
                        new Seen(key, found.lastModifiedTime(), found.size(), digest), ignored -> new Verdict())
                .on(file, digest);
    }

    /** The content of one file, under any of its names. */
    private record Seen(Object file, FileTime modified, long size, Digest digest) {}

    private static final class Verdict {
        private @Nullable Boolean whole;

        /** Concurrent callers wait for the thread that reads the file. */
        synchronized boolean on(Path file, Digest digest) throws IOException {
            Boolean known = whole;
            if (known == null) {
                known = digest.matches(hash(file, digest.newHasher()));
                whole = known;
            }
            return known;
        }
    }

    private static byte[] hash(Path file, MessageDigest hasher) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream content = Files.newInputStream(file)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                hasher.update(buffer, 0, count);
            }
        }
        return hasher.digest();
    }
}
