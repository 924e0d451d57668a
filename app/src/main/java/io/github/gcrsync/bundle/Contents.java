package io.github.gcrsync.bundle;

import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * What a bundle holds, whatever its parts.
 *
 * @param mirror the folder of the mirror in the ledger
 * @param source of the mirror, as its ledger records it
 * @param commit of the ledger
 * @param since the commit on whose images the bundle is based; empty if it is complete
 * @param images all that the ledger records, sorted by their keys
 * @param repositories with the manifests in the bundle, sorted by name
 * @param assumed blobs that images in the bundle need and that the other side already has, sorted by digest
 */
public record Contents(
        String mirror,
        String source,
        Optional<String> commit,
        Optional<String> since,
        List<Image> images,
        List<OfRepository> repositories,
        List<Assumed> assumed) {
    public Contents {
        images = List.copyOf(images);
        repositories = List.copyOf(repositories);
        assumed = List.copyOf(assumed);
    }

    /**
     * One image of the ledger.
     *
     * @param digest at the destination that was exported
     * @param referrers a hash of its referrers there
     * @param isIncluded whether the bundle has its manifests
     */
    public record Image(ImageKey key, Digest digest, String referrers, boolean isIncluded) {
        /** Whether both are the same content. */
        public boolean isSame(Image other) {
            return digest.equals(other.digest) && referrers.equals(other.referrers);
        }
    }

    /** The manifests of one repository, sorted by digest. */
    public record OfRepository(RepositoryName name, List<Named> manifests) {
        public OfRepository {
            manifests = List.copyOf(manifests);
        }
    }

    /** A manifest with its tags. */
    public record Named(Descriptor manifest, List<String> tags) {
        public Named {
            tags = List.copyOf(tags);
        }
    }

    /** @param repository that has the blob */
    public record Assumed(Digest blob, long size, RepositoryName repository) {}

    public List<Image> included() {
        return images.stream().filter(Image::isIncluded).toList();
    }
}
