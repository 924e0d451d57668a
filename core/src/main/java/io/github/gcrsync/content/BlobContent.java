package io.github.gcrsync.content;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The content of a blob, which can be read repeatedly and from any offset. */
public interface BlobContent {
    /**
     * Opens the bytes from the offset to the end; they are fetched as they are read. A refusal by the store is a
     * {@link ContentException}; a broken transfer is an IOException, thrown after the content's own attempts to resume.
     */
    InputStream openAt(long offset) throws IOException;

    /**
     * Opens the bytes without digest verification, for a reader that verifies the digest itself: hashing is most of the
     * CPU time of a transfer.
     */
    default InputStream uncheckedAt(long offset) throws IOException {
        return openAt(offset);
    }

    /** Creates the exception that such a reader throws for a wrong digest; it names the origin of the content. */
    default RuntimeException damaged(String what) {
        return new ContentException.Corrupt(what + ": the content does not match its digest");
    }

    /**
     * Waits until the bytes may be transferred. A destination calls it before it opens an upload or a file, once it
     * knows that the transfer is necessary, and again before each new attempt.
     */
    default void awaitTurn() {}

    /**
     * Takes a slot at the blob's host and one at each destination host in one step, and waits until all are free: two
     * transfers that each hold what the other needs would deadlock. Until the passage is closed, reads of the blob use
     * its slot.
     *
     * @param authorities {@code host[:port]} of the destinations' servers
     * @return {@link Passage#NONE} if the blob is not on a host; the destinations then take their own slots
     */
    default Passage passageTo(List<String> authorities) {
        return passageTo(authorities, Duration.ofNanos(Long.MAX_VALUE)).orElseThrow();
    }

    /** Takes the slots in the same way; returns empty if they are not all free before the patience ends. */
    default Optional<Passage> passageTo(List<String> authorities, Duration patience) {
        return Optional.of(Passage.NONE);
    }

    /** The blob's current location, for a destination that can mount it from there. */
    default Optional<BlobOrigin> origin() {
        return Optional.empty();
    }
}
