package io.github.gcrsync.run;

/**
 * Data transferred by a run.
 *
 * @param bytes read from the source
 * @param uploaded number of blobs
 * @param mounted number of blobs mounted from another destination repository
 * @param mountedBytes size of the mounted blobs
 * @param alreadyThere number of blobs that the destination repository already had
 * @param alreadyThereBytes size of these blobs
 */
public record Moved(
        long bytes, long uploaded, long mounted, long mountedBytes, long alreadyThere, long alreadyThereBytes) {
    public static final Moved NOTHING = new Moved(0, 0, 0, 0, 0, 0);

    Moved plus(Moved other) {
        return new Moved(
                bytes + other.bytes,
                uploaded + other.uploaded,
                mounted + other.mounted,
                mountedBytes + other.mountedBytes,
                alreadyThere + other.alreadyThere,
                alreadyThereBytes + other.alreadyThereBytes);
    }

    boolean sendsNothing() {
        return uploaded + mounted == 0;
    }

    /** Returns the bytes that did not have to be sent. */
    public long saved() {
        return mountedBytes + alreadyThereBytes;
    }
}
