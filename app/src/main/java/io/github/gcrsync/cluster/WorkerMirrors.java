package io.github.gcrsync.cluster;

import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.MemoryLedger;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.run.quota.PullQuota;
import java.time.Duration;
import java.util.Collection;

/** The mirrors of a worker's configuration file. Thread-safe. */
public interface WorkerMirrors {
    /**
     * Opens a mirror for a task. Tasks of one run share what is known about registries, images and signatures; another
     * run begins anew.
     *
     * @throws RuntimeException if the file is invalid or has no such mirror
     */
    Opened open(String mirror, String run);

    /** Closes what belongs to other runs than these. */
    void keep(Collection<String> runs);

    /** Fails all current requests. */
    void disconnect();

    /** A mirror while a task needs it. */
    interface Opened extends AutoCloseable {
        /**
         * Opens the mirror at one destination.
         *
         * @throws RuntimeException if the mirror has no such destination
         */
        Bound at(String place);

        PullQuota quota(int images, StopSignal stop);

        /** Fails the requests of all tasks of the run. */
        void disconnect();

        /** How long one of several destinations may hold up the others. */
        Duration patience();

        @Override
        void close();
    }

    /** @param ledger empty, and for one task */
    record Bound(Mirror mirror, MemoryLedger ledger) {}
}
