package io.github.gcrsync.plan;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listing, the digests of tags and the manifests that one plan has asked a source for, so that plans for other
 * destinations need not ask again.
 */
public final class KnownDigests {
    private final boolean keeps;
    private final Map<Place, Optional<Digest>> digests = new ConcurrentHashMap<>();
    private @Nullable DatedListing listing;
    /** A run that ended early leaves manifests, and the next mirror needs the memory. */
    private SoftReference<ReadAhead.Kept> manifests = new SoftReference<>(null);

    private record Place(RepositoryName repository, String tag) {}

    private KnownDigests(boolean keeps) {
        this.keeps = keeps;
    }

    public static KnownDigests shared() {
        return new KnownDigests(true);
    }

    /** For a source that one plan uses: a million tags would be kept for nothing. */
    public static KnownDigests none() {
        return new KnownDigests(false);
    }

    /** Returns the known listing, or reads it; what reading throws is not kept. */
    public synchronized DatedListing listing(Supplier<DatedListing> reading) {
        DatedListing known = listing;
        if (known == null) {
            known = reading.get();
            listing = keeps ? known : null;
        }
        return known;
    }

    /** Returns the manifests that are read ahead for all destinations. */
    synchronized ReadAhead.Kept manifests() {
        ReadAhead.Kept kept = manifests.get();
        if (kept == null) {
            kept = new ReadAhead.Kept();
            manifests = new SoftReference<>(kept);
        }
        return kept;
    }

    boolean has(RepositoryName repository, String tag) {
        return digests.containsKey(new Place(repository, tag));
    }

    /** Returns the known digest, or asks for it; what the question throws is not kept. */
    Optional<Digest> get(RepositoryName repository, String tag, Supplier<Optional<Digest>> question) {
        Place place = new Place(repository, tag);
        Optional<Digest> known = digests.get(place);
        if (known != null) {
            return known;
        }
        Optional<Digest> answer = question.get();
        if (keeps) {
            digests.put(place, answer);
        }
        return answer;
    }
}
