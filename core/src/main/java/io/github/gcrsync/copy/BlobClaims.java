package io.github.gcrsync.copy;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Agrees with other processes that copy to the same servers who transfers a blob, so that it is read once at the source.
 * Thread-safe. An agreement that fails, such as one over a lost database, is no error: the blob is then read twice.
 */
public interface BlobClaims {
    /** For a process that copies alone. */
    BlobClaims NONE = (blob, servers, hasEnded) -> Claim.NONE;

    /**
     * Claims the transfer of a blob to servers. Waits, for a limited time, while another claim has one of them, and then
     * takes all those without the blob in one step: two processes that each held what the other needs would wait for each
     * other. The calling thread holds no slot. Threads of one process may claim the same blob, too.
     *
     * @param servers that lack the blob, as far as this process knows; names of {@link CopyTarget}s, which are empty in a
     *     copy without several targets
     * @param hasEnded whether nobody needs the blob any longer; the wait then ends soon
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    Claim claim(Descriptor blob, Set<String> servers, BooleanSupplier hasEnded) throws InterruptedException;

    /** The right to transfer a blob, until it is closed. */
    interface Claim extends AutoCloseable {
        /** Claims nothing and finds nothing. */
        Claim NONE = new Claim() {};

        /**
         * Returns the repositories where others have put the blob, by server; the blob may be gone since. To the other
         * servers it is transferred.
         */
        default Map<String, RepositoryName> found() {
            return Map.of();
        }

        /**
         * The server has confirmed the blob in this repository, from where others can take it. Also called for a server
         * where it was found, but gone; and after the claim is closed, for a slow server.
         */
        default void arrived(String server, RepositoryName repository) {}

        /** Leaves the blob to others at the servers where it has not arrived. */
        @Override
        default void close() {}
    }
}
