package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the referrers that are likely to be signatures first, so that few others are read. Descriptors may lie, so they
 * decide about the order only.
 */
final class ReferrerOrder {
    private static final Set<String> SIGNATURES = Set.of(SimpleSigning.ARTIFACT_TYPE, SigstoreBundle.MEDIA_TYPE);
    /** cosign 2.5 writes the type of the config here. */
    private static final Set<String> UNKNOWN = Set.of("", "application/vnd.oci.empty.v1+json");

    private ReferrerOrder() {}

    /** Returns each referrer once, without the image itself. */
    static List<Descriptor> sorted(Collection<Descriptor> referrers, Digest image) {
        Map<Digest, Descriptor> unique = new LinkedHashMap<>();
        referrers.forEach(referrer -> unique.putIfAbsent(referrer.digest(), referrer));
        unique.remove(image);
        return unique.values().stream()
                .sorted(Comparator.comparingInt(ReferrerOrder::rank))
                .toList();
    }

    private static int rank(Descriptor referrer) {
        String type = referrer.artifactType().orElse("");
        if (SIGNATURES.contains(type)) {
            return SigstoreBundle.isAttestation(referrer) ? 2 : 0;
        }
        return UNKNOWN.contains(type) ? 1 : 2;
    }
}
