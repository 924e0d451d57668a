package io.github.gcrsync.run;

import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.run.ImageGroup.Copy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/** A lane for each destination that may be too slow for the others. No lane waits for another. */
final class Lanes {
    private final Map<PartRun, Lane> lanes = new HashMap<>();

    /** @param work copies one image by the copier of the lane */
    Lanes(List<PartRun> parts, Copier copier, BiConsumer<Copy, Copier> work) {
        parts.forEach(part -> {
            Copier apart = copier.apart(MirrorRun.blobsInFlight(Lane.IMAGES_AT_A_TIME));
            lanes.put(part, new Lane(copy -> work.accept(copy, apart)));
        });
    }

    /** Leaves copies to slow destinations to their lanes, unless nobody else needs the image, and returns the others. */
    List<Copy> without(List<Copy> copies) {
        if (copies.size() == 1) {
            return copies;
        }
        List<Copy> together = new ArrayList<>();
        for (Copy copy : copies) {
            Lane lane = lane(copy);
            if (lane.isBusy()) {
                lane.add(copy);
            } else {
                together.add(copy);
            }
        }
        return together;
    }

    void add(Copy copy) {
        lane(copy).add(copy);
    }

    void await() {
        lanes.values().forEach(Lane::await);
    }

    /** Throws what ended a lane, if it was an internal error. */
    void check() {
        lanes.values().forEach(Lane::check);
    }

    private Lane lane(Copy copy) {
        return Objects.requireNonNull(lanes.get(copy.part()));
    }
}
