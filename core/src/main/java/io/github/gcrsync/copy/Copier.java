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
import io.github.gcrsync.tasks.OncePer;
import io.github.gcrsync.tasks.Tasks;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Copies images into one destination store: children first, then the manifest that names them, the same bytes, and the
 * tag last. A blob that several images need is transferred for the first one; the others wait for it and then take it
 * by mount. One Copier serves one run; it may be used by many threads.
 */
public final class Copier {
    /** Nesting of indexes that no tool produces; beyond it somebody is playing. */
    private static final int DEEPEST = 8;

    private final CopyListener listener;
    private final StopSignal stop;
    private final int blobsInFlight;
    private final Slots slots;
    /** Content that is in a destination repository for certain. */
    private final OncePer<Place> present = new OncePer<>();
    /** Blobs that some repository of the destination has, so that the others can mount them. */
    private final OncePer<Digest> arrived = new OncePer<>();

    /** Manifests that an index names and the source does not have, with what it said. */
    private final Map<Digest, ContentException> absentAtSource = new ConcurrentHashMap<>();

    private record Place(ImageDestination destination, Digest digest) {}

    /** @param blobsInFlight blobs transferred at a time, over all images */
    public Copier(int blobsInFlight, StopSignal stop, CopyListener listener) {
        this.blobsInFlight = blobsInFlight;
        this.slots = new Slots(blobsInFlight);
        this.stop = stop;
        this.listener = listener;
    }

    /**
     * Copies one image with everything it consists of.
     *
     * @param tagOrDigest what to read at the source; a digest makes sure that a tag that moves meanwhile changes nothing
     * @param mayHaveParts whether the destination repository may hold parts of the image already; where it is known to
     *     be new, it is not asked
     * @return the descriptor of what now stands under the tag
     * @throws CopyException with the side at fault
     * @throws StoppedException if the stop signal came before the end
     */
    public Descriptor copy(
            ImageSource source, String tagOrDigest, ImageDestination destination, String tag, boolean mayHaveParts) {
        stop.check();
        Manifest root = atSource(() -> source.manifest(tagOrDigest));
        Digest image = root.descriptor().digest();
        return copyAs(tag, root, new Route(image, source, destination, mayHaveParts), 0);
    }

    private record Route(Digest image, ImageSource source, ImageDestination destination, boolean mayHaveParts) {}

    private Descriptor copyAs(String tagOrDigest, Manifest manifest, Route route, int depth) {
        copyChildren(manifest, route, depth);
        stop.check();
        try {
            atDestination(() -> route.destination().putManifest(tagOrDigest, manifest));
        } catch (CopyException e) {
            if (!(e.reason() instanceof ContentException.Incomplete)) {
                throw e;
            }
            // The destination has lost content since it confirmed it (garbage collection): once more, all of it.
            manifest.children().forEach(child -> {
                present.forget(place(route, child));
                arrived.forget(child.digest());
            });
            copyChildren(manifest, new Route(route.image(), route.source(), route.destination(), false), depth);
            putWhole(tagOrDigest, manifest, route);
        }
        listener.manifestStored(manifest.descriptor());
        return manifest.descriptor();
    }

    /** A destination that takes only whole indexes is not at fault for what the source does not have. */
    private void putWhole(String tagOrDigest, Manifest manifest, Route route) {
        try {
            atDestination(() -> route.destination().putManifest(tagOrDigest, manifest));
        } catch (CopyException e) {
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
            throw new CopyException(
                    Side.SOURCE,
                    new ContentException.Unsupported("indexes are nested more than " + DEEPEST + " levels deep in "
                            + manifest.descriptor().digest()));
        }
        List<Descriptor> children = toCopy(manifest.children());
        listener.contentFound(children);
        switch (manifest) {
            case Manifest.Index index ->
                Tasks.forEach(children, blobsInFlight, child -> copyChild(child, route, depth));
            case Manifest.Image image -> Tasks.forEach(children, blobsInFlight, child -> copyBlob(child, route));
        }
    }

