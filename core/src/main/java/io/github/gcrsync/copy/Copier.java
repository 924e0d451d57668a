package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.tasks.OncePer;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.text.Message;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Copies images into one destination store: children first, then the manifest that names them, unchanged, and the tag
 * last. A blob that several images need is transferred once; the other images wait for it and then mount it. One Copier
 * serves one run; it is thread-safe.
 */
public final class Copier {
    /** No tool nests indexes deeper than this; deeper nesting is treated as an attack. */
    static final int DEEPEST = 8;

    private final CopyListener listener;
    private final StopSignal stop;
    private final int blobsInFlight;
    private final Platforms platforms;
    private final Slots slots;
    /** Content that a destination repository has confirmed. */
    private final OncePer<Place> present = new OncePer<>();
    /** Blobs that a repository of the destination has, so that others can mount them. */
    private final OncePer<Digest> arrived = new OncePer<>();

    /** Manifests that an index names but the source lacks, with the source's answer. */
    private final Map<Digest, ContentException> absentAtSource = new ConcurrentHashMap<>();

    private record Place(ImageDestination destination, Digest digest) {}

    /** @param blobsInFlight most blobs transferred at a time, over all images */
    public Copier(int blobsInFlight, StopSignal stop, CopyListener listener) {
        this(CopyOptions.defaults()
                .withBlobsInFlight(blobsInFlight)
                .withStop(stop)
                .withListener(listener));
    }

    public Copier(CopyOptions options) {
        this.blobsInFlight = options.blobsInFlight();
        this.platforms = options.platforms();
        this.slots = new Slots(blobsInFlight);
        this.stop = options.stop();
        this.listener = options.listener();
    }

    /**
     * Copies one image with all its content.
     *
     * @param tagOrDigest what to read at the source; a digest is immune to tags that move during the copy
     * @param mayHaveParts whether the destination repository may already have parts of the image; a repository that is
     *     known to be new is not asked
     * @return the descriptor of the manifest now under the tag; a rewritten index has another digest than the source's
     * @throws CopyException with the side at fault
     * @throws SkippedException if the image is for none of the wanted platforms
     * @throws StoppedException if the run was stopped before the copy finished
     */
    public Descriptor copy(
            ImageSource source, String tagOrDigest, ImageDestination destination, String tag, boolean mayHaveParts) {
        stop.check();
        Manifest root = Sided.atSource(() -> source.manifest(tagOrDigest));
        Choice choice = Sided.atSource(() -> Choice.of(root, source, platforms));
        Digest image = root.descriptor().digest();
        Digest stored = choice.root().descriptor().digest();
        String name = tag.equals(image.value()) ? stored.value() : tag;
        return copyAs(name, choice.root(), new Route(image, choice, source, destination, mayHaveParts), 0);
    }

    private record Route(
            Digest image, Choice choice, ImageSource source, ImageDestination destination, boolean mayHaveParts) {
        Route toNewRepository() {
            return new Route(image, choice, source, destination, false);
        }
    }

    private Descriptor copyAs(String tagOrDigest, Manifest manifest, Route route, int depth) {
        copyChildren(manifest, route, depth);
        stop.check();
        try {
            put(tagOrDigest, manifest, route, depth);
        } catch (CopyException e) {
            if (!(e.reason() instanceof ContentException.Incomplete)) {
                throw e;
            }
            // The destination lost content after confirming it (garbage collection): copy all of it again.
            manifest.children().forEach(child -> {
                present.forget(place(route, child));
                arrived.forget(child.digest());
            });
            copyChildren(manifest, route.toNewRepository(), depth);
            putWhole(tagOrDigest, manifest, route, depth);
        }
        listener.manifestStored(manifest.descriptor());
        return manifest.descriptor();
    }

    private static void put(String tagOrDigest, Manifest manifest, Route route, int depth) {
        Sided.atDestination(() -> {
            if (depth == 0) {
                route.destination().putManifest(tagOrDigest, manifest);
            } else {
                route.destination().putChild(manifest);
            }
        });
    }

    /** Names the reason if the destination accepts only complete indexes. */
    private void putWhole(String tagOrDigest, Manifest manifest, Route route, int depth) {
        try {
            put(tagOrDigest, manifest, route, depth);
        } catch (CopyException e) {
            if (e.reason() instanceof ContentException.Incomplete
                    && route.choice().skipsPartOf(manifest)) {
                throw new CopyException(
                        Side.DESTINATION,
                        new ContentException.Unsupported(Message.of(
                                e.reason().getMessage() + ": this registry accepts only complete indexes",
                                "set index: rewrite, or remove platforms")));
            }
            Optional<ContentException> absent = manifest.children().stream()
                    .flatMap(child -> Optional.ofNullable(absentAtSource.get(child.digest())).stream())
                    .findFirst();
            throw absent.filter(ignored -> e.reason() instanceof ContentException.Incomplete)
                    .map(reason -> new CopyException(Side.SOURCE, reason))
                    .orElse(e);
        }
    }

