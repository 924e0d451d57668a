package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes the blobs of one layout that no entry of its index leads to. Does not touch symbolic links and files whose
 * name is not a digest. Referrers need no search: each has an entry, as {@link Subjects} requires.
 *
 * <p>Another process may copy to the layout at the same time: its blobs are unused until its manifest has an entry. It
 * therefore looks for them after it made the entry ({@link ImageTrees#requireStill}), and copies them again.
 */
final class UnusedBlobs {
    /** The same limit as for copies. */
    private static final int DEEPEST = 8;

    private static final String NOTE = LayoutFolder.ABSENCE_NOTE;

    private final LayoutFolder folder;
    private final ManifestFiles manifests;
    private final Set<Digest> kept = new HashSet<>();
    private final Set<Digest> read = new HashSet<>();

    UnusedBlobs(LayoutFolder folder, ManifestFiles manifests) {
        this.folder = folder;
        this.manifests = manifests;
    }

    /**
     * Keeps everything that the entries lead to.
     *
     * @throws ContentException if a manifest cannot be read: nobody knows which blobs it needs
     */
    void keep(Index index) {
        for (IndexEntry entry : index.entries()) {
            try {
                keepManifest(entry.descriptor(), 0);
            } catch (InvalidManifestException e) {
                throw unknown("an entry of " + folder.index() + " is invalid: " + e.getMessage());
            }
        }
    }

    private void keepManifest(Descriptor descriptor, int depth) {
        Digest digest = descriptor.digest();
        kept.add(digest);
        if (folder.isAbsentOnPurpose(digest) || !read.add(digest)) {
            return;
        }
        if (depth > DEEPEST) {
            throw unknown(folder.placeOf(digest) + " is nested more than " + DEEPEST + " levels deep");
        }
        Manifest manifest = read(descriptor);
        for (Descriptor child : manifest.children()) {
            if (MediaType.isManifest(child.mediaType())) {
                keepManifest(child, depth + 1);
            } else {
                kept.add(child.digest());
                if (manifest instanceof Manifest.Index) {
                    // An index may name a manifest by another type.
                    Optional<Descriptor> found = manifests.describe(child.digest());
                    found.ifPresent(known -> keepManifest(known, depth + 1));
                }
            }
        }
    }

    private Manifest read(Descriptor descriptor) {
        try {
            return manifests.read(descriptor);
        } catch (ContentException.NotFound | ContentException.Corrupt | ContentException.Unsupported e) {
            throw unknown(String.valueOf(e.getMessage()));
        }
    }

    private static ContentException unknown(String why) {
        return new ContentException.Incomplete(Message.of(
                why + "; no blob was deleted, because this manifest may need it",
                "copy this image again, or delete it"));
    }

    /** Deletes all other blobs; returns the freed bytes. A blob that other layouts share frees none. */
    long delete() {
        long freed = 0;
        for (String algorithm : List.of("sha256", "sha512")) {
            freed += deleteFrom(algorithm);
        }
        deleteNotes();
        return freed;
    }

    private long deleteFrom(String algorithm) {
        Path blobs = folder.blobs(algorithm);
        long freed = 0;
        boolean isChanged = false;
        try {
            for (Path file : files(blobs, "*")) {
                if (isUnused(algorithm + ":" + file.getFileName()) && isFile(file)) {
                    long size = freedBy(file);
                    Files.delete(file);
                    freed += size;
                    isChanged = true;
                }
            }
            if (isChanged) {
                TempFile.syncFolder(blobs);
            }
            return freed;
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot delete from", blobs, e);
        }
    }

    private static List<Path> files(Path folder, String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            files.forEach(found::add);
        } catch (DirectoryIteratorException e) {
            throw new IOException(e.getMessage(), e);
        }
        return found;
    }

    private boolean isUnused(String digest) {
        return Digest.parse(digest).filter(each -> !kept.contains(each)).isPresent();
    }

    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static long freedBy(Path file) throws IOException {
        long size = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .size();
        return links(file) == 1 ? size : 0;
    }

    private static int links(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer links
                    ? links
                    : 1;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 1; // Windows.
        }
    }

    /** Deletes notes about manifests that no index names any more. */
    private void deleteNotes() {
        try {
            for (Path note : files(folder.work(), NOTE + "*")) {
                String name = note.getFileName().toString().substring(NOTE.length());
                if (isUnused(name.replaceFirst("-", ":"))) {
                    Files.deleteIfExists(note);
                }
            }
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot delete from", folder.work(), e);
        }
    }
}
