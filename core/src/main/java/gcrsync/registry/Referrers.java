package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.http.Request;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import gcrsync.oci.InvalidManifestException;
import gcrsync.oci.Manifest;
import gcrsync.oci.MediaType;
import gcrsync.oci.RepositoryName;
import java.util.List;

/** What refers to a manifest: the referrers API, else the tag that stands for it ("Referrers Tag Schema"). */
final class Referrers {
    private final RemoteRegistry registry;
    private final RemoteRepository repository;
    private final RepositoryName name;

    Referrers(RemoteRegistry registry, RemoteRepository repository, RepositoryName name) {
        this.registry = registry;
        this.repository = repository;
        this.name = name;
    }

    List<Descriptor> of(Digest subject) {
        if (registry.quirks().has(Quirks.Trait.NO_REFERRERS_API)) {
            return byTag(subject);
        }
        Request request = Request.get(registry.uri("/v2/" + name + "/referrers/" + subject))
                .withScopes(List.of(Scopes.pull(name)))
                .with("Accept", MediaType.OCI_INDEX);
        try {
            return new Pages(registry, request)
                    .entries(in -> {
                        byte[] page = in.readNBytes(RemoteRepository.LARGEST_MANIFEST);
                        return Manifest.parse(MediaType.OCI_INDEX, Digest.sha256(page), page)
                                .children();
                    })
                    .toList();
        } catch (ContentException.NotFound e) {
            return byTag(subject);
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt("the answer to " + request + " is not an index: " + e.getMessage(), e);
        }
    }

    private List<Descriptor> byTag(Digest subject) {
        try {
            return repository
                    .manifest(subject.algorithm() + "-" + subject.hex())
                    .children();
        } catch (ContentException.NotFound e) {
            return List.of();
        }
    }
}
