package io.github.gcrsync.oci;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The referrers that are copied with an image: none, all, or those of some types. */
public final class ReferrerTypes {
    public static final ReferrerTypes NONE = new ReferrerTypes(Optional.of(Set.of()));
    public static final ReferrerTypes ALL = new ReferrerTypes(Optional.empty());

    private static final ReferrerTypes SIGNATURES = of(List.of(
            "application/vnd.dev.cosign.simplesigning.v1+json",
            "application/vnd.dev.cosign.artifact.sig.v1+json",
            "application/vnd.cncf.notary.signature"));
    /** Contains a signature or a signed attestation. */
    private static final ReferrerTypes BUNDLES = of(List.of("application/vnd.dev.sigstore.bundle.v0.3+json"));

    private static final String PREDICATE = "dev.sigstore.bundle.predicateType";
    private static final String SIGNS = "https://sigstore.dev/cosign/sign/v1";

    /** Empty if all types are included. */
    private final Optional<Set<String>> types;

    private ReferrerTypes(Optional<Set<String>> types) {
        this.types = types;
    }

    /**
     * @param types artifact types such as {@code application/vnd.dev.sigstore.bundle.v0.3+json}, or media types of
     *     layers: artifacts of older tools have no artifact type
     */
    public static ReferrerTypes of(Collection<String> types) {
        return new ReferrerTypes(Optional.of(Set.copyOf(types)));
    }

    /** Whether the referrer is a signature of cosign or Notation; an attestation is none, although it is signed too. */
    public static boolean isSignature(Manifest referrer) {
        return SIGNATURES.include(referrer)
                || (BUNDLES.include(referrer)
                        && referrer.asReferrer()
                                .annotations()
                                .getOrDefault(PREDICATE, SIGNS)
                                .equals(SIGNS));
    }

    public boolean areAll() {
        return types.isEmpty();
    }

    public boolean areNone() {
        return types.filter(Set::isEmpty).isPresent();
    }

    /** Judges by the manifest: descriptors in lists of referrers may have a wrong type. */
    public boolean include(Manifest referrer) {
        return types.map(wanted -> referrer.asReferrer()
                                .artifactType()
                                .filter(wanted::contains)
                                .isPresent()
                        || referrer.children().stream().anyMatch(child -> wanted.contains(child.mediaType())))
                .orElse(true);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReferrerTypes that && types.equals(that.types);
    }

    @Override
    public int hashCode() {
        return types.hashCode();
    }

    @Override
    public String toString() {
        return types.map(wanted -> wanted.isEmpty()
                        ? "none"
                        : String.join(", ", wanted.stream().sorted().toList()))
                .orElse("all");
    }
}
