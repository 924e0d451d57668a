package io.github.gcrsync.copy;

import io.github.gcrsync.oci.Platforms;

/**
 * How an image is copied.
 *
 * @param blobsInFlight blobs transferred at a time, at least 1
 */
public record CopyOptions(int blobsInFlight, StopSignal stop, CopyListener listener, Platforms platforms) {
    /** @throws IllegalArgumentException if no blob may be in flight */
    public CopyOptions {
        if (blobsInFlight < 1) {
            throw new IllegalArgumentException("at least one blob must be in flight, not " + blobsInFlight);
        }
    }

    /** 8 blobs at a time, a stop signal of its own, no listener and all platforms. */
    public static CopyOptions defaults() {
        return new CopyOptions(8, new StopSignal(), CopyListener.SILENT, Platforms.ALL);
    }

    public CopyOptions withBlobsInFlight(int most) {
        return new CopyOptions(most, stop, listener, platforms);
    }

    public CopyOptions withStop(StopSignal signal) {
        return new CopyOptions(blobsInFlight, signal, listener, platforms);
    }

    public CopyOptions withListener(CopyListener listener) {
        return new CopyOptions(blobsInFlight, stop, listener, platforms);
    }

    public CopyOptions withPlatforms(Platforms wanted) {
        return new CopyOptions(blobsInFlight, stop, listener, wanted);
    }
}
