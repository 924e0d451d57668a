package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checks whether a layout contains all content of an image. Content found once is not checked again by the same object,
 * because images of a repository share most of it.
 */
final class ImageTrees {
    /** The same limit as for copies. */
    private static final int DEEPEST = 8;

    private final LayoutFolder folder;
    private final ManifestFiles manifests;
    private final BlobCheck check;
    private final Set<Digest> whole = ConcurrentHashMap.newKeySet();
    /** Manifests that this process stored or found: the source has them, even if another process deletes them here. */
    private final Set<Digest> known = ConcurrentHashMap.newKeySet();

    ImageTrees(LayoutFolder folder, ManifestFiles manifests, BlobCheck check) {
        this.folder = folder;
        this.manifests = manifests;
        this.check = check;
    }

    /**
     * @throws ContentException.Incomplete if content of the image is missing or damaged; names the first such content
     */
    void requireWhole(Descriptor manifest) {
        requireManifest(manifest, 0);
    }

    /**
     * Like {@link #requireWhole}, for a manifest that was just stored: another process may have deleted its blobs as
     * unused before. Looks at every file again, but only at its size.
     */
    void requireStill(Descriptor manifest) {
        new ImageTrees(folder, manifests, new BlobCheck(false)).requireWhole(manifest);
    }

    void noteKnown(Digest manifest) {
        known.add(manifest);
    }

    /** Checks everything again from now on, because content may have been deleted. */
    void forget() {
        whole.clear();
        known.clear();
    }

    private void requireManifest(Descriptor descriptor, int depth) {
        if (whole.contains(descriptor.digest())) {
            return;
        }
        if (depth > DEEPEST) {
            throw folder.incomplete(descriptor.digest(), " is nested more than " + DEEPEST + " levels deep");
        }
        for (Descriptor child : read(descriptor).children()) {
            if (MediaType.isManifest(child.mediaType())) {
                if (!folder.isAbsentOnPurpose(child.digest())) {
                    requireManifest(child, depth + 1);
                }
            } else if (!MediaType.isForeign(child.mediaType())) {
                requireBlob(child);
            }
        }
        whole.add(descriptor.digest());
    }

    private void requireBlob(Descriptor blob) {
        if (!whole.contains(blob.digest())) {
            if (!check.isWhole(folder, blob)) {
                throw damaged(blob);
            }
            whole.add(blob.digest());
        }
    }

    private Manifest read(Descriptor descriptor) {
        try {
            return manifests.read(descriptor);
        } catch (ContentException.NotFound | ContentException.Corrupt e) {
            throw damaged(descriptor);
        }
    }

    private ContentException damaged(Descriptor content) {
        return folder.incomplete(content.digest(), " is missing or damaged");
    }

    /**
     * Records which manifests of a stored index the layout lacks. Children are stored or found first, so the source lacks
     * these manifests too, and later checks must not report them as missing.
     */
    void noteAbsent(Manifest.Index index) {
        for (Descriptor child : index.manifests()) {
            Digest digest = child.digest();
            if (MediaType.isManifest(child.mediaType())) {
                note(folder.absenceNote(digest), known.contains(digest) || Files.exists(folder.blob(digest)));
            }
        }
    }

    private static void note(Path note, boolean isAtSource) {
        try {
            if (isAtSource) {
                Files.deleteIfExists(note);
            } else {
                Files.createFile(note);
            }
        } catch (FileAlreadyExistsException e) {
            // Already recorded for another index.
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot write", note, e);
        }
    }
}
