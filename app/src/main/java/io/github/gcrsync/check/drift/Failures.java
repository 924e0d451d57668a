package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.plan.Sides;
import java.util.Optional;

/** Classifies a failed request. */
final class Failures {
    private final Sides sides;

    Failures(Sides sides) {
        this.sides = sides;
    }

    /**
     * Returns why something could not be checked at the destination.
     *
     * @throws CopyException if the destination failed as a whole
     */
    Problem unchecked(RuntimeException failure) {
        ContentException reason = ContentException.of(failure);
        if (sides.isLost(Side.DESTINATION, reason)) {
            throw new CopyException(Side.DESTINATION, reason);
        }
        return new Problem(Kind.UNCHECKED, Optional.empty(), String.valueOf(reason.getMessage()));
    }

    /** Whether it is of no use to ask the source anything else. */
    boolean isSourceLost(ContentException reason) {
        return sides.isLost(Side.SOURCE, reason);
    }
}
