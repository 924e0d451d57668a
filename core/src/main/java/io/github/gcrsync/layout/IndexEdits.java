package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ManifestKind;
import java.util.List;
import java.util.Optional;

/** Changes of tags in an {@code index.json}. A manifest that must be found keeps an entry when it loses its last tag. */
final class IndexEdits {
    private final ManifestFiles manifests;

    IndexEdits(ManifestFiles manifests) {
        this.manifests = manifests;
    }

    void add(Index.Draft draft, Descriptor descriptor) {
        if (!draft.holds(descriptor.digest())) {
            draft.put(IndexEntry.untagged(descriptor));
        }
    }

    void tag(Index.Draft draft, String tag, Descriptor descriptor) {
        Optional<IndexEntry> before = draft.named(tag);
        if (before.isPresent() && before.get().digest().equals(Optional.of(descriptor.digest()))) {
            if (before.get().descriptor().mediaType().equals(descriptor.mediaType())) {
                return;
            }
        }
        draft.put(IndexEntry.tagged(tag, descriptor));
        before.ifPresent(old -> keep(draft, old));
    }

    /** Removes the entries with this name; if there are none, those whose name has this tag. */
    void untag(Index.Draft draft, String tag) {
        List<IndexEntry> removed = draft.remove(entry -> entry.name().equals(Optional.of(tag)));
        if (removed.isEmpty()) {
            removed = draft.remove(entry -> entry.name().map(Index::tagOf).equals(Optional.of(tag)));
        }
        removed.forEach(old -> keep(draft, old));
    }

    /** A signature that loses its tag still refers to its subject. */
    private void keep(Index.Draft draft, IndexEntry old) {
        if (old.digest().isPresent() && !draft.holds(old.digest().get()) && needsEntry(old)) {
            draft.put(IndexEntry.untagged(old.descriptor()));
        }
    }

    /** Whether an untagged manifest needs an entry, to be found as a referrer or to keep its media type. */
    static boolean needsEntry(Manifest manifest) {
        return manifest.subject().isPresent()
                || !ManifestKind.of(manifest.content().toArray())
                        .equals(Optional.of(manifest.descriptor().mediaType()));
    }

    private boolean needsEntry(IndexEntry entry) {
        try {
            return needsEntry(manifests.read(entry.descriptor()));
        } catch (ContentException e) {
            // Damaged or missing: its entry is useless.
            return false;
        }
    }
}
