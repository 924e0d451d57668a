package io.github.gcrsync.layout;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** One image layout as a repository: tags are the reference names in its {@code index.json}. */
final class LayoutRepository implements Repository {
    private final LayoutFolder folder;
    private final SharedBlobs shared;
    private final BlobFiles blobs;
    private final ManifestFiles manifests;
    private final ImageTrees trees;
    private final Subjects subjects;
    private final IndexFile index;
    private final IndexEdits edits;
    private final BlobCheck check;
    private final Set<Digest> distrusted = ConcurrentHashMap.newKeySet();
    private volatile boolean created;

    LayoutRepository(LayoutFolder folder, SharedBlobs shared, BlobCheck check) {
        this.folder = folder;
        this.shared = shared;
        this.check = check;
        this.blobs = new BlobFiles(folder);
        this.manifests = new ManifestFiles(folder);
        this.trees = new ImageTrees(folder, manifests, check);
        this.subjects = new Subjects(manifests, folder.isSource());
        this.index = new IndexFile(folder, blobs);
        this.edits = new IndexEdits(manifests);
    }

    @Override
    public Optional<Descriptor> resolve(String tagOrDigest) {
        Optional<Descriptor> found =
                entry(tagOrDigest).filter(manifest -> folder.isSource() || blobs.isWhole(manifest));
        found.ifPresent(manifest -> {
            folder.requireMarker();
            trees.requireWhole(manifest);
            trees.noteKnown(manifest.digest());
        });
        return found;
    }

    @Override
    public Manifest manifest(String tagOrDigest) {
        Optional<Descriptor> found = entry(tagOrDigest);
        if (found.isEmpty() && Digest.isValid(tagOrDigest)) {
            Digest digest = new Digest(tagOrDigest);
            // A blob, or a damaged manifest: reading it yields the right exception.
            manifests.whole(new Descriptor("", digest, blobs.sizeOf(digest)));
        }
        return manifests.read(found.orElseThrow(() -> new ContentException.NotFound(
                folder.placeOf(Printable.shortened(tagOrDigest)) + ": no such manifest")));
    }

    @Override
    public BlobContent blob(Descriptor blob) {
        return offset -> {
            InputStream content = blobs.open(blob);
            content.skip(offset);
            return content;
        };
    }

    /** Verifies the file of a manifest, also of an unknown kind. */
    void verify(Descriptor manifest) {
        manifests.whole(manifest);
    }

    /** The entries of its index. */
    Index entries() {
        return index.read();
    }

    /** The tags with the digests of their entries, sorted; does not look at the images. */
    List<ListedTag> listedTags() {
        Index entries = index.read();
        return entries.tags()
                .sorted()
                .map(tag -> new ListedTag(tag, entries.named(tag).flatMap(IndexEntry::digest)))
                .toList();
    }

    @Override
    public Stream<String> tags() {
        return index.read().tags().sorted();
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return subjects.referrers(index.read(), subject);
    }

    @Override
    public boolean hasBlob(Descriptor blob) {
        return blobs.isWhole(blob);
    }

    @Override
    public BlobArrival ensureBlob(Descriptor blob, BlobContent content) {
        make();
        BlobArrival arrival = arrival(blob, content);
        distrusted.remove(blob.digest());
        shared.remember(blob, folder);
        return arrival;
    }

    /** The next {@link #ensureBlob} trusts only a file with the right digest, here and in other layouts. */
    @Override
    public void distrust(Digest blob) {
        distrusted.add(blob);
    }

    @Override
    public Optional<RepositoryName> name() {
        return folder.name();
    }

    @Override
    public void noteBlob(Descriptor blob, RepositoryName from) {
        shared.remember(blob, folder.beside(from));
    }

    private BlobArrival arrival(Descriptor blob, BlobContent content) {
        // A new check, because a disk can damage a file without a trace in its attributes.
        BlobCheck by = distrusted.contains(blob.digest()) ? new BlobCheck(true) : check;
        if (blobs.has(blob, by)) {
            return BlobArrival.ALREADY_THERE;
        }
        Optional<LayoutFolder> neighbour = shared.find(blob, folder, by);
        if (neighbour.isPresent() && blobs.take(blob, neighbour.get(), by)) {
            return BlobArrival.MOUNTED;
        }
        content.awaitTurn();
        blobs.write(blob, content);
        return BlobArrival.UPLOADED;
    }

    /** An image without a tag has an entry without a name, so that other tools find it and keep its content. */
    @Override
    public void putManifest(String tagOrDigest, Manifest manifest) {
        Descriptor descriptor = manifest.descriptor();
        write(tagOrDigest, manifest);
        if (Tag.isValid(tagOrDigest)) {
            index.change(draft -> edits.tag(draft, tagOrDigest, descriptor));
        } else {
            index.change(draft -> edits.add(draft, descriptor));
        }
        trees.requireStill(descriptor);
    }

