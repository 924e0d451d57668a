package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One repository to read from. Every method may throw a {@link ContentException}; "not there" is never an error. */
public interface ImageSource {
    /** The manifest's descriptor, without fetching it; empty if the repository or the tag does not exist. */
    Optional<Descriptor> resolve(String tagOrDigest);

    /**
     * The manifest, its bytes checked against the digest they were asked for or announced with.
     *
     * @throws ContentException.NotFound if it does not exist
     */
    Manifest manifest(String tagOrDigest);

    /** The blob's content, nothing fetched yet; whoever reads it to its end gets exactly what the digest names. */
    BlobContent blob(Descriptor blob);

    /** All tags in the store's order; pages are fetched as the stream is read. Empty if there is no such repository. */
    Stream<String> tags();

    /** Manifests whose subject is the given one: signatures, attestations, SBOMs. */
    List<Descriptor> referrers(Digest subject);
}
