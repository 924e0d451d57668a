package io.github.gcrsync.copy;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How an image is copied.
 *
 * @param blobsInFlight blobs transferred at a time, at least 1
 * @param listener of a copy to one target; of a copy to several, it receives the progress of reading the source
 * @param patience with one of several targets that holds up the others
 * @param referrers that are copied with the image
 * @param claims made before a blob is transferred that other processes may transfer, too
 * @param repair if present, the destination is asked for every blob, gets all manifests again, and gets the blobs with
 *     these digests, which it lacks or has damaged, whatever it claims
 */
public record CopyOptions(
        int blobsInFlight,
        StopSignal stop,
        CopyListener listener,
        Platforms platforms,
        Duration patience,
        ReferrerTypes referrers,
        BlobClaims claims,
        Optional<Set<Digest>> repair) {
    /** With one of several targets that holds up the others. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    /** @throws IllegalArgumentException if no blob may be in flight */
    public CopyOptions {
        if (blobsInFlight < 1) {
            throw new IllegalArgumentException("at least one blob must be in flight, not " + blobsInFlight);
        }
    }

    /**
     * 8 blobs at a time, a stop signal of its own, no listener, all platforms, 10 seconds of patience, no referrers, no
     * other processes, and no repair.
     */
    public static CopyOptions defaults() {
        return new CopyOptions(
                8,
                new StopSignal(),
                CopyListener.SILENT,
                Platforms.ALL,
                PATIENCE,
                ReferrerTypes.NONE,
                BlobClaims.NONE,
                Optional.empty());
    }

    public CopyOptions withBlobsInFlight(int most) {
        return new CopyOptions(most, stop, listener, platforms, patience, referrers, claims, repair);
    }

    public CopyOptions withStop(StopSignal signal) {
        return new CopyOptions(blobsInFlight, signal, listener, platforms, patience, referrers, claims, repair);
    }

    public CopyOptions withListener(CopyListener listener) {
        return new CopyOptions(blobsInFlight, stop, listener, platforms, patience, referrers, claims, repair);
    }

    public CopyOptions withPlatforms(Platforms wanted) {
        return new CopyOptions(blobsInFlight, stop, listener, wanted, patience, referrers, claims, repair);
    }

    public CopyOptions withPatience(Duration withSlowTarget) {
        return new CopyOptions(blobsInFlight, stop, listener, platforms, withSlowTarget, referrers, claims, repair);
    }

    public CopyOptions withReferrers(ReferrerTypes wanted) {
        return new CopyOptions(blobsInFlight, stop, listener, platforms, patience, wanted, claims, repair);
    }

    public CopyOptions withClaims(BlobClaims amongProcesses) {
        return new CopyOptions(blobsInFlight, stop, listener, platforms, patience, referrers, amongProcesses, repair);
    }

    /**
     * Repairs images that the destination seems to have: sends what it lacks, and all manifests.
     *
     * @param damaged blobs that are sent again whatever the destination claims to have
     */
    public CopyOptions withRepair(Set<Digest> damaged) {
        return new CopyOptions(
                blobsInFlight,
                stop,
                listener,
                platforms,
                patience,
                referrers,
                claims,
                Optional.of(Set.copyOf(damaged)));
    }
}