    private void copyChildren(Manifest manifest, Route route, int depth) {
        if (depth > DEEPEST) {
            throw new CopyException(Side.SOURCE, tooDeep(manifest));
        }
        List<Descriptor> children = toCopy(manifest.children(), route.choice().skipped());
        listener.contentFound(children);
        switch (manifest) {
            case Manifest.Index index ->
                Tasks.forEach(children, blobsInFlight, child -> copyChild(child, route, depth));
            case Manifest.Image image -> Tasks.forEach(children, blobsInFlight, child -> copyBlob(child, route));
        }
    }

    static ContentException tooDeep(Manifest manifest) {
        return new ContentException.Unsupported("indexes are nested more than " + DEEPEST + " levels deep in "
                + manifest.descriptor().digest());
    }

    private void copyChild(Descriptor child, Route route, int depth) {
        if (isManifest(child, route)) {
            Sided.waiting(() -> present.once(place(route, child), () -> copyChildManifest(child, route, depth)));
        } else {
            copyBlob(child, route);
        }
    }

    /**
     * An index may name any content: BuildKit caches name layers. If the media type is not a manifest's, the source is
     * asked: what it resolves as a manifest is copied with its children, everything else is a blob.
     */
    private static boolean isManifest(Descriptor child, Route route) {
        return MediaType.isManifest(child.mediaType())
                || Sided.atSource(() -> exists(child.digest().value(), route.source()::resolve));
    }

    private void copyChildManifest(Descriptor child, Route route, int depth) {
        stop.check();
        String digest = child.digest().value();
        // An index may be sparse, so it does not show that its children exist.
        boolean exists = route.mayHaveParts()
                && !MediaType.isIndex(child.mediaType())
                && Sided.atDestination(() -> exists(digest, route.destination()::resolve));
        if (!exists) {
            readChild(route, child).ifPresent(manifest -> copyAs(digest, manifest, route, depth + 1));
        }
    }

    /**
     * Some registries (Artifactory) deny reading missing content; whether storing it is allowed shows when it is
     * stored.
     */
    private static boolean exists(String digest, Function<String, Optional<Descriptor>> resolve) {
        try {
            return resolve.apply(digest).isPresent();
        } catch (ContentException.Incomplete e) {
            return false;
        } catch (ContentException.Denied e) {
            if (e.areCredentialsRefused()) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Returns empty if the source reports the child as missing twice. An index may be sparse: it stays valid without
     * the platforms that were removed.
     */
    private Optional<Manifest> readChild(Route route, Descriptor child) {
        Manifest known = route.choice().indexes().get(child.digest());
        if (known != null) {
            return Optional.of(known);
        }
        ImageSource source = route.source();
        String digest = child.digest().value();
        return Sided.atSource(() -> {
            try {
                return Optional.of(source.manifest(digest));
            } catch (ContentException.NotFound e) {
                if (source.resolve(digest).isPresent()) {
                    return Optional.of(source.manifest(digest));
                }
                absentAtSource.put(child.digest(), e);
                listener.manifestAbsent(child);
                return Optional.empty();
            }
        });
    }

    private void copyBlob(Descriptor blob, Route route) {
        Sided.waiting(() -> present.once(
                place(route, blob),
                () -> Sided.waiting(() -> arrived.first(blob.digest(), () -> transfer(blob, route)))));
    }

    /** Transfers the blob in a slot. Waiting for another image's transfer of the same blob holds no slot. */
    private void transfer(Descriptor blob, Route route) {
        boolean confirmed = false;
        try (Slots.Slot slot = slot(blob)) {
            listener.blobStarted(blob, route.image());
            stop.check();
            BlobContent content =
                    new SourceContent(Sided.atSource(() -> route.source().blob(blob)), blob, listener, slot, stop);
            BlobArrival arrival = upload(blob, content, route);
            confirmed = true;
            listener.blobArrived(blob, arrival);
        } finally {
            if (!confirmed) {
                listener.blobFailed(blob);
            }
        }
    }

    private Slots.Slot slot(Descriptor blob) {
        try {
            return slots.take(blob.size());
        } catch (InterruptedException e) {
            throw Sided.interrupted();
        }
    }

    /** Retries once from the beginning if the source sent corrupt bytes, which may have been damaged in transit. */
    private static BlobArrival upload(Descriptor blob, BlobContent content, Route route) {
        try {
            return Sided.atDestination(() -> route.destination().ensureBlob(blob, content));
        } catch (CopyException e) {
            if (e.side() != Side.SOURCE || !(e.reason() instanceof ContentException.Corrupt)) {
                throw e;
            }
            return Sided.atDestination(() -> route.destination().ensureBlob(blob, content));
        }
    }

    /** Removes duplicates and foreign layers; sorts small content first, which unblocks other work soonest. */
    private static List<Descriptor> toCopy(List<Descriptor> children, Set<Digest> skipped) {
        Map<Digest, Descriptor> byDigest = new HashMap<>();
        children.forEach(child -> byDigest.putIfAbsent(child.digest(), child));
        return byDigest.values().stream()
                .filter(child -> !MediaType.isForeign(child.mediaType()) && !skipped.contains(child.digest()))
                .sorted(Comparator.comparingLong(Descriptor::size).thenComparing(Descriptor::digest))
                .toList();
    }

    private static Place place(Route route, Descriptor content) {
        return new Place(route.destination(), content.digest());
    }
}
