package io.github.gcrsync.prune;

import io.github.gcrsync.ledger.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the source and the ledger say about deleting.
 *
 * @param images to delete, in order of name
 * @param staying images that are due and must not be deleted
 * @param waiting number of images that are gone or unselected for a shorter time
 * @param next when the first of them is due
 * @param recorded number of recorded images
 * @param sightings that differ from what is recorded
 * @param blocked why nothing may be deleted
 */
public record Due(
        List<DueImage> images,
        List<Staying> staying,
        int waiting,
        Optional<Instant> next,
        int recorded,
        List<Sighting> sightings,
        Optional<String> blocked) {
    public Due {
        images = List.copyOf(images);
        staying = List.copyOf(staying);
        sightings = List.copyOf(sightings);
    }

    Due blockedBecause(String reason) {
        return new Due(images, staying, waiting, next, recorded, sightings, Optional.of(reason));
    }
}
