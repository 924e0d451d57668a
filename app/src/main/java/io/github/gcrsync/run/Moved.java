package io.github.gcrsync.run;

/**
 * What went over the wire.
 *
 * @param bytes read from the source
 * @param uploaded blobs sent
 * @param mounted blobs that the destination took from another of its repositories
 * @param mountedBytes what these blobs would have cost
 * @param alreadyThere blobs that the destination repository held before
 * @param alreadyThereBytes what these blobs would have cost
 */
public record Moved(
        long bytes, long uploaded, long mounted, long mountedBytes, long alreadyThere, long alreadyThereBytes) {
    /** Bytes that did not have to be sent. */
    public long saved() {
        return mountedBytes + alreadyThereBytes;
    }
}
