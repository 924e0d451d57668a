package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.TaggedArtifact;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.tasks.Turns;
import io.github.gcrsync.text.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Copies manifests with all their content: children first, then the manifest that names them. */
final class ManifestCopies {
    /** No tool nests indexes deeper than this; deeper nesting is treated as an attack. */
    static final int DEEPEST = 8;

    private static final int MOST_KEPT = 256;
    /** Manifests of images have a few kilobytes; a larger one is read again. */
    private static final int LONGEST_KEPT = 16 << 10;

    /** Content that indexes of a source repository name. */
    private record Child(ImageSource source, Digest digest) {}

    private final CopyOptions options;
    private final StopSignal stop;
    private final Presence presence;
    private final BlobCopies blobs;
    /** One image at a time copies a manifest that indexes name to a repository. */
    private final Turns<Presence.Place> turns = new Turns<>();

    private final Turns<Child> reading = new Turns<>();
    /** What images of other destinations need soon: reading a manifest may count as a pull. */
    private final Map<Child, Manifest> latest = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Child, Manifest> eldest) {
            return size() > MOST_KEPT;
        }
    });

    /** Manifests that an index names but the source lacks, with the source's answer. */
    private final Map<Digest, ContentException> absentAtSource = new ConcurrentHashMap<>();

    ManifestCopies(CopyOptions options, Presence presence) {
        this.options = options;
        this.stop = options.stop();
        this.presence = presence;
        this.blobs = new BlobCopies(options, presence);
    }

    /** Manifests that an index names but the source lacks. */
    Set<Digest> absentAtSource() {
        return absentAtSource.keySet();
    }

    static ContentException tooDeep(Manifest manifest) {
        return new ContentException.Unsupported("indexes are nested more than " + DEEPEST + " levels deep in "
                + manifest.descriptor().digest());
    }

    /** @param depth 0 for a manifest that is stored under the name of the target, otherwise under its digest */
    void copyAs(Manifest manifest, Group group, int depth) {
        copyChildren(manifest, group, depth);
        stop.check();
        group.each(target -> store(manifest, target, group, depth));
    }

    /**
     * Copies an artifact of cosign under its tag to the targets where it lacks layers. It collects the signatures of all
     * signers, so layers that only a target has end the copy to that target.
     */
    void copyTagged(Manifest manifest, String tag, Group group) {
        Set<CopyTarget> complete = ConcurrentHashMap.newKeySet();
        group.withParts().each(target -> {
            if (Sided.atDestination(() -> TaggedArtifact.isAt(target.destination(), tag, manifest))) {
                complete.add(target);
            }
        });
        Group lacking = group.without(complete);
        if (!lacking.isEmpty()) {
            copyAs(manifest, lacking, 0);
        }
        if (options.repair().isPresent() && !complete.isEmpty()) {
            // The tag may have more signatures, which others have added: it stays, and only lost content is sent.
            copyChildren(manifest, group.without(Set.copyOf(lacking.active())), 0);
        }
    }

    private void store(Manifest manifest, CopyTarget target, Group group, int depth) {
        Image image = group.image();
        try {
            put(manifest, target, image, depth);
        } catch (CopyException e) {
            if (!(e.reason() instanceof ContentException.Incomplete)) {
                throw e;
            }
            // The destination lost content after confirming it (garbage collection): copy all of it again.
            manifest.children().forEach(child -> presence.forget(target, child.digest()));
            copyChildren(manifest, group.anew(target), depth);
            putWhole(manifest, target, image, depth);
        }
        target.listener().manifestStored(manifest.descriptor());
    }

    private static void put(Manifest manifest, CopyTarget target, Image image, int depth) {
        Sided.atDestination(() -> {
            if (depth == 0) {
                target.destination().putManifest(image.nameAt(target), manifest);
            } else {
                target.destination().putChild(manifest);
            }
        });
    }

    /** Names the reason if the destination accepts only complete indexes. */
    private void putWhole(Manifest manifest, CopyTarget target, Image image, int depth) {
        try {
            put(manifest, target, image, depth);
        } catch (CopyException e) {
            if (e.reason() instanceof ContentException.Incomplete
                    && image.choice().skipsPartOf(manifest)) {
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

    private void copyChildren(Manifest manifest, Group group, int depth) {
        if (depth > DEEPEST) {
            throw new CopyException(Side.SOURCE, tooDeep(manifest));
        }
        List<Descriptor> children =
                toCopy(manifest.children(), group.image().choice().skipped());
        group.active().forEach(target -> target.listener().contentFound(children));
        Tasks.forEach(
                children,
                options.blobsInFlight(),
                child -> group.run(() -> {
                    switch (manifest) {
                        case Manifest.Index index -> copyChild(child, group, depth);
                        case Manifest.Image image -> blobs.copy(child, group);
                    }
                }));
    }

    /** Copies a child of a manifest at this depth to the targets that lack it. */
    void copyChild(Descriptor child, Group group, int depth) {
        if (!isManifest(child, group.image().source())) {
            blobs.copy(child, group);
            return;
        }
        boolean isCopied = false;
        while (!isCopied) {
            // Other threads may confirm the child, or end a target, at any time.
            Group lacking = group.lacking(child.digest(), presence);
            List<CopyTarget> targets = lacking.active();
            if (targets.isEmpty()) {
                return;
            }
            isCopied = Sided.waitingFor(() -> turns.runOrAwait(
                    Presence.Place.of(targets.getFirst(), child.digest()),
                    () -> lacking.places(child.digest()),
                    options.patience(),
                    () -> copyChildManifest(child, group, depth)));
        }
    }

    /**
     * An index may name any content: BuildKit caches name layers. If the media type is not a manifest's, the source is
     * asked: what it resolves as a manifest is copied with its children, everything else is a blob.
     */
    private static boolean isManifest(Descriptor child, ImageSource source) {
        return MediaType.isManifest(child.mediaType())
                || Sided.atSource(() -> exists(child.digest().value(), source::resolve));
    }

    private void copyChildManifest(Descriptor child, Group group, int depth) {
        stop.check();
        Digest digest = child.digest();
        // An index may be sparse, so it does not show that its children exist.
        if (!MediaType.isIndex(child.mediaType()) && options.repair().isEmpty()) {
            group.lacking(digest, presence).withParts().each(target -> {
                if (Sided.atDestination(() -> exists(digest.value(), target.destination()::resolve))) {
                    presence.confirm(target, digest);
                }
            });
        }
        Group lacking = group.lacking(digest, presence);
        if (!lacking.isEmpty()) {
            readChild(lacking, child).ifPresent(manifest -> copyAs(manifest, lacking, depth + 1));
            lacking.active().forEach(target -> presence.confirm(target, digest));
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

    /** Reads a manifest once, also for images that lack it at other destinations. */
    private Optional<Manifest> readChild(Group group, Descriptor child) {
        Manifest known = group.image().choice().indexes().get(child.digest());
        if (known != null) {
            return Optional.of(known);
        }
        Child key = new Child(group.image().source(), child.digest());
        List<Manifest> found = new ArrayList<>();
        boolean isRead = false;
        while (!isRead) {
            isRead = Sided.waitingFor(() -> reading.runOrAwait(key, () -> {
                Manifest kept = latest.get(key);
                Optional<Manifest> manifest = kept == null ? read(group, child) : Optional.of(kept);
                manifest.ifPresent(found::add);
                manifest.filter(read -> read.descriptor().size() <= LONGEST_KEPT)
                        .ifPresent(read -> latest.put(key, read));
            }));
        }
        return found.stream().findFirst();
    }

    /**
     * Returns empty if the source reports the child as missing twice. An index may be sparse: it stays valid without
     * the platforms that were removed.
     */
    private Optional<Manifest> read(Group group, Descriptor child) {
        ImageSource source = group.image().source();
        String digest = child.digest().value();
        return Sided.atSource(() -> {
            try {
                return Optional.of(source.manifest(digest));
            } catch (ContentException.NotFound e) {
                if (source.resolve(digest).isPresent()) {
                    return Optional.of(source.manifest(digest));
                }
                absentAtSource.put(child.digest(), e);
                group.active().forEach(target -> target.listener().manifestAbsent(child));
                return Optional.empty();
            }
        });
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
}
