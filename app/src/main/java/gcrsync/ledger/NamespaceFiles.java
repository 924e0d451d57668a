package gcrsync.ledger;

import gcrsync.oci.Printable;
import gcrsync.oci.RepositoryName;
import java.util.List;

/** The paths of a namespace's three files within the metadata repository. */
record NamespaceFiles(String namespace) {
    static final String IMAGE_LIST = "ImageList";
    static final String README = "README.md";
    static final String IMAGE_DIGESTS = "ImageDigests";

    /** A namespace becomes a path; the grammar of repository names leaves nothing in it that could climb out. */
    NamespaceFiles {
        if (!RepositoryName.isValid(namespace)) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE, "not a namespace: " + Printable.shortened(namespace));
        }
    }

    String imageList() {
        return namespace + "/" + IMAGE_LIST;
    }

    String readme() {
        return namespace + "/" + README;
    }

    String imageDigests() {
        return namespace + "/" + IMAGE_DIGESTS;
    }

    List<String> all() {
        return List.of(imageList(), readme(), imageDigests());
    }
}