    private void copyChild(Descriptor child, Route route, int depth) {
        if (isManifest(child, route)) {
            waiting(() -> present.once(place(route, child), () -> copyChildManifest(child, route, depth)));
        } else {
            copyBlob(child, route);
        }
    }

    /**
     * An index may name anything: BuildKit's caches name layers in it. Where the type names no manifest, the source knows
     * whether it is one, which then is copied with all that it names; whatever else it has is a blob.
     */
    private static boolean isManifest(Descriptor child, Route route) {
        return MediaType.isManifest(child.mediaType())
                || atSource(() -> isThere(child.digest().value(), route.source()::resolve));
    }

    private void copyChildManifest(Descriptor child, Route route, int depth) {
        stop.check();
        String digest = child.digest().value();
        boolean there = route.mayHaveParts() && atDestination(() -> isThere(digest, route.destination()::resolve));
        if (!there) {
            childOf(route.source(), child).ifPresent(manifest -> copyAs(digest, manifest, route, depth + 1));
        }
    }

    /** Some registries (Artifactory) forbid to look at what is not there; whether it may be stored is said when it is. */
    private static boolean isThere(String digest, Function<String, Optional<Descriptor>> resolve) {
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
     * Empty where the source says twice that it does not have it. An index may be sparse, and stays what it is without
     * the platforms that somebody left out.
     */
    private Optional<Manifest> childOf(ImageSource source, Descriptor child) {
        String digest = child.digest().value();
        return atSource(() -> {
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
        waiting(() -> present.once(
                place(route, blob), () -> waiting(() -> arrived.first(blob.digest(), () -> transfer(blob, route)))));
    }

    /** Waiting for another image's transfer of the same blob holds no slot; only the transfer itself does. */
    private void transfer(Descriptor blob, Route route) {
        boolean confirmed = false;
        try (Slots.Slot slot = slot(blob)) {
            listener.blobStarted(blob, route.image());
            stop.check();
            BlobContent content =
                    new SourceContent(atSource(() -> route.source().blob(blob)), blob, listener, slot, stop);
            BlobArrival arrival = sent(blob, content, route);
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
            throw interrupted();
        }
    }

    /** Once more from scratch where the source gave other bytes: what was damaged on its way is whole again. */
    private static BlobArrival sent(Descriptor blob, BlobContent content, Route route) {
        try {
            return atDestination(() -> route.destination().ensureBlob(blob, content));
        } catch (CopyException e) {
            if (e.side() != Side.SOURCE || !(e.reason() instanceof ContentException.Corrupt)) {
                throw e;
            }
            return atDestination(() -> route.destination().ensureBlob(blob, content));
        }
    }

    /** Each content once, without layers that lie elsewhere; the small ones first: they free the rest of the work soonest. */
    private static List<Descriptor> toCopy(List<Descriptor> children) {
        Map<Digest, Descriptor> byDigest = new HashMap<>();
        children.forEach(child -> byDigest.putIfAbsent(child.digest(), child));
        return byDigest.values().stream()
                .filter(child -> !MediaType.isForeign(child.mediaType()))
                .sorted(Comparator.comparingLong(Descriptor::size).thenComparing(Descriptor::digest))
                .toList();
    }

    private static Place place(Route route, Descriptor content) {
        return new Place(route.destination(), content.digest());
    }

    @FunctionalInterface
    interface Waiting {
        void run() throws InterruptedException;
    }

    static void waiting(Waiting action) {
        try {
            action.run();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static StoppedException interrupted() {
        Thread.currentThread().interrupt();
        return new StoppedException();
    }

    private static <R> R atSource(Supplier<R> call) {
        return at(Side.SOURCE, call);
    }

    private static <R> R atDestination(Supplier<R> call) {
        return at(Side.DESTINATION, call);
    }

    private static void atDestination(Runnable call) {
        at(Side.DESTINATION, () -> {
            call.run();
            return true;
        });
    }

    private static <R> R at(Side side, Supplier<R> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            // A mistake of our own too, but for what is meant, as StoppedException: it must not end the copying of all
            // others.
            throw new CopyException(side, ContentException.of(e));
        }
    }
}
