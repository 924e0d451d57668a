package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Finds referrers; reads each manifest once, because the content of a digest never changes. */
final class Subjects {
    private final ManifestFiles manifests;
    private final boolean isSource;
    private final Map<Digest, Referrer> known = new ConcurrentHashMap<>();
    private final Set<Digest> referToNothing = ConcurrentHashMap.newKeySet();
    private volatile BySubject latest = new BySubject(Index.EMPTY, Map.of());

    /** @param isSource whether a damaged referrer must be reported */
    Subjects(ManifestFiles manifests, boolean isSource) {
        this.manifests = manifests;
        this.isSource = isSource;
    }

    List<Descriptor> referrers(Index index, Digest subject) {
        BySubject last = latest;
        if (last.index() != index) {
            last = new BySubject(index, bySubject(index));
            latest = last;
        }
        return last.referrers().getOrDefault(subject, List.of());
    }

    private Map<Digest, List<Descriptor>> bySubject(Index index) {
        return StreamSupport.stream(index.digests().spliterator(), false)
                .sorted()
                .flatMap(digest -> index.of(digest).stream())
                .flatMap(entry -> referrer(entry).stream())
                .collect(Collectors.groupingBy(
                        Referrer::subject, Collectors.mapping(Referrer::descriptor, Collectors.toUnmodifiableList())));
    }

    private Optional<Referrer> referrer(IndexEntry entry) {
        return entry.digest().filter(digest -> !referToNothing.contains(digest)).flatMap(digest -> {
            if (!known.containsKey(digest)) {
                learn(digest, entry);
            }
            return Optional.ofNullable(known.get(digest));
        });
    }

    private void learn(Digest digest, IndexEntry entry) {
        try {
            Manifest manifest = manifests.read(entry.descriptor());
            manifest.subject()
                    .ifPresentOrElse(
                            subject -> known.put(digest, new Referrer(subject.digest(), manifest.asReferrer())),
                            () -> referToNothing.add(digest));
        } catch (ContentException e) {
            // A damaged or missing manifest is no referrer; reading it by its tag reports the error.
            if (isSource && entry.name().isEmpty()) {
                throw e;
            }
        }
    }

    /** The referrers in one version of the index, which every image of the layout needs. */
    private record BySubject(Index index, Map<Digest, List<Descriptor>> referrers) {}

    private record Referrer(Digest subject, Descriptor descriptor) {}
}
