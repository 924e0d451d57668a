package io.github.gcrsync.registry;

import java.util.Optional;

/**
 * How blobs are sent to one registry: what is known of it, and what its refusals have taught this run. Each
 * refusal rules something out, so asking again comes to an end.
 */
final class UploadWays {
    /** From here on a blob is worth the one request more: what a PATCH brought stays in the session for certain. */
    private static final long LARGE = 1L << 30;

    private static final long LARGEST_CHUNK = 64L << 20;
    /** No proxy in use allows less; smaller chunks would be all overhead. */
    private static final long SMALLEST_CHUNK = 64L << 10;

    private final long large;
    private final Quirks quirks;
    private boolean patchRefused;
    private long tooMuchForPut;
    private long tooMuchForPatch = Long.MAX_VALUE;
    /** A blob was refused in both ways: it is not the way that this registry dislikes. */
    private boolean otherWayIsNoBetter;

    /** One of the three forms of "Pushing blobs" in the distribution specification. */
    sealed interface Way {
        /** One PUT with all bytes. */
        record Whole() implements Way {}

        /** One PATCH with all bytes, then a PUT without any; what Docker does. */
        record Streamed() implements Way {}

        /** PATCH after PATCH of at most so many bytes, then a PUT. */
        record Chunked(long bytes) implements Way {}
    }

    UploadWays(Quirks quirks) {
        this(quirks, LARGE);
    }

    /** @param large from how many bytes on a blob is streamed by PATCH */
    UploadWays(Quirks quirks, long large) {
        this.large = large;
        this.quirks = quirks;
        this.tooMuchForPut = quirks.has(Quirks.Trait.PATCH_ONLY)
                ? 0
                : quirks.bytes(Quirks.Trait.LARGEST_PUT).map(most -> most + 1).orElse(Long.MAX_VALUE);
    }

    /** @param leastChunk what the session announced as OCI-Chunk-Min-Length, 0 if nothing */
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
     * Takes note of a refused body.
     *
     * @param status 413 or 405
     * @param length of the body, in bytes
     * @return whether there is another way left for a blob of that size
     */
    synchronized boolean lowered(Way tried, String method, int status, long length, long size, long leastChunk) {
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
     * Another way for a blob that was refused without a word of its form: Artipie takes no bytes by PUT and calls the digest
     * invalid; other registries take none by PATCH. To be tried once, and {@link #tried} told of it.
     */
    synchronized Optional<Way> insteadOf(Way refused, long size) {
        Way other = refused instanceof Way.Whole ? new Way.Streamed() : new Way.Whole();
        boolean ruledOut = other instanceof Way.Whole ? size >= tooMuchForPut : patchRefused;
        return ruledOut || otherWayIsNoBetter ? Optional.empty() : Optional.of(other);
    }

    /** @param taken whether the blob was taken in that way, which is then the way for all */
    synchronized void tried(Way other, boolean taken) {
        if (!taken) {
            otherWayIsNoBetter = true;
        } else if (other instanceof Way.Whole) {
            patchRefused = true;
        } else {
            tooMuchForPut = 0;
        }
    }
}
