package gcrsync.content;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A blob that can be read from any offset, as often as a retry needs. */
public interface BlobContent {
    /**
     * The bytes from the offset to the end, fetched as they are read. A store's refusal is a
     * {@link ContentException}, a broken transfer an IOException.
     */
    InputStream openAt(long offset) throws IOException;

    /** Where the blob lies already, for a destination that can take it from there by itself. */
    default Optional<BlobOrigin> origin() {
        return Optional.empty();
    }
}
