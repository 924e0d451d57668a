package io.github.gcrsync.run.quota;

import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/** Admits images while the source's pull quota lasts. Thread-safe. */
public interface PullQuota {
    /** For sources without a pull quota. */
    PullQuota NONE = new PullQuota() {
        @Override
        public OptionalLong admits(Runnable meanwhile) {
            return OptionalLong.of(0);
        }

        @Override
        public boolean refused(long window) {
            return false;
        }
    };

    /**
     * Admits one more image; may wait until the quota is renewed.
     *
     * @param meanwhile called about every second while waiting
     * @return the quota window of the image; empty if the image must not start
     */
    OptionalLong admits(Runnable meanwhile);

    /**
     * Handles a rate limit error of the source.
     *
     * @param window in which the image was admitted
     * @return whether the quota was the cause, so that the image has not failed
     */
    boolean refused(long window);

    /**
     * Makes an attempt each time the quota admits one, until an attempt is not to be repeated.
     *
     * @param meanwhile called about every second while waiting
     * @param hasEnded whether to make no other attempt
     * @param attempt receives the quota window, and returns whether to repeat it because the quota ended meanwhile
     * @return whether the quota is used up, so that the image waits for the next run
     */
    default boolean isSpent(Runnable meanwhile, BooleanSupplier hasEnded, LongPredicate attempt) {
        while (!hasEnded.getAsBoolean()) {
            OptionalLong window = admits(meanwhile);
            if (window.isEmpty()) {
                return !hasEnded.getAsBoolean();
            }
            if (!attempt.test(window.getAsLong())) {
                return false;
            }
        }
        return false;
    }
}
