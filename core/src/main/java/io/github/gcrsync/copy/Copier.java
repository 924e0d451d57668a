package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Copies images: children first, then the manifest that names them, unchanged, and the tag last; then the referrers, if
 * they are wanted. A blob that several images need is transferred once to each destination store; the other images wait
 * for it and then mount it. What several targets of an image need is read once. One Copier serves one run; it is
 * thread-safe.
 */
public final class Copier {
    private final CopyOptions options;
    private final StopSignal stop;
    private final Presence presence;
    private final ManifestCopies manifests;
    private final ReferrerCopies referrers;

    /** @param blobsInFlight most blobs transferred at a time, over all images */
    public Copier(int blobsInFlight, StopSignal stop, CopyListener listener) {
        this(CopyOptions.defaults()
                .withBlobsInFlight(blobsInFlight)
                .withStop(stop)
                .withListener(listener));
    }

    public Copier(CopyOptions options) {
        this(options, new Presence());
    }

    private Copier(CopyOptions options, Presence presence) {
        this.options = options;
        this.stop = options.stop();
        this.presence = presence;
        this.manifests = new ManifestCopies(options, presence);
        this.referrers = new ReferrerCopies(options, presence, manifests);
    }

    /**
     * Returns a copier for targets that are behind. It knows what this one has copied; neither waits for the other.
     *
     * @param blobsInFlight most blobs transferred at a time
     */
    public Copier apart(int blobsInFlight) {
        return new Copier(options.withBlobsInFlight(blobsInFlight), presence);
    }

    /**
     * Copies one image with all its content. What became of its referrers is reported to the listener.
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
        CopyTarget target = new CopyTarget(destination, "", tag, mayHaveParts, options.listener());
        CopyResult result = copy(source, tagOrDigest, List.of(target), Set.of(), CopyListener.SILENT)
                .getFirst();
        return switch (result) {
            case CopyResult.Stored stored -> stored.manifest();
            case CopyResult.Failed failed -> throw failed.reason();
            case CopyResult.Behind ignored -> throw new IllegalStateException("cannot happen: nothing to be behind");
        };
    }

    /**
     * Copies like {@link #copy(ImageSource, String, List, Set)}, without a list of the source's tags.
     *
     * @throws SkippedException if the image is for none of the wanted platforms
     * @throws StoppedException if the run was stopped before the copy finished
     */
    public List<CopyResult> copy(ImageSource source, String tagOrDigest, List<CopyTarget> targets) {
        return copy(source, tagOrDigest, targets, Set.of());
    }

    /**
     * Copies one image with all its content to several targets, and reads at the source once what they lack. A target
     * that fails, or that is much slower than the others, leaves; the others do not wait for it. A referrer that cannot
     * be copied leaves the image stored; the result names it.
     *
     * @param tagOrDigest what to read at the source
     * @param targets in different repositories
     * @param knownTags all tags of the source repository, where signatures without a subject and lists of referrers are
     *     found; if empty, they are listed once an image needs them
     * @return one result for each target, in the same order
     * @throws SkippedException if the image is for none of the wanted platforms
     * @throws StoppedException if the run was stopped before the copy finished
     */
    public List<CopyResult> copy(
            ImageSource source, String tagOrDigest, List<CopyTarget> targets, Set<String> knownTags) {
        return copy(source, tagOrDigest, targets, knownTags, options.listener());
    }

    /** @param reading receives the progress of reading the source */
    private List<CopyResult> copy(
            ImageSource source,
            String tagOrDigest,
            List<CopyTarget> targets,
            Set<String> knownTags,
            CopyListener reading) {
        stop.check();
        Image image;
        try {
            image = Image.read(source, tagOrDigest, options.platforms(), reading);
        } catch (CopyException e) {
            return targets.stream()
                    .<CopyResult>map(target -> new CopyResult.Failed(e))
                    .toList();
        }
        Group group = Group.of(image, targets, options.patience());
        try {
            group.run(() -> manifests.copyAs(image.choice().root(), group, 0));
            referrers.copy(group, knownTags);
        } catch (Group.EndedException e) {
            // The results say why.
        }
        return group.results();
    }

    /**
     * Copies what refers to an image that all targets already have, such as signatures that were made later. Costs no
     * request if the source has no referrers API and none of the known tags can belong to a signature.
     *
     * @param digest of the image at the source
     * @param knownTags all tags of the source repository; empty if unknown
     * @return for each target, in the same order, what it has; if the image cannot be read at the source, only a failure,
     *     and nothing if it is gone there
     * @throws SkippedException if the image is for none of the wanted platforms
     * @throws StoppedException if the run was stopped before the end
     */
    public List<CopiedReferrers> copyReferrers(
            ImageSource source, Digest digest, List<CopyTarget> targets, Set<String> knownTags) {
        stop.check();
        if (options.referrers().areNone() || !ReferrerLookup.mayFind(source, knownTags)) {
            return targets.stream().map(target -> CopiedReferrers.NONE).toList();
        }
        Image image;
        try {
            image = Image.read(source, digest.value(), options.platforms(), options.listener());
        } catch (CopyException e) {
            if (e.side() == Side.SOURCE && e.reason() instanceof ContentException.NotFound) {
                return targets.stream().map(target -> CopiedReferrers.NONE).toList();
            }
            CopiedReferrers unknown = CopiedReferrers.failed(digest, e);
            return targets.stream().map(target -> unknown).toList();
        }
        Group group = Group.of(image, targets, options.patience());
        referrers.copy(group, knownTags);
        List<CopyResult> results = group.results();
        return IntStream.range(0, targets.size())
                .mapToObj(i -> switch (results.get(i)) {
                    case CopyResult.Stored stored -> stored.referrers();
                    case CopyResult.Failed failed -> CopiedReferrers.failed(digest, failed.reason());
                    case CopyResult.Behind ignored -> {
                        // Alone, it takes the time that it needs.
                        Copier apart = apart(options.blobsInFlight());
                        yield apart.copyReferrers(source, digest, List.of(targets.get(i)), knownTags)
                                .getFirst();
                    }
                })
                .toList();
    }
}
