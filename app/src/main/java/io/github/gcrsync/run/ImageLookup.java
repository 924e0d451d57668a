package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.run.ImageCopy.Target;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Looks up one image at destinations. */
final class ImageLookup {
    private final Platforms platforms;
    /** What the destinations have if that can be compared only with a rewritten index. */
    private final Map<Target, Digest> found = new ConcurrentHashMap<>();

    /** @param platforms of the image that are copied */
    ImageLookup(Platforms platforms) {
        this.platforms = platforms;
    }

    /**
     * Returns why the image must be copied; empty if the destination has it.
     *
     * @param digest at the source
     */
    Optional<Reason> missing(Target target, Digest digest) {
        try {
            Optional<Descriptor> there = target.repository().resolve(target.tagOrDigest());
            if (there.isEmpty()) {
                return Optional.of(Reason.NEW);
            }
            if (platforms.rewrite()) {
                found.put(target, there.get().digest());
                return Optional.of(Reason.DIFFERENT);
            }
            if (!there.get().digest().equals(digest)) {
                return Optional.of(Reason.DIFFERENT);
            }
            return hasPlatforms(target, there.get()) ? Optional.empty() : Optional.of(Reason.DAMAGED);
        } catch (ContentException.Incomplete e) {
            return Optional.of(Reason.DAMAGED);
        } catch (RuntimeException e) {
            ContentException reason = ContentException.of(e);
            if (reason instanceof ContentException.Denied denied && !denied.areCredentialsRefused()) {
                // Some registries deny this for a repository that does not exist yet; the push shows the real reason.
                return Optional.of(Reason.NEW);
            }
            throw reason;
        }
    }

    /** Whether the destination had this digest before, if its image had to be rewritten to know. */
    boolean had(Target target, Digest stored) {
        return Optional.ofNullable(found.get(target)).filter(stored::equals).isPresent();
    }

    /** An index may be sparse. The platforms of a nested index are checked by copying it. */
    private boolean hasPlatforms(Target target, Descriptor there) {
        if (platforms.areAll() || !MediaType.isIndex(there.mediaType())) {
            return true;
        }
        Manifest index = target.repository().manifest(there.digest().value());
        Set<Descriptor> wanted = platforms.among(index.children());
        return !wanted.isEmpty()
                && wanted.stream()
                        .allMatch(child -> !MediaType.isIndex(child.mediaType())
                                && target.repository()
                                        .resolve(child.digest().value())
                                        .isPresent());
    }
}
