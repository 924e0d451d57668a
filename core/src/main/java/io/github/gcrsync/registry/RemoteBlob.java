package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobOrigin;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Passage;
import io.github.gcrsync.content.VerifiedStream;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.limit.HostSlots;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A blob in a registry, fetched when it is read. */
final class RemoteBlob implements BlobContent {
    private final RemoteRegistry registry;
    private final RepositoryName repository;
    private final Descriptor blob;
    /** The host whose slot the requests use while a passage is open. */
    private volatile Optional<String> slotAt = Optional.empty();

    RemoteBlob(RemoteRegistry registry, RepositoryName repository, Descriptor blob) {
        this.registry = registry;
        this.repository = repository;
        this.blob = blob;
    }

    @Override
    public InputStream openAt(long offset) {
        InputStream download = uncheckedAt(offset);
        // A partial read cannot be verified here.
        return offset == 0 ? new VerifiedStream(blob, download, () -> damaged("")) : download;
    }

    @Override
    public InputStream uncheckedAt(long offset) {
        return new ResumingDownload(registry, request(), blob, offset);
    }

    /** Whether the blob exists with its size, as far as the header of the answer shows. */
    boolean exists() {
        // Servers without support for HEAD; 403 also from storage hosts whose signed URL is only for GET (S3).
        return exists("HEAD", Set.of(403, 405, 501))
                .or(() -> exists("GET", Set.of()))
                .orElseThrow();
    }

    /** @return empty if the answer has one of the statuses that do not count */
    private Optional<Boolean> exists(String method, Set<Integer> ignored) {
        Request request = request(method);
        // Closed without reading the content.
        try (Response response = registry.transport().send(request)) {
            if (response.isSuccess()) {
                return Optional.of(response.headers()
                        .first("Content-Length")
                        .map(length -> length.equals(Long.toString(blob.size())))
                        .orElse(true));
            }
            if (response.status() == 404) {
                return Optional.of(false);
            }
            if (ignored.contains(response.status())) {
                return Optional.empty();
            }
            throw Answers.refusal(request, response);
        } catch (IOException e) {
            throw Answers.failure(request, e);
        }
    }

    private Request request() {
        return request("GET");
    }

    private Request request(String method) {
        return Request.of(method, registry.uri("/v2/" + repository + "/blobs/" + blob.digest()))
                .withScopes(List.of(Scopes.pull(repository)))
                // Some proxies compress on their own; the digest is that of the original bytes.
                .with("Accept-Encoding", "identity")
                .withSlotAt(slotAt);
    }

    @Override
    public RuntimeException damaged(String what) {
        return new ContentException.Corrupt("the content of " + request() + " does not match its digest");
    }

    @Override
    public Optional<Passage> passageTo(List<String> authorities, Duration patience) {
        List<String> hosts = Stream.concat(Stream.of(registry.authority()), authorities.stream())
                .toList();
        try {
            return registry.access().slots().take(hosts, patience).map(this::passage);
        } catch (IOException e) {
            throw Answers.failure(request(), e);
        }
    }

    private Passage passage(HostSlots.Held slots) {
        slotAt = Optional.of(registry.authority());
        return () -> {
            slotAt = Optional.empty();
            slots.close();
        };
    }

    @Override
    public Optional<BlobOrigin> origin() {
        return Optional.of(new BlobOrigin(registry.host(), repository));
    }
}
