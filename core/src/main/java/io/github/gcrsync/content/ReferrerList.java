package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The manifests that refer to a subject, as a store lists them, each once. The descriptors may be wrong: old clients wrote
 * other artifact types, and what they name may be gone.
 *
 * @param referrers at most {@link #KEPT}; the rest of a longer list is dropped
 * @param index the list itself, if the store keeps it under a tag; empty if it is unusually large
 */
public record ReferrerList(List<Descriptor> referrers, Optional<Manifest> index) {
    /** The most referrers that are used; a service that signs every night needs years for as many. */
    public static final int MOST = 1000;

    /** One more shows that a list is longer, and one may be the subject itself, which is no referrer. */
    public static final int KEPT = MOST + 2;

    /** In bytes; many lists are in memory at once, and this is enough for {@link #MOST} entries of a kilobyte. */
    private static final long LARGEST_INDEX = 1 << 20;

    public static final ReferrerList EMPTY = new ReferrerList(List.of(), Optional.empty());

    public ReferrerList {
        Map<Digest, Descriptor> unique = new LinkedHashMap<>();
        referrers.forEach(referrer -> unique.putIfAbsent(referrer.digest(), referrer));
        referrers = unique.values().stream().limit(KEPT).toList();
        index = index.filter(list -> list.descriptor().size() <= LARGEST_INDEX && unique.size() <= MOST);
    }
}
