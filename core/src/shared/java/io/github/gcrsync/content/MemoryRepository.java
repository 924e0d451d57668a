package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.Tag;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** A repository in memory, as strict as a registry about the order of pushes. */
public final class MemoryRepository implements Repository {
    private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<Digest, Manifest> manifests = new ConcurrentHashMap<>();
    private final Map<String, Digest> tags = new ConcurrentSkipListMap<>();

    @Override
    public Optional<Descriptor> resolve(String tagOrDigest) {
        return find(tagOrDigest).map(Manifest::descriptor);
    }

    @Override
    public Manifest manifest(String tagOrDigest) {
        return find(tagOrDigest).orElseThrow(() -> new ContentException.NotFound("no manifest " + tagOrDigest));
    }

    @Override
    public BlobContent blob(Descriptor blob) {
        return offset -> {
            byte[] content = blobs.get(blob.digest());
            if (content == null) {
                throw new ContentException.NotFound("no blob " + blob.digest());
            }
            return new ByteArrayInputStream(content, (int) offset, content.length - (int) offset);
        };
    }

    @Override
    public Stream<String> tags() {
        return List.copyOf(tags.keySet()).stream();
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return manifests.values().stream()
                .filter(manifest -> manifest.subject().map(Descriptor::digest).equals(Optional.of(subject)))
                .map(Manifest::asReferrer)
                .sorted(Comparator.comparing(Descriptor::digest))
                .toList();
    }

    @Override
    public BlobArrival ensureBlob(Descriptor blob, BlobContent content) {
        if (blobs.containsKey(blob.digest())) {
            return BlobArrival.ALREADY_THERE;
        }
        byte[] bytes = read(content);
        if (bytes.length != blob.size() || !blob.digest().ofSameAlgorithm(bytes).equals(blob.digest())) {
            throw new ContentException.Corrupt("not the bytes of " + blob.digest());
        }
        blobs.put(blob.digest(), bytes);
        return BlobArrival.UPLOADED;
    }

    @Override
    public boolean hasBlob(Descriptor blob) {
        byte[] content = blobs.get(blob.digest());
        return content != null && content.length == blob.size();
    }

    @Override
    public boolean deleteTag(String tag) {
        tags.remove(tag);
        return true;
    }

    @Override
    public boolean deleteManifest(Digest manifest) {
        tags.values().removeIf(manifest::equals);
        manifests.remove(manifest);
        return true;
    }

    /** Loses a blob, like a registry with a damaged disk. */
    public void lose(Digest blob) {
        blobs.remove(blob);
    }

    @Override
    public void distrust(Digest blob) {
        blobs.remove(blob);
    }

    @Override
    public void putManifest(String tagOrDigest, Manifest manifest) {
        Digest digest = manifest.descriptor().digest();
        if (Digest.isValid(tagOrDigest) ? !tagOrDigest.equals(digest.value()) : !Tag.isValid(tagOrDigest)) {
            throw new ContentException.Unsupported("neither a tag nor the manifest's digest: " + tagOrDigest);
        }
        if (!digest.ofSameAlgorithm(manifest.content().toArray()).equals(digest)) {
            throw new ContentException.Corrupt("not the bytes of " + digest);
        }
        for (Descriptor child : manifest.children()) {
            boolean isThere = blobs.containsKey(child.digest()) || manifests.containsKey(child.digest());
            if (!isThere && child.urls().isEmpty()) {
                throw new ContentException.NotFound(tagOrDigest + " names missing content: " + child.digest());
            }
        }
        manifests.put(digest, manifest);
        if (!Digest.isValid(tagOrDigest)) {
            tags.put(tagOrDigest, digest);
        }
    }

    private Optional<Manifest> find(String tagOrDigest) {
        Digest digest = Digest.isValid(tagOrDigest) ? new Digest(tagOrDigest) : tags.get(tagOrDigest);
        return digest == null ? Optional.empty() : Optional.ofNullable(manifests.get(digest));
    }

    private static byte[] read(BlobContent content) {
        try (InputStream stream = content.openAt(0)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new ContentException.Unreachable("the source broke off", e);
        }
    }
}
