package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Lists the referrers of a manifest through the referrers API, or else the referrers tag ("Referrers Tag Schema"). */
final class Referrers {
    /** The most bytes of all pages together: hundreds of thousands of referrers. */
    private static final long LARGEST = 64L << 20;

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
            long[] room = {LARGEST};
            return new Pages<>(registry, request, in -> {
                        byte[] page = page(request, in);
                        room[0] -= page.length;
                        if (room[0] < 0) {
                            throw new ContentException.Corrupt(
                                    "the pages of " + request + " are together larger than " + LARGEST + " bytes");
                        }
                        return Manifest.parse(MediaType.OCI_INDEX, Digest.sha256(page), page)
                                .children();
                    })
                    .stream().flatMap(List::stream).toList();
        } catch (ContentException.NotFound | ContentException.Unsupported e) {
            // The specification says 404; registries without the API also answer 400, 405 or 406.
            return byTag(subject);
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt("the answer to " + request + " is not an index: " + e.getMessage(), e);
        }
    }

    private static byte[] page(Request request, InputStream in) throws IOException {
        byte[] page = in.readNBytes(RemoteRepository.LARGEST_MANIFEST + 1);
        if (page.length > RemoteRepository.LARGEST_MANIFEST) {
            throw new ContentException.Corrupt("a page of " + request + " is larger than the "
                    + RemoteRepository.LARGEST_MANIFEST + " bytes accepted");
        }
        return page;
    }

    /** The tag contains at most 64 characters of the hash, so that it is valid for sha512 too. */
    private List<Descriptor> byTag(Digest subject) {
        String hash = subject.hex();
        String tag = subject.algorithm() + "-" + hash.substring(0, Math.min(hash.length(), 64));
        try {
            Manifest list = repository.manifest(tag);
            if (list.descriptor().digest().equals(subject)) {
                return List.of(); // GitLab reads such a tag as the digest itself:
                // github.com/oras-project/oras-go/issues/1396.
            }
            if (list instanceof Manifest.Index) {
                return list.children();
            }
            throw new ContentException.Corrupt(
                    registry.host() + " holds something that is not an index under " + name + ":" + tag);
        } catch (ContentException.NotFound e) {
            return List.of();
        }
    }
}
