package gcrsync.registry;

import gcrsync.content.BlobContent;
import gcrsync.content.BlobOrigin;
import gcrsync.oci.Descriptor;
import gcrsync.oci.RepositoryName;
import java.io.InputStream;
import java.util.Optional;

/** A blob of a registry, fetched when it is read. */
final class RemoteBlob implements BlobContent {
    private final RemoteRegistry registry;
    private final RepositoryName repository;
    private final Descriptor blob;

    RemoteBlob(RemoteRegistry registry, RepositoryName repository, Descriptor blob) {
        this.registry = registry;
        this.repository = repository;
        this.blob = blob;
    }

    @Override
    public InputStream openAt(long offset) {
        // Who reads a part of it can only check the whole by other means.
        return new ResumingDownload(registry, repository, blob, offset, offset == 0);
    }

    @Override
    public InputStream uncheckedAt(long offset) {
        return new ResumingDownload(registry, repository, blob, offset, false);
    }

    @Override
    public RuntimeException damaged(String what) {
        return ResumingDownload.damaged(ResumingDownload.request(registry, repository, blob));
    }

    @Override
    public Optional<BlobOrigin> origin() {
        return Optional.of(new BlobOrigin(registry.host(), repository));
    }
}
