package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One repository to write to. Every method may throw a {@link ContentException}. */
public interface ImageDestination {
    /**
     * The descriptor of the manifest under this tag or digest; empty if there is none.
     *
     * @throws ContentException.Incomplete if the store knows that content of the image is missing or damaged
     */
    Optional<Descriptor> resolve(String tagOrDigest);

    /**
     * Reads the manifest under this tag or digest.
     *
     * @throws ContentException.NotFound if it does not exist
     */
    Manifest manifest(String tagOrDigest);

    /** All tags in the store's order; empty if the repository does not exist. */
    Stream<String> tags();

    /**
     * Ensures that the repository has the blob, in the cheapest way: finds it, mounts it from another repository, or
     * reads the content. On return, the store has confirmed the blob.
     */
    BlobArrival ensureBlob(Descriptor blob, BlobContent content);

    /** The repository's name in its store; empty if the store has no names, such as a folder that is one image layout. */
    default Optional<RepositoryName> name() {
        return Optional.empty();
    }

    /**
     * Another process has put the blob into that repository of the same store: {@link #ensureBlob} takes it from there if
     * it still can.
     */
    default void noteBlob(Descriptor blob, RepositoryName from) {}

    /** Stores the manifest's original bytes under the tag or digest; the content that it names must already exist. */
    void putManifest(String tagOrDigest, Manifest manifest);

    /** Stores a manifest that will be part of an index: under its digest, but not as an image of its own. */
    default void putChild(Manifest manifest) {
        putManifest(manifest.descriptor().digest().value(), manifest);
    }

    /**
     * Makes the store list these manifests, which it has, among the referrers of the subject, also for other clients. Does
     * nothing at stores that need only the subject in each manifest.
     *
     * @param referrers as their manifests describe them
     * @param atSource the source's list under a tag; stored unchanged if it names exactly these referrers and the store
     *     has no list
     */
    default void listReferrers(Digest subject, List<Descriptor> referrers, Optional<Manifest> atSource) {}

    /**
     * The blob under this digest turned out to be damaged: the next {@link #ensureBlob} sends it again, whatever the
     * store claims to have.
     */
    default void distrust(Digest blob) {}
}
