package io.github.gcrsync.plan;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A source whose listing tells no digests, read ahead: the manifest of a new tag tells its digest as well as a HEAD does, and
 * is needed for the copy that follows, so asking for it at once spares one request in two. It is kept until that copy asks
 * for it, within bounds.
 */
public final class ReadAhead {
    /** Bytes of manifests; parsed they take a few times as much. */
    private static final long MOST_BYTES = 16 << 20;

    private final Function<RepositoryName, ? extends ImageSource> source;
    private final Map<Place, Manifest> kept = new ConcurrentHashMap<>();
    private final AtomicLong images;
    /** The source has refused to be read so fast. */
    private volatile boolean enough;

    private final AtomicLong bytes = new AtomicLong(MOST_BYTES);

    private record Place(RepositoryName repository, Digest digest) {}

    private ReadAhead(Function<RepositoryName, ? extends ImageSource> source, long images) {
        this.source = source;
        this.images = new AtomicLong(images);
    }

    /** @param images how many new images the run copies at most; negative: all */
    public static ReadAhead of(Function<RepositoryName, ? extends ImageSource> source, int images) {
        return new ReadAhead(source, images < 0 ? Long.MAX_VALUE : images);
    }

    /** For what copies nothing, and for sources that count a manifest that was read as a pull. */
    public static ReadAhead none(Function<RepositoryName, ? extends ImageSource> source) {
        return new ReadAhead(source, 0);
    }

    /**
     * Whether one more new image is among those that the run copies. To be asked in the order in which they are copied: read
     * ahead for nothing, a manifest would cost a request more than it spares.
     */
    boolean admitsOneMore() {
        return images.getAndDecrement() > 0;
    }

    /** The digest of a tag that nobody has copied yet and that was admitted; empty if there is no such tag. */
    Optional<Digest> digestOfNew(RepositoryName repository, String tag) {
        if (enough || bytes.get() <= 0) {
            return digest(repository, tag);
        }
        Manifest manifest;
        try {
            manifest = source.apply(repository).manifest(tag);
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        } catch (ContentException.Unsupported | ContentException.Corrupt e) {
            return digest(repository, tag); // The copy will say what is wrong with it.
        } catch (ContentException.RateLimited e) {
            enough = true; // What is left is for the copies; a HEAD may still be answered.
            return digest(repository, tag);
        }
        Descriptor descriptor = manifest.descriptor();
        if (bytes.addAndGet(-descriptor.size()) >= 0) {
            kept.put(new Place(repository, descriptor.digest()), manifest);
        }
        return Optional.of(descriptor.digest());
    }

    /** The same of any tag, without reading the manifest. */
    Optional<Digest> digest(RepositoryName repository, String tag) {
        return source.apply(repository).resolve(tag).map(Descriptor::digest);
    }

    /** To copy from: what was read ahead is handed out, once. */
    public ImageSource repository(RepositoryName name) {
        ImageSource repository = source.apply(name);
        return kept.isEmpty() ? repository : new Reading(name, repository);
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
                    .flatMap(digest -> Optional.ofNullable(kept.remove(new Place(name, new Digest(digest)))));
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
    }
}