    @Override
    public void putChild(Manifest manifest) {
        write(manifest.descriptor().digest().value(), manifest);
        if (IndexEdits.needsEntry(manifest)) {
            index.change(draft -> edits.add(draft, manifest.descriptor()));
        }
        trees.requireStill(manifest.descriptor());
    }

    /** Other tools find the referrers only of manifests with an entry; a child of an index has none. */
    @Override
    public void listReferrers(Digest subject, List<Descriptor> referrers, Optional<Manifest> atSource) {
        manifests.describe(subject).ifPresent(found -> index.change(draft -> edits.add(draft, found)));
    }

    /** The file of its manifest stays until {@link #deleteUnusedBlobs}. */
    @Override
    public boolean deleteTag(String tag) {
        if (index.read().named(Tag.checked(tag)).isPresent()) {
            make();
            index.change(draft -> edits.untag(draft, tag));
        }
        return true;
    }

    /** Its file stays until {@link #deleteUnusedBlobs}. */
    @Override
    public boolean deleteManifest(Digest manifest) {
        Index entries = index.read();
        if (entries.of(manifest).isPresent()) {
            requireOnlyTags(entries, manifest);
            make();
            index.change(draft -> draft.remove(entry -> entry.digest().equals(Optional.of(manifest))));
        }
        return true;
    }

    /** Another tool gave these names, and finds the image by them. */
    private void requireOnlyTags(Index entries, Digest manifest) {
        List<String> others = entries.unreachable(manifest);
        if (!others.isEmpty()) {
            throw new ContentException.Unsupported(Message.of(
                    folder.placeOf(manifest) + " is not deleted: index.json also names it " + String.join(", ", others)
                            + ", which is no tag here",
                    "delete this entry with the tool that made it"));
        }
    }

    @Override
    public long deleteUnusedBlobs() {
        if (!LayoutFolder.isLayout(folder.path())) {
            return 0;
        }
        make();
        UnusedBlobs unused = new UnusedBlobs(folder, manifests);
        // Reading the manifests of a large layout takes long: other processes wait only for those added meanwhile.
        unused.keep(index.read());
        return index.whileUnchanged(latest -> {
            unused.keep(latest);
            try {
                return unused.delete();
            } finally {
                trees.forget();
            }
        });
    }

    private void write(String tagOrDigest, Manifest manifest) {
        byte[] content = manifest.content().toArray();
        check(tagOrDigest, manifest.descriptor(), content);
        make();
        blobs.write(manifest.descriptor().digest(), content);
        trees.noteKnown(manifest.descriptor().digest());
        if (manifest instanceof Manifest.Index parts) {
            trees.noteAbsent(parts);
        }
    }

    private void check(String tagOrDigest, Descriptor descriptor, byte[] content) {
        String place = folder.placeOf(Printable.shortened(tagOrDigest));
        Digest digest = descriptor.digest();
        if (content.length != descriptor.size()
                || !digest.ofSameAlgorithm(content).equals(digest)) {
            throw new ContentException.Corrupt(place + ": the manifest's bytes do not match " + digest);
        }
        if (content.length > ManifestFiles.LONGEST) {
            throw new ContentException.Unsupported(
                    place + ": a manifest of more than " + (ManifestFiles.LONGEST >> 20) + " MiB");
        }
        if (Digest.isValid(tagOrDigest) ? !digest.value().equals(tagOrDigest) : !Tag.isValid(tagOrDigest)) {
            throw new ContentException.Unsupported(place + ": neither a tag nor the manifest's digest " + digest);
        }
    }

    /**
     * Looks the tag or digest up in the index, then a digest among the files; does not check whether it is complete.
     */
    Optional<Descriptor> entry(String tagOrDigest) {
        Index entries = index.read();
        Optional<IndexEntry> entry =
                Digest.isValid(tagOrDigest) ? entries.of(new Digest(tagOrDigest)) : entries.named(tagOrDigest);
        if (entry.isEmpty()) {
            return Digest.isValid(tagOrDigest) ? manifests.describe(new Digest(tagOrDigest)) : Optional.empty();
        }
        try {
            Descriptor descriptor = entry.get().descriptor();
            return descriptor.mediaType().isEmpty() ? manifests.describe(descriptor.digest()) : Optional.of(descriptor);
        } catch (InvalidManifestException e) {
            throw new ContentException.Unsupported(
                    folder.placeOf(Printable.shortened(tagOrDigest)) + ": the entry in index.json: " + e.getMessage());
        }
    }

    /** Writes the marker after the index: a folder with a marker is a layout. */
    private void make() {
        if (!created) {
            folder.make();
            if (!LayoutFolder.isMarked(folder.path())) {
                index.change(draft -> {});
                folder.mark();
            }
            created = true;
        }
    }
}
