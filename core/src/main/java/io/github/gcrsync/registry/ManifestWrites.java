package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Stores and deletes the manifests and tags of one repository. */
final class ManifestWrites {
    private static final Set<Integer> OF_ALL_TAGS = Set.of(400, 405, 501);

    private final RemoteRegistry registry;
    private final RemoteRepository repository;
    private final RepositoryName name;
    private final BlobUpload upload;
    private final FallbackIndex fallback;

    ManifestWrites(
            RemoteRegistry registry,
            RemoteRepository repository,
            RepositoryName name,
            BlobUpload upload,
            FallbackIndex fallback) {
        this.registry = registry;
        this.repository = repository;
        this.name = name;
        this.upload = upload;
        this.fallback = fallback;
    }

    /**
     * Distribution also answers 400 MANIFEST_BLOB_UNKNOWN while a child is stored under another tag at the same moment:
     * it reads the link to the child while that is written. Therefore retries once before the content counts as
     * missing.
     */
    void put(String tagOrDigest, Manifest manifest) {
        try {
            putOnce(tagOrDigest, manifest);
        } catch (ContentException.Incomplete e) {
            waitForConcurrentPush(e);
            try {
                putOnce(tagOrDigest, manifest);
            } catch (ContentException.Incomplete again) {
                manifest.children().forEach(child -> upload.forget(child.digest()));
                throw again;
            }
        }
    }

    private void waitForConcurrentPush(ContentException.Incomplete reason) {
        try {
            registry.retries().waitBefore(2);
        } catch (IOException e) {
            throw reason;
        }
    }

    private void putOnce(String tagOrDigest, Manifest manifest) {
        Descriptor descriptor = manifest.descriptor();
        byte[] content = manifest.content().toArray();
        Request request = Request.of("PUT", repository.manifestUri(tagOrDigest))
                .withScopes(List.of(Scopes.push(name)))
                .with("Content-Type", descriptor.mediaType())
                .withBody(RequestBody.of(content))
                .answeredWithin(registry.access().commit());
        Optional<Answers.Refusal> refusal = registry.send(request, response -> {
            if (!response.isSuccess()) {
                return Optional.of(Answers.refusalOfManifest(request, response));
            }
            Optional<Digest> stored = RemoteRepository.announced(response);
            if (stored.filter(digest -> !digest.ofSameAlgorithm(content).equals(digest))
                    .isPresent()) {
                throw new ContentException.Corrupt(registry.host() + " stored " + name + ":"
                        + Printable.shortened(tagOrDigest) + " as " + stored.get() + " instead of "
                        + descriptor.digest());
            }
            if (manifest.subject().isPresent()) {
                fallback.stored(response.headers().first("OCI-Subject").isPresent());
            }
            return Optional.empty();
        });
        if (refusal.isPresent() && !isHeld(tagOrDigest, descriptor.digest(), refusal.get())) {
            throw refusal.get().reason();
        }
    }

    /**
     * Whether the registry refused to overwrite a tag that already has the digest: the manifest then counts as stored.
     *
     * @throws ContentException.Held if the tag has another digest
     */
    private boolean isHeld(String tagOrDigest, Digest wanted, Answers.Refusal refusal) {
        if (!refusal.mayBeHeld() || !Tag.isValid(tagOrDigest)) {
            return false;
        }
        Optional<Digest> found = repository.resolve(tagOrDigest).map(Descriptor::digest);
        if (found.filter(digest -> !digest.equals(wanted)).isPresent()) {
            throw new ContentException.Held(Message.of(
                    "the tag " + registry.host() + "/" + name + ":" + tagOrDigest + " is " + found.get()
                            + " and cannot be overwritten with " + wanted + ": "
                            + refusal.reason().getMessage(),
                    "exclude the tag, delete it at the destination, or make it mutable there"));
        }
        return found.isPresent();
    }

    /**
     * Deletes a tag ("Deleting tags").
     *
     * @return false if the registry cannot do this
     * @throws ContentException if the registry refuses to delete this tag
     */
    boolean deleteTag(String tag) {
        return !registry.keepsTags() && delete(Tag.checked(tag), true);
    }

    /**
     * Deletes a manifest with its tags ("Deleting manifests").
     *
     * @return false if the registry deletes none
     * @throws ContentException if the registry refuses to delete this one
     */
    boolean deleteManifest(Digest digest) {
        return delete(digest.value(), false);
    }

    private boolean delete(String tagOrDigest, boolean isTag) {
        Request request =
                Request.of("DELETE", repository.manifestUri(tagOrDigest)).withScopes(List.of(Scopes.delete(name)));
        return registry.send(request, response -> {
            if (response.isSuccess()) {
                return true;
            }
            Optional<ContentException> refusal = Answers.refusalToDelete(request, response, isTag);
            if (refusal.isEmpty()) {
                if (isTag && OF_ALL_TAGS.contains(response.status())) {
                    registry.setKeepsTags();
                }
                return false;
            }
            if (refusal.get() instanceof ContentException.NotFound) {
                return true;
            }
            throw refusal.get();
        });
    }
}
