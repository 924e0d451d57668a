package io.github.gcrsync.bundle;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ManifestReader;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.VerifiedStream;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One repository of a bundle, to read from. */
final class BundleRepository implements Repository {
    private static final int LARGEST_MANIFEST = 4 << 20;

    private final Contents.OfRepository repository;
    private final Map<Digest, BundleReader.Place> blobs;
    private final Elsewhere elsewhere;
    private final Map<Digest, Descriptor> manifests = new HashMap<>();
    private final TreeMap<String, Digest> tags = new TreeMap<>();
    /** By subject; read on first use. */
    private @Nullable Map<Digest, List<Descriptor>> referrers;

    /** Opens a blob that the bundle lacks; empty if it is nowhere. */
    @FunctionalInterface
    interface Elsewhere {
        Optional<InputStream> open(Descriptor blob) throws IOException;
    }

    BundleRepository(Contents.OfRepository repository, Map<Digest, BundleReader.Place> blobs, Elsewhere elsewhere) {
        this.repository = repository;
        this.blobs = blobs;
        this.elsewhere = elsewhere;
        for (Contents.Named named : repository.manifests()) {
            manifests.put(named.manifest().digest(), named.manifest());
            named.tags().forEach(tag -> tags.put(tag, named.manifest().digest()));
        }
    }

    private Optional<Descriptor> find(String tagOrDigest) {
        return Optional.ofNullable(tags.get(tagOrDigest))
                .or(() -> Digest.parse(tagOrDigest))
                .map(manifests::get);
    }

    @Override
    public Optional<Descriptor> resolve(String tagOrDigest) {
        return find(tagOrDigest);
    }

    @Override
    public Manifest manifest(String tagOrDigest) {
        Descriptor found = find(tagOrDigest)
                .orElseThrow(() -> new ContentException.NotFound(
                        "the bundle has no manifest " + repository.name() + " " + tagOrDigest));
        String place = "bundle: " + repository.name() + "@" + found.digest();
        if (found.size() > LARGEST_MANIFEST) {
            throw new ContentException.Unsupported(place + ": a manifest of " + found.size() + " bytes");
        }
        try (InputStream content = blob(found).openAt(0)) {
            return ManifestReader.read(place, found.mediaType(), found.digest(), content.readNBytes(LARGEST_MANIFEST));
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt(place + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ContentException.Unreachable(place + ": " + e.getMessage(), e);
        }
    }

    @Override
    public BlobContent blob(Descriptor blob) {
        BundleReader.Place place = blobs.get(blob.digest());
        if (place == null) {
            return offset -> {
                InputStream content = elsewhere.open(blob).orElseThrow(() -> missing(blob));
                content.skip(offset);
                return content;
            };
        }
        return offset -> {
            FileChannel file = FileChannel.open(place.file());
            file.position(place.offset());
            InputStream content = new VerifiedStream(
                    blob,
                    new Bounded(Channels.newInputStream(file), place.size()),
                    () -> new ContentException.Corrupt(
                            place.file() + ": " + blob.digest() + " has changed since it was checked"));
            content.skip(offset);
            return content;
        };
    }

    /** Whether the file contains the blob; one elsewhere is not the bundle's. */
    @Override
    public boolean hasBlob(Descriptor blob) {
        BundleReader.Place place = blobs.get(blob.digest());
        return place != null && place.size() == blob.size();
    }

    private static ContentException missing(Descriptor blob) {
        return new ContentException.NotFound(Message.of(
                "the blob " + blob.digest() + " is neither in the file nor at the destination",
                "import the delivery before this one first"));
    }

    @Override
    public Stream<String> tags() {
        return tags.keySet().stream();
    }

    @Override
    public synchronized List<Descriptor> referrers(Digest subject) {
        Map<Digest, List<Descriptor>> known = referrers;
        if (known == null) {
            known = new HashMap<>();
            for (Descriptor each : manifests.values()) {
                Manifest manifest = manifest(each.digest().value());
                if (manifest.subject().isPresent()) {
                    known.computeIfAbsent(manifest.subject().get().digest(), _ -> new ArrayList<>())
                            .add(manifest.asReferrer());
                }
            }
            referrers = known;
        }
        return known.getOrDefault(subject, List.of());
    }

    @Override
    public BlobArrival ensureBlob(Descriptor blob, BlobContent content) {
        throw readOnly();
    }

    @Override
    public void putManifest(String tagOrDigest, Manifest manifest) {
        throw readOnly();
    }

    private static ContentException readOnly() {
        return new ContentException.Unsupported("a bundle cannot be changed");
    }
}
