package io.github.gcrsync.registry;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

/**
 * Records the upload sessions of large blobs, so that a later process can resume them. The registry confirms every
 * session before it is resumed, so a lost or stale entry only costs another upload of the blob. A session's location
 * may contain secrets. Thread-safe.
 */
public interface UploadJournal {
    /** Records nothing. */
    UploadJournal NONE = (host, repository, blob) -> Entry.NONE;

    /**
     * Opens the entry for the upload of one blob to one repository, exclusively until it is closed. If another thread
     * or process uploads the same blob, its session must not be touched, and {@link Entry#NONE} is returned.
     *
     * @param host of the registry, {@code host[:port]}
     */
    Entry open(String host, RepositoryName repository, Digest blob);

    /** The recorded session of one upload. Closing the entry keeps the record. */
    interface Entry extends AutoCloseable {
        /** For an upload that is not recorded. */
        Entry NONE = new Entry() {};

        /** The location of an unfinished upload. */
        default Optional<String> location() {
            return Optional.empty();
        }

        /** Replaces the recorded location. */
        default void remember(String location) {}

        /** Deletes the record of a finished upload. */
        default void forget() {}

        @Override
        default void close() {}
    }
}
