package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import java.util.List;
import java.util.Optional;

/**
 * The manifests that refer to a subject, as a store lists them. The descriptors may be wrong: old clients wrote other
 * artifact types, and what they name may be gone.
 *
 * @param index the list itself, if the store keeps it under a tag
 */
public record ReferrerList(List<Descriptor> referrers, Optional<Manifest> index) {
    public static final ReferrerList EMPTY = new ReferrerList(List.of(), Optional.empty());

    public ReferrerList {
        referrers = List.copyOf(referrers);
    }
}
