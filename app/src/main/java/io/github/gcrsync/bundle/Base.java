package io.github.gcrsync.bundle;

import io.github.gcrsync.bundle.Contents.Image;
import java.util.List;
import java.util.Optional;

/**
 * What the other side has already.
 *
 * @param commit of the ledger that recorded it
 */
public record Base(Optional<String> commit, List<Image> images) {
    public Base {
        images = List.copyOf(images);
    }
}
