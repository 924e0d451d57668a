package gcrsync.layout;

import gcrsync.content.ContentException;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import gcrsync.oci.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Which manifest refers to which: read once per manifest, since a digest's content never changes. */
final class Subjects {
    private final ManifestFiles manifests;
    private final Map<Digest, Optional<Referrer>> known = new ConcurrentHashMap<>();

    Subjects(ManifestFiles manifests) {
        this.manifests = manifests;
    }

    List<Descriptor> referrers(Index index, Digest subject) {
        return StreamSupport.stream(index.digests().spliterator(), false)
                .sorted()
                .flatMap(digest -> index.of(digest).stream())
                .flatMap(entry -> referrer(entry).stream())
                .filter(referrer -> referrer.subject().equals(subject))
                .map(Referrer::descriptor)
                .toList();
    }

    /** Whether the entry's manifest refers to another one; false if that cannot be read. */
    boolean refers(IndexEntry entry) {
        return referrer(entry).isPresent();
    }

    private Optional<Referrer> referrer(IndexEntry entry) {
        Digest digest = entry.digest().orElse(null);
        if (digest == null) {
            return Optional.empty();
        }
        @Nullable Optional<Referrer> found = known.get(digest);
        if (found == null) {
            try {
                found = referrer(manifests.read(entry.descriptor()));
            } catch (ContentException e) {
                // A damaged or missing manifest refers to nothing; asked for by itself, it says what is wrong.
                return Optional.empty();
            }
            known.put(digest, found);
        }
        return found;
    }

    private static Optional<Referrer> referrer(Manifest manifest) {
        return manifest.subject().map(subject -> new Referrer(subject.digest(), manifest.asReferrer()));
    }

    private record Referrer(Digest subject, Descriptor descriptor) {}
}
