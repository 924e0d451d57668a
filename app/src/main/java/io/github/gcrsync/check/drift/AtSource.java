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

    /**
     * Whether the destination needs no such child, because the source has the image without it, or because it is a nested
     * index without wanted platforms. If the source cannot be asked, the child counts as needed.
     */
    boolean isNotNeeded(Descriptor child, Origin origin) {
        if (origin.isRewritten() && MediaType.isIndex(child.mediaType())) {
            return false; // The source has another index instead.
        }
        try {
            return asked(() -> exists(origin.from(), origin.digest())
                    && (!exists(origin.from(), child.digest()) || hasNoWanted(child, origin)));
        } catch (ContentException e) {
            return false;
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
