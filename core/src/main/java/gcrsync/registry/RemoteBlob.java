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
        return new ResumingDownload(registry, repository, blob, offset);
    }

    @Override
    public Optional<BlobOrigin> origin() {
        return Optional.of(new BlobOrigin(registry.host(), repository));
    }
}
