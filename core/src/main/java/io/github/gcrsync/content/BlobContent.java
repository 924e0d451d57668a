package io.github.gcrsync.content;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A blob that can be read from any offset, as often as a retry needs. */
public interface BlobContent {
    /**
     * The bytes from the offset to the end, fetched as they are read. A store's refusal is a
     * {@link ContentException}, a broken transfer an IOException: the content itself has tried to go on before.
     */
    InputStream openAt(long offset) throws IOException;

    /** The same for a reader that checks the digest itself: hashing is the larger part of what a byte costs. */
    default InputStream uncheckedAt(long offset) throws IOException {
        return openAt(offset);
    }

    /** What such a reader throws when the digest is another one; the content knows where it came from. */
    default RuntimeException damaged(String what) {
        return new ContentException.Corrupt(what + ": the content does not have its digest");
    }

    /**
     * Waits until the bytes may be moved. A destination calls it before it opens an upload or a file for them, once it knows
     * of nothing that makes them unnecessary, and again before each attempt to send them anew.
     */
    default void awaitTurn() {}

    /**
     * Waits for a slot at the blob's own host and one at the host that it goes to, and takes both in one step: two transfers
     * that each hold what the other one waits for would never end. Until the passage is closed, the blob is read by it.
     *
     * @param authority {@code host[:port]} of the destination's server
     * @return {@link Passage#NONE} if the blob comes from no host; then the destination takes its own slots
     */
    default Passage passageTo(String authority) {
        return Passage.NONE;
    }

    /** Where the blob lies already, for a destination that can take it from there by itself. */
    default Optional<BlobOrigin> origin() {
        return Optional.empty();
    }
}
