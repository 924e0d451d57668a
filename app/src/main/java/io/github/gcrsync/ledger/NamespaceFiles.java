package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Printable;
import java.util.List;
import java.util.Optional;

/** The paths of a namespace's three files in the metadata repository. */
public record NamespaceFiles(String namespace) {
    public static final String IMAGE_LIST = "ImageList";
    public static final String README = "README.md";
    public static final String IMAGE_DIGESTS = "ImageDigests";

    /** The namespace becomes a path; the grammar of repository names excludes path traversal. */
    public NamespaceFiles {
        if (!RepositoryName.isValid(namespace)) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE, "not a namespace: " + Printable.shortened(namespace));
        }
    }

    /** Returns the files next to this ImageDigests; empty if its folder is not a namespace. */
    public static Optional<NamespaceFiles> ofImageDigests(String path) {
        return Optional.of(path.substring(0, path.length() - IMAGE_DIGESTS.length() - 1))
                .filter(RepositoryName::isValid)
                .map(NamespaceFiles::new);
    }

    public String imageList() {
        return namespace + "/" + IMAGE_LIST;
    }

    public String readme() {
        return namespace + "/" + README;
    }

    public String imageDigests() {
        return namespace + "/" + IMAGE_DIGESTS;
    }

    public List<String> all() {
        return List.of(imageList(), readme(), imageDigests());
    }
}
