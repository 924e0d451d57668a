package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the source what it has, only where the destination lacks something. */
final class AtSource {
    private final Store source;
    private final Failures failures;
    private final Once<Content, Boolean> existing = new Once<>();
    private volatile @Nullable ContentException lost;

    private record Content(RepositoryName repository, Digest digest) {}

    AtSource(Store source, Failures failures) {
        this.source = source;
        this.failures = failures;
    }

    enum Need {
        NEEDED,
        /** The source has the image without the child, or it is a nested index without wanted platforms. */
        NOT_NEEDED,
        /** The source cannot be asked, or has the image no longer. */
        UNKNOWN
    }

    /** Returns whether the destination should have the child of an image. */
    Need need(Descriptor child, Origin origin) {
        if (origin.isRewritten() && MediaType.isIndex(child.mediaType())) {
            return Need.NEEDED; // The source has another index instead.
        }
        try {
            return asked(() -> {
                if (!exists(origin.from(), origin.digest())) {
                    return Need.UNKNOWN;
                }
                return exists(origin.from(), child.digest()) && !hasNoWanted(child, origin)
                        ? Need.NEEDED
                        : Need.NOT_NEEDED;
            });
        } catch (ContentException e) {
            return Need.UNKNOWN;
        }
    }

    /**
     * Runs a request, unless the source has turned out to be unusable.
     *
     * @throws ContentException if the source cannot be asked
     */
    <T> T asked(Supplier<T> request) {
        ContentException known = lost;
        if (known != null) {
            throw known;
        }
        try {
            return request.get();
        } catch (RuntimeException e) {
            ContentException reason = ContentException.of(e);
            if (failures.isSourceLost(reason)) {
                lost = reason;
            }
            throw reason;
        }
    }

    private boolean exists(RepositoryName repository, Digest digest) {
        return existing.get(
                new Content(repository, digest),
                () -> source.repository(repository).resolve(digest.value()).isPresent());
    }

    private boolean hasNoWanted(Descriptor child, Origin origin) {
        Optional<Platforms> wanted = origin.platforms().filter(platforms -> !platforms.areAll());
        return wanted.isPresent()
                && MediaType.isIndex(child.mediaType())
                && source.repository(origin.from()).manifest(child.digest().value()) instanceof Manifest.Index nested
                && wanted.get().among(nested.manifests()).isEmpty();
    }
}
