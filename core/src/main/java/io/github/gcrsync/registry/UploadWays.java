package io.github.gcrsync.registry;

import java.util.Optional;

/**
 * Chooses how blobs are sent to one registry, from its known quirks and its refusals during this run. Each refusal
 * rules out a way, so the search ends.
 */
final class UploadWays {
    /** From this size on, the additional request of a PATCH pays off: the session keeps what a PATCH has sent. */
    private static final long LARGE = 1L << 30;

    private static final long LARGEST_CHUNK = 64L << 20;
    /** No known proxy allows less, and smaller chunks would be mostly overhead. */
    private static final long SMALLEST_CHUNK = 64L << 10;

    private final long large;
    private final Quirks quirks;
    private boolean patchRefused;
    private long tooMuchForPut;
    private long tooMuchForPatch = Long.MAX_VALUE;
    /** A blob was refused in both ways, so the way was not the reason. */
    private boolean otherWayFails;

    /** The three forms of an upload (distribution specification, "Pushing blobs"). */
    sealed interface Way {
        /** One PUT with all bytes. */
        record Whole() implements Way {}

        /** One PATCH with all bytes, then an empty PUT, as Docker does. */
        record Streamed() implements Way {}

        /** Several PATCHes of at most {@code bytes} bytes, then a PUT. */
        record Chunked(long bytes) implements Way {}
    }

    UploadWays(Quirks quirks) {
        this(quirks, LARGE);
    }

    /** @param large size in bytes from which a blob is streamed by PATCH */
    UploadWays(Quirks quirks, long large) {
        this.large = large;
        this.quirks = quirks;
        this.tooMuchForPut = quirks.has(Quirks.Trait.PATCH_ONLY)
                ? 0
                : quirks.bytes(Quirks.Trait.LARGEST_PUT).map(most -> most + 1).orElse(Long.MAX_VALUE);
    }

    /** @param leastChunk the session's OCI-Chunk-Min-Length, or 0 */
    synchronized Way wayFor(long size, long leastChunk) {
        if (patchRefused || size < Math.min(tooMuchForPut, large)) {
            return new Way.Whole();
        }
        if (size < tooMuchForPatch || quirks.has(Quirks.Trait.NO_CHUNKS)) {
            return new Way.Streamed();
        }
        long most = Math.min(quirks.bytes(Quirks.Trait.LARGEST_CHUNK).orElse(LARGEST_CHUNK), tooMuchForPatch / 2);
        long least = Math.max(leastChunk, quirks.bytes(Quirks.Trait.LEAST_CHUNK).orElse(SMALLEST_CHUNK));
        return new Way.Chunked(Math.max(most, least));
    }

    /**
     * Records a refused body.
     *
     * @param status 413, 405 or 416
     * @param length of the body, in bytes
     * @return whether another way remains for a blob of that size
     */
    synchronized boolean ruleOut(Way tried, String method, int status, long length, long size, long leastChunk) {
        boolean put = method.equals("PUT");
        long tooMuch = status == 405 ? 0 : length;
        if (put) {
            tooMuchForPut = Math.min(tooMuchForPut, tooMuch);
        } else if (status == 405) {
            patchRefused = true;
        } else {
            tooMuchForPatch = Math.min(tooMuchForPatch, tooMuch);
        }
        if (patchRefused && size >= tooMuchForPut) {
            return false;
        }
        return !wayFor(size, leastChunk).equals(tried);
    }

    /**
     * Returns another way for a blob that was refused without a clear reason: Artipie accepts no bytes by PUT and
     * reports an invalid digest; other registries accept none by PATCH. Try it once, and report the result to
     * {@link #recordResult}.
     */
    synchronized Optional<Way> alternativeTo(Way refused, long size) {
        Way other = refused instanceof Way.Whole ? new Way.Streamed() : new Way.Whole();
        boolean ruledOut = other instanceof Way.Whole ? size >= tooMuchForPut : patchRefused;
        return ruledOut || otherWayFails ? Optional.empty() : Optional.of(other);
    }

    /** @param taken whether the registry accepted the blob in that way, which then applies to all blobs */
    synchronized void recordResult(Way other, boolean taken) {
        if (!taken) {
            otherWayFails = true;
        } else if (other instanceof Way.Whole) {
            patchRefused = true;
        } else {
            tooMuchForPut = 0;
        }
    }
}
