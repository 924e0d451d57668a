package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one run knows and adds about one namespace at one destination. All methods may be called from several threads and
 * throw {@link LedgerException} if the records cannot be read or written.
 */
public interface Ledger {
    /** The source digest that the destination is known to hold; empty if the tag is only listed, or was recorded elsewhere. */
    Optional<Digest> mirrored(RepositoryName name, String tag);

    /** Whether the tag was mirrored once, to any destination and with any digest. */
    boolean listed(RepositoryName name, String tag);

    /** Every tag whose digest is recorded for this destination, in sorted order, as of now. */
    Stream<Recorded> recorded();

    /** The ledgers of other namespaces that are kept in the same place, as of the last checkpoint. */
    List<OtherLedger> others();

    /** Notes images that were copied and that the destination has confirmed. */
    void record(Collection<Entry> entries);

    /** Notes images that the destination was found to hold already. */
    void adopt(Collection<Entry> entries);

    /** Notes that a recorded tag is gone at the destination; it stays listed, so that the next run looks for it again. */
    void forget(RepositoryName name, String tag);

    /**
     * Saves what was noted since the last checkpoint, and shares it where the ledger has a remote. If sharing fails, the
     * notes are kept on this machine and the next checkpoint or run shares them.
     */
    Published checkpoint();

    /** Computes the files that a checkpoint would save now; writes nothing. */
    Preview preview();
}
