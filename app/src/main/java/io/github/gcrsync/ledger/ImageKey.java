package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.util.Optional;

/** An image of a mirror. The name is relative to the mirror's source; the reference is a tag or a digest. */
public record ImageKey(RepositoryName name, String reference) {
    /** Returns {@code name:tag} or {@code name@digest}, as in the files of the ledger. */
    public static String text(RepositoryName name, String reference) {
        return name + (isDigest(reference) ? "@" : ":") + reference;
    }

    /** Whether a valid reference is a digest: a tag has no colon. */
    public static boolean isDigest(String reference) {
        return reference.indexOf(':') >= 0;
    }

    /** Returns empty if the text is not a valid name with a valid tag or digest. */
    public static Optional<ImageKey> parse(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) != ':' && text.charAt(end) != '@') {
            end++;
        }
        if (end == text.length() || !RepositoryName.isValid(text.substring(0, end))) {
            return Optional.empty();
        }
        String reference = text.substring(end + 1);
        return (text.charAt(end) == ':' ? Tag.isValid(reference) : Digest.isValid(reference))
                ? Optional.of(new ImageKey(new RepositoryName(text.substring(0, end)), reference))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return text(name, reference);
    }
}
