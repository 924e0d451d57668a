package gcrsync.ledger;

import gcrsync.oci.Digest;
import java.util.Optional;

/** What a run has found out about one tag and not yet committed. */
public sealed interface Change {
    String key();

    /** @param at seconds since the epoch */
    record Copied(String key, Digest digest, String line, long at) implements Change {}

    /** @param at seconds since the epoch */
    record Adopted(String key, Digest digest, String line, long at) implements Change {}

    record Forgotten(String key) implements Change {}

    /** The digest that the destination holds after this change, if any. */
    default Optional<Digest> after() {
        return switch (this) {
            case Copied copied -> Optional.of(copied.digest());
            case Adopted adopted -> Optional.of(adopted.digest());
            case Forgotten _ -> Optional.empty();
        };
    }
}
