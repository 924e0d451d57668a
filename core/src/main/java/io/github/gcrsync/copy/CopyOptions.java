package io.github.gcrsync.copy;

/**
 * How an image is copied.
 *
 * @param blobsInFlight blobs transferred at a time, at least 1
 */
public record CopyOptions(int blobsInFlight, StopSignal stop, CopyListener listener) {
    /** @throws IllegalArgumentException if no blob may be in flight */
    public CopyOptions {
        if (blobsInFlight < 1) {
            throw new IllegalArgumentException("at least one blob must be in flight, not " + blobsInFlight);
        }
    }

    /** 8 blobs at a time, a stop signal of its own and no listener. */
    public static CopyOptions defaults() {
        return new CopyOptions(8, new StopSignal(), CopyListener.SILENT);
    }

    public CopyOptions withBlobsInFlight(int most) {
        return new CopyOptions(most, stop, listener);
    }

    public CopyOptions withStop(StopSignal signal) {
        return new CopyOptions(blobsInFlight, signal, listener);
    }

    public CopyOptions withListener(CopyListener listener) {
        return new CopyOptions(blobsInFlight, stop, listener);
    }
}
