package io.github.gcrsync.registry;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

/**
 * Remembers the upload sessions of large blobs beyond the end of the process, so that the next one can go on with them.
 * The registry is asked about whatever is found here, so an entry that is lost or stale only costs that the blob is sent
 * again. A session's location may carry secrets. Used by many threads.
 */
public interface UploadJournal {
    /** Remembers nothing. */
    UploadJournal NONE = (host, repository, blob) -> Entry.NONE;

    /**
     * The entry for one blob on its way into one repository. Nobody else has it until it is closed: while another thread
     * or process sends the same blob, that one's session is not to be touched, and {@link Entry#NONE} is given.
     *
     * @param host of the registry, {@code host[:port]}
     */
    Entry open(String host, RepositoryName repository, Digest blob);

    /** What is remembered of one upload; nothing, unless somebody does. Closing keeps it. */
    interface Entry extends AutoCloseable {
        /** For an upload that is not remembered. */
        Entry NONE = new Entry() {};

        /** Where an upload that was not finished was to go on. */
        default Optional<String> location() {
            return Optional.empty();
        }

        /** Replaces what was remembered. */
        default void remember(String location) {}

        /** The upload is done with. */
        default void forget() {}

        @Override
        default void close() {}
    }
}
