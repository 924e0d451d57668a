package io.github.gcrsync.prune;

import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.prune.PruneRule.When;
import io.github.gcrsync.rule.DestinationNames.Target;
import java.time.Instant;

/**
 * A recorded image that may be deleted.
 *
 * @param target its name at the destination
 * @param since when it is gone or unselected
 */
public record DueImage(Recorded image, Target target, When why, Instant since) {
    /** Returns {@code name:tag} or {@code name@digest}. */
    public String name() {
        return image.image();
    }

    /** Returns the digest at the destination. */
    public Digest digest() {
        return image.stored();
    }

    boolean hasTag() {
        return !Digest.isValid(target.tag());
    }
}
