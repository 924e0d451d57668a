package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads the manifests of a repository, each once, and what they name. */
final class Trees {
    private final ImageSource repository;
    private final int requestsInFlight;
    private final Map<Digest, Optional<Manifest>> known = new ConcurrentHashMap<>();

    Trees(ImageSource repository, int requestsInFlight) {
        this.repository = repository;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * Manifests with everything that they name.
     *
     * @param blobs sizes in bytes
     */
    record Reach(Set<Digest> manifests, Map<Digest, Long> blobs) {
        static final Reach NOTHING = new Reach(Set.of(), Map.of());

        /** An index may list a manifest under an unknown media type. */
        boolean needs(Digest manifest) {
            return manifests.contains(manifest) || blobs.containsKey(manifest);
        }

        Reach plus(Reach other) {
            Set<Digest> all = new HashSet<>(manifests);
            all.addAll(other.manifests);
            Map<Digest, Long> sizes = new HashMap<>(blobs);
            sizes.putAll(other.blobs);
            return new Reach(all, sizes);
        }
    }

    /** Returns the manifest; empty if the repository lacks it. */
    Optional<Manifest> manifest(Digest digest) {
        Optional<Manifest> read = known.get(digest);
        if (read == null) {
            read = read(digest);
            known.put(digest, read);
        }
        return read;
    }

    /** Returns the manifest if it was read. */
    Optional<Manifest> known(Digest digest) {
        return known.getOrDefault(digest, Optional.empty());
    }

    private Optional<Manifest> read(Digest digest) {
        try {
            return Optional.of(repository.manifest(digest.value()));
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        }
    }

    /**
     * Follows the manifests to their children, of all of which the digests are in the result even if they are missing.
     *
     * @throws ContentException if one cannot be read, so that it is not known what it needs
     */
    Reach reach(Collection<Digest> roots) {
        Set<Digest> manifests = new HashSet<>();
        Map<Digest, Long> blobs = new HashMap<>();
        List<Digest> level = roots.stream().distinct().toList();
        while (!level.isEmpty()) {
            manifests.addAll(level);
            Tasks.forEach(level, requestsInFlight, this::manifest);
            List<Digest> below = new ArrayList<>();
            for (Digest each : level) {
                for (Descriptor child : manifest(each).map(Manifest::children).orElse(List.of())) {
                    blobs.put(child.digest(), child.size());
                    if (MediaType.isManifest(child.mediaType()) && !manifests.contains(child.digest())) {
                        below.add(child.digest());
                    }
                }
            }
            level = below.stream().distinct().toList();
        }
        return new Reach(manifests, blobs);
    }
}
