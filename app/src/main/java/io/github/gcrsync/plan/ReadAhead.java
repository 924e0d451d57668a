package io.github.gcrsync.plan;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads manifests ahead from a source that lists no digests: reading the manifest of a new tag returns its digest like
 * a HEAD, and the copy needs the manifest anyway, so this saves every second request. Manifests are kept until the copy
 * asks for them, up to a limit.
 */
public final class ReadAhead {
    /** Bytes of manifests; parsed manifests take a few times as much memory. */
    private static final long MAX_BYTES = 16 << 20;

    private final Store source;
    private final KnownDigests known;
    private final Kept kept;
    private final Map<RepositoryName, ImageSource> repositories = new ConcurrentHashMap<>();
    private final AtomicLong images;
    /** The source has limited the rate. */
    private volatile boolean enough;

    /** The manifests that were read, until they are copied. */
    static final class Kept {
        private final Map<Place, Manifest> manifests = new ConcurrentHashMap<>();
        private final AtomicLong room = new AtomicLong(MAX_BYTES);

        private void add(RepositoryName repository, Manifest manifest) {
            Descriptor descriptor = manifest.descriptor();
            if (room.addAndGet(-descriptor.size()) >= 0) {
                manifests.put(new Place(repository, descriptor.digest()), manifest);
            }
        }
    }

    private record Place(RepositoryName repository, Digest digest) {}

    private ReadAhead(Store source, KnownDigests known, long images) {
        this.source = source;
        this.known = known;
        this.kept = known.manifests();
        this.images = new AtomicLong(images);
    }

    /** @param images number of new images that the run copies; negative: no limit */
    public static ReadAhead of(Store source, int images) {
        return new ReadAhead(source, KnownDigests.none(), images < 0 ? Long.MAX_VALUE : images);
    }

    /** For commands that copy nothing, and for sources that count reading a manifest as a pull. */
    public static ReadAhead none(Store source) {
        return new ReadAhead(source, KnownDigests.none(), 0);
    }

    /** Returns one that asks only for digests that are not known. */
    public ReadAhead knowing(KnownDigests others) {
        return new ReadAhead(source, others, images.get());
    }

    /**
     * Whether the run will copy one more new image. Call it in the order of copying: a manifest that is read ahead and
     * not used costs a request.
     */
    boolean admitsOneMore() {
        return images.getAndDecrement() > 0;
    }

    /** Returns the digest of an admitted new tag; empty if the tag does not exist. */
    Optional<Digest> digestOfNew(RepositoryName repository, String tag) {
        return enough || kept.room.get() <= 0
                ? digest(repository, tag)
                : known.get(repository, tag, () -> readAhead(repository, tag));
    }

    private Optional<Digest> readAhead(RepositoryName repository, String tag) {
        Manifest manifest;
        try {
            manifest = source.repository(repository).manifest(tag);
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        } catch (ContentException.Unsupported | ContentException.Corrupt e) {
            return ask(repository, tag); // The copy will report what is wrong.
        } catch (ContentException.RateLimited e) {
            enough = true; // Leave the remaining quota to the copies; a HEAD may still be answered.
            return ask(repository, tag);
        }
        kept.add(repository, manifest);
        return Optional.of(manifest.descriptor().digest());
    }

    /** Returns the store that is read. */
    Store store() {
        return source;
    }

    /** Whether the digest is known from another plan. */
    boolean knows(RepositoryName repository, String tag) {
        return known.has(repository, tag);
    }

    /** Keeps a digest for plans for other destinations. */
    void learn(RepositoryName repository, String tag, Digest digest) {
        Optional<Digest> ignored = known.get(repository, tag, () -> Optional.of(digest));
    }

    /** Returns the digest of a tag without reading its manifest. */
    Optional<Digest> digest(RepositoryName repository, String tag) {
        return known.get(repository, tag, () -> ask(repository, tag));
    }

    private Optional<Digest> ask(RepositoryName repository, String tag) {
        return source.repository(repository).resolve(tag).map(Descriptor::digest);
    }

    /** Returns a repository to copy from, always the same; each manifest that was read ahead is returned once. */
    public ImageSource repository(RepositoryName name) {
        return repositories.computeIfAbsent(name, n -> new Reading(n, source.repository(n)));
    }

    private final class Reading implements ImageSource {
        private final RepositoryName name;
        private final ImageSource repository;

        Reading(RepositoryName name, ImageSource repository) {
            this.name = name;
            this.repository = repository;
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            Optional<Manifest> ahead = Optional.of(tagOrDigest)
                    .filter(Digest::isValid)
                    .flatMap(digest -> Optional.ofNullable(kept.manifests.remove(new Place(name, new Digest(digest)))));
            return ahead.orElseGet(() -> repository.manifest(tagOrDigest));
        }

        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            return repository.resolve(tagOrDigest);
        }

        @Override
        public BlobContent blob(Descriptor blob) {
            return repository.blob(blob);
        }

        @Override
        public Stream<String> tags() {
            return repository.tags();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            return repository.referrers(subject);
        }

        @Override
        public ReferrerList referrers(Digest subject, Predicate<String> mayExist) {
            return repository.referrers(subject, mayExist);
        }

        @Override
        public boolean findsReferrersOnlyByTag() {
            return repository.findsReferrersOnlyByTag();
        }
    }
}
