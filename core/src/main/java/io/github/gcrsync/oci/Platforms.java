package io.github.gcrsync.oci;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The platforms of an image that are copied, and what becomes of the index that names others too.
 *
 * @param wanted sorted, without duplicates; empty: all
 */
public record Platforms(List<Platform> wanted, Index index) {
    public static final Platforms ALL = new Platforms(List.of(), Index.SPARSE);

    /** BuildKit's name for the manifest that an attestation describes. */
    private static final String DESCRIBES = "vnd.docker.reference.digest";

    private static final Set<String> CONFIGS =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");

    /** What becomes of an index that names platforms that are not copied. */
    public enum Index {
        /** It stays as it is, with its digest. */
        SPARSE,
        /** Their entries are removed, which changes its digest. */
        REWRITE
    }

    public Platforms {
        wanted = wanted.stream()
                .distinct()
                .sorted(Comparator.comparing(Platform::toString))
                .toList();
    }

    /** @throws IllegalArgumentException if a name is not a platform */
    public static Platforms of(Collection<String> names, Index index) {
        return new Platforms(names.stream().map(Platform::parse).toList(), index);
    }

    public boolean areAll() {
        return wanted.isEmpty();
    }

    /** Whether indexes are changed. */
    public boolean rewrite() {
        return !areAll() && index == Index.REWRITE;
    }

    public boolean include(Platform platform) {
        return areAll() || wanted.stream().anyMatch(each -> each.includes(platform));
    }

    /**
     * Returns the entries of an index that are copied: those of the wanted platforms, those without a platform, and the
     * attestations of both.
     */
    public Set<Descriptor> among(List<Descriptor> entries) {
        Set<Descriptor> kept = entries.stream()
                .filter(entry -> entry.platform().stream().allMatch(this::include))
                .collect(Collectors.toCollection(HashSet::new));
        Set<String> described =
                kept.stream().map(entry -> entry.digest().value()).collect(Collectors.toSet());
        entries.stream()
                .filter(entry -> entry.platform().filter(Platform::isUnknown).isPresent())
                .filter(entry -> described.contains(entry.annotations().getOrDefault(DESCRIBES, "")))
                .forEach(kept::add);
        return kept;
    }

    /** Returns the config that names the platform of an image; empty for other artifacts. */
    public static Optional<Descriptor> config(Manifest.Image image) {
        return image.blobs().stream().findFirst().filter(blob -> CONFIGS.contains(blob.mediaType()));
    }

    /**
     * Returns the platform that an image's config names, if it names one.
     *
     * @throws InvalidManifestException if the config is not JSON
     */
    public static Optional<Platform> ofConfig(byte[] config) {
        return Platform.ofConfig(config);
    }

    /** Returns a short hash of the platforms and the index; empty if all are copied. */
    public String hash() {
        return areAll()
                ? ""
                : Digest.sha256((wanted + " " + index).getBytes(StandardCharsets.UTF_8))
                        .hex()
                        .substring(0, 12);
    }

    @Override
    public String toString() {
        return wanted.stream().map(Platform::toString).collect(Collectors.joining(", "));
    }
}
