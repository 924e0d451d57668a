package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ManifestReader;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.io.IOException;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterators;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One repository of a registry. */
final class RemoteRepository implements Repository {
    /** The largest manifest that distribution accepts. */
    static final int LARGEST_MANIFEST = 4 << 20;

    private static final int PAGE = 1000;
    private static final String ACCEPT = String.join(", ", MediaType.MANIFESTS) + ", */*";

    private final RemoteRegistry registry;
    private final RepositoryName name;
    private final BlobUpload upload;
    private final Referrers referrers;
    private final FallbackIndex fallback;
    private final ManifestWrites writes;

    RemoteRepository(RemoteRegistry registry, RepositoryName name) {
        this.registry = registry;
        this.name = name;
        this.upload = new BlobUpload(registry, name);
        this.referrers = new Referrers(registry, this, name);
        this.fallback = new FallbackIndex(registry, this, referrers, name);
        this.writes = new ManifestWrites(registry, this, name, upload, fallback);
    }

    @Override
    public Optional<Descriptor> resolve(String tagOrDigest) {
        Request request = reading("HEAD", manifestUri(tagOrDigest)).with("Accept", ACCEPT);
        Optional<Descriptor> announced;
        try {
            announced = registry.send(request, response -> described(tagOrDigest, request, response));
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        }
        return announced.isPresent() ? announced : fetched(tagOrDigest);
    }

    /**
     * Returns empty if the manifest must be fetched: registries need not announce digest and size ("Pulling
     * manifests").
     */
    private static Optional<Descriptor> described(String tagOrDigest, Request request, Response response) {
        if (response.status() == 405 || response.status() == 501) {
            return Optional.empty(); // A server or a proxy without support for HEAD.
        }
        if (!response.isSuccess()) {
            throw Answers.refusal(request, response);
        }
        return Digest.parse(tagOrDigest)
                .or(() -> announced(response))
                .flatMap(digest -> response.headers()
                        .first("Content-Length")
                        .flatMap(RemoteRepository::size)
                        .map(size -> new Descriptor(mediaType(response), digest, size)));
    }

    private Optional<Descriptor> fetched(String tagOrDigest) {
        try {
            return Optional.of(manifest(tagOrDigest).descriptor());
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        }
    }

    @Override
    public Manifest manifest(String tagOrDigest) {
        try {
            return fetchManifest(tagOrDigest);
        } catch (ContentException.Corrupt e) {
            return fetchManifest(tagOrDigest); // Retry: the manifest may have been damaged in transit.
        }
    }

    private Manifest fetchManifest(String tagOrDigest) {
        Request request = reading("GET", manifestUri(tagOrDigest)).with("Accept", ACCEPT);
        try {
            return registry.ask(request, response -> read(tagOrDigest, request, response));
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt("the manifest of " + request + " is invalid: " + e.getMessage(), e);
        }
    }

    private static Manifest read(String tagOrDigest, Request request, Response response) throws IOException {
        byte[] content = response.body().readNBytes(LARGEST_MANIFEST + 1);
        if (content.length > LARGEST_MANIFEST) {
            throw new ContentException.Unsupported(
                    "the manifest of " + request + " is larger than the " + LARGEST_MANIFEST + " bytes accepted");
        }
        Optional<Digest> expected = Digest.parse(tagOrDigest).or(() -> announced(response));
        Digest actual = expected.map(digest -> digest.ofSameAlgorithm(content)).orElseGet(() -> Digest.sha256(content));
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new ContentException.Corrupt(
                    "the manifest of " + request + " has the digest " + actual + " instead of " + expected.get());
        }
        return ManifestReader.read(request.toString(), mediaType(response), actual, content);
    }

    @Override
    public BlobContent blob(Descriptor blob) {
        return new RemoteBlob(registry, name, blob);
    }

    @Override
    public Stream<String> tags() {
        Request first = reading("GET", uri("tags/list?n=" + PAGE)).with("Accept", "application/json");
        try {
            Iterator<String> tags = Pages.ofNames(registry, first).stream()
                    .flatMap(page -> page.tags().stream())
                    .distinct()
                    .iterator();
            // The first page shows whether the repository exists.
            return tags.hasNext()
                    ? StreamSupport.stream(Spliterators.spliteratorUnknownSize(tags, 0), false)
                    : Stream.empty();
        } catch (ContentException.NotFound e) {
            return Stream.empty();
        }
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return referrers(subject, tag -> true).referrers();
    }

    @Override
    public ReferrerList referrers(Digest subject, Predicate<String> mayExist) {
        return referrers.of(subject, mayExist);
    }

    @Override
    public boolean findsReferrersOnlyByTag() {
        return registry.referrers().isAbsent();
    }

    @Override
    public void listReferrers(Digest subject, List<Descriptor> added, Optional<Manifest> atSource) {
        if (!added.isEmpty()) {
            fallback.list(subject, added, atSource);
        }
    }

    @Override
    public BlobArrival ensureBlob(Descriptor blob, BlobContent content) {
        return upload.ensure(blob, content);
    }

    @Override
    public void distrust(Digest blob) {
        upload.distrust(blob);
    }

    @Override
    public Optional<RepositoryName> name() {
        return Optional.of(name);
    }

    @Override
    public void noteBlob(Descriptor blob, RepositoryName from) {
        registry.blobLocations().put(blob.digest(), from);
    }

    @Override
    public void putManifest(String tagOrDigest, Manifest manifest) {
        writes.put(tagOrDigest, manifest);
    }

    @Override
    public boolean hasBlob(Descriptor blob) {
        return new RemoteBlob(registry, name, blob).exists();
    }

    @Override
    public boolean deleteTag(String tag) {
        return writes.deleteTag(tag);
    }

    @Override
    public boolean deleteManifest(Digest manifest) {
        return writes.deleteManifest(manifest);
    }

    private Request reading(String method, URI uri) {
        return Request.of(method, uri).withScopes(List.of(Scopes.pull(name)));
    }

    URI manifestUri(String tagOrDigest) {
        String checked = Digest.isValid(tagOrDigest) ? tagOrDigest : Tag.checked(tagOrDigest);
        return uri("manifests/" + checked);
    }

    private URI uri(String rest) {
        return registry.uri("/v2/" + name + "/" + rest);
    }

    static Optional<Digest> announced(Response response) {
        return response.headers()
                .first("Docker-Content-Digest")
                .filter(Digest::isValid)
                .map(Digest::new);
    }

    private static String mediaType(Response response) {
        return MediaType.ofHeader(response.headers().first("Content-Type").orElse(""));
    }

    private static Optional<Long> size(String contentLength) {
        return contentLength.matches("\\d{1,18}") ? Optional.of(Long.valueOf(contentLength)) : Optional.empty();
    }
}
