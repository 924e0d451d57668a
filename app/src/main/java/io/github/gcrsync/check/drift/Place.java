package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.rule.MirrorRule;

/**
 * Where an image can be copied from.
 *
 * @param name for users
 * @param isSource or another destination of the mirror, which has images as they are recorded
 */
public record Place(String name, MirrorRule rule, Store store, boolean isSource) {
    static Place source(MirrorRule rule, Store store) {
        return new Place("the source", rule, store, true);
    }

    /** @param rule of the other destination */
    public static Place destination(MirrorRule rule, Store store) {
        return new Place(rule.destination().toString(), rule, store, false);
    }

    /** @throws IllegalArgumentException if the image has no valid name there */
    ImageSource repository(Recorded image) {
        return store.repository(
                isSource
                        ? rule.source().full(image.name())
                        : rule.names().of(image.name(), image.reference()).repository());
    }

    Digest digest(Recorded image) {
        return isSource ? image.digest() : image.stored();
    }

    Platforms platforms() {
        return isSource ? rule.platforms() : Platforms.ALL;
    }
}
