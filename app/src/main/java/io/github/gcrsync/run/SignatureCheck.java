package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.signature.SignaturePolicy;
import io.github.gcrsync.signature.Signatures;
import io.github.gcrsync.signature.Verdict;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Verifies images before they are copied or adopted, by their digests. An image is verified once for all its
 * destinations and attempts.
 */
public final class SignatureCheck {
    /** Requires no signature. */
    public static final SignatureCheck NONE = new SignatureCheck(Optional.empty(), Optional.empty());

    private final Optional<SignaturePolicy> policy;
    private final Optional<Platforms> platforms;
    /** Of the verified manifests; empty for signed ones. */
    private final Map<Place, Optional<Verdict.Refused>> refusals = new ConcurrentHashMap<>();

    private record Place(String repository, Digest digest) {}

    private SignatureCheck(Optional<SignaturePolicy> policy, Optional<Platforms> platforms) {
        this.policy = policy;
        this.platforms = platforms;
    }

    /** @param platforms whose images must be signed too; empty if the signature of an index is enough */
    public static SignatureCheck of(SignaturePolicy policy, Optional<Platforms> platforms) {
        return new SignatureCheck(Optional.of(policy), platforms);
    }

    public boolean isRequired() {
        return policy.isPresent();
    }

    /**
     * Moves the images that the destination has, but that are not signed, from those to adopt to the failures. They must
     * not be recorded, because recorded images are not verified.
     */
    public Plan applied(Plan plan, Function<RepositoryName, ? extends ImageSource> source, int requestsInFlight) {
        Map<CopyTask, Failure> failed = new ConcurrentHashMap<>();
        Tasks.forEach(plan.toAdopt(), requestsInFlight, task -> {
            try {
                check(task.from().toString(), source.apply(task.from()), task.digest());
            } catch (CopyException e) {
                failed.put(task, new Failure(task.image(), e.side(), e.reason()));
            }
        });
        return plan.withoutAdopting(failed);
    }

    /**
     * Returns if the image has the required signatures.
     *
     * @param repository a name of the source, unique in the run
     * @throws CopyException if it has not, or if the source cannot be read
     */
    public void check(String repository, ImageSource source, Digest image) {
        if (policy.isEmpty()) {
            return;
        }
        try {
            if (!isSigned(repository, source, image, "")) {
                throw new ContentException.NotFound(image + " is gone at the source");
            }
            if (platforms.isPresent()) {
                checkPlatforms(repository, source, image, platforms.get());
            }
        } catch (RuntimeException e) {
            throw new CopyException(Side.SOURCE, ContentException.of(e));
        }
    }

    private void checkPlatforms(String repository, ImageSource source, Digest image, Platforms wanted) {
        Set<Digest> seen = new HashSet<>(Set.of(image));
        Deque<Digest> indexes = new ArrayDeque<>(seen);
        while (!indexes.isEmpty()) {
            for (Descriptor child :
                    wanted.among(source.manifest(indexes.remove().value()).children())) {
                String platform =
                        child.platform().map(known -> "for " + known + ", ").orElse("");
                boolean isNew = MediaType.isManifest(child.mediaType()) && seen.add(child.digest());
                // A manifest that the source lacks is not copied.
                if (isNew
                        && isSigned(repository, source, child.digest(), platform)
                        && MediaType.isIndex(child.mediaType())) {
                    indexes.add(child.digest());
                }
            }
        }
    }

    /**
     * Returns false if the source does not have the manifest.
     *
     * @throws ContentException.Untrusted if it is not signed
     */
    private boolean isSigned(String repository, ImageSource source, Digest digest, String platform) {
        Place place = new Place(repository, digest);
        Optional<Verdict.Refused> refused = refusals.get(place);
        if (refused == null) {
            refused = refusal(source, digest);
            if (refused.isPresent() && !exists(source, digest)) {
                return false;
            }
            refusals.put(place, refused);
        }
        refused.ifPresent(known -> {
            throw new ContentException.Untrusted(known.cause().toString(), platform + known.reason());
        });
        return true;
    }

    private Optional<Verdict.Refused> refusal(ImageSource source, Digest digest) {
        try {
            return Signatures.verify(source, digest, policy.orElseThrow()) instanceof Verdict.Refused refused
                    ? Optional.of(refused)
                    : Optional.empty();
        } catch (ContentException.NotFound | ContentException.Unsupported | ContentException.Corrupt e) {
            return Optional.of(new Verdict.Refused(
                    digest,
                    Verdict.Cause.BAD_SIGNATURE,
                    "the signatures of " + digest + " cannot be read: " + e.getMessage()));
        }
    }

    /** A manifest that is gone has no signatures either, but that says nothing about the image. */
    private static boolean exists(ImageSource source, Digest digest) {
        try {
            return source.resolve(digest.value()).isPresent();
        } catch (ContentException.Incomplete e) {
            return true;
        }
    }
}
