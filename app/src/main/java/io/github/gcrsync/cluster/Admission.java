package io.github.gcrsync.cluster;

import io.github.gcrsync.run.quota.PullQuota;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/** Limits the images that a worker copies at a time, over all its tasks. */
record Admission(Semaphore images, PullQuota quota) implements PullQuota {
    @Override
    public OptionalLong admits(Runnable meanwhile) {
        return quota.admits(meanwhile);
    }

    @Override
    public boolean refused(long window) {
        return quota.refused(window);
    }

    @Override
    public boolean isSpent(Runnable meanwhile, BooleanSupplier hasEnded, LongPredicate attempt) {
        // Not while the quota is awaited: other mirrors go on.
        return quota.isSpent(meanwhile, hasEnded, window -> {
            images.acquireUninterruptibly();
            try {
                return attempt.test(window);
            } finally {
                images.release();
            }
        });
    }
}
