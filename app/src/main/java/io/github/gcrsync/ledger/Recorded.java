package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;

/**
 * The row of one image in ImageDigests.
 *
 * @param name relative to the source
 * @param reference a tag or a digest
 * @param firstMirrored in whole seconds, like {@code lastMoved}
 */
public record Recorded(
        RepositoryName name,
        String reference,
        Digest digest,
        Instant firstMirrored,
        Instant lastMoved,
        Attributes attributes) {
    public static Recorded of(ImageKey key, DigestTable.Row row) {
        return new Recorded(
                key.name(),
                key.reference(),
                row.digest(),
                Instant.ofEpochSecond(row.first()),
                Instant.ofEpochSecond(row.moved()),
                row.attributes());
    }

    /** Returns the digest at the destination. */
    public Digest stored() {
        return attributes.as().orElse(digest);
    }

    /** Returns {@code name:tag} or {@code name@digest}. */
    public String image() {
        return ImageKey.text(name, reference);
    }
}
