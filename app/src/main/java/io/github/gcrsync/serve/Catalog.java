package io.github.gcrsync.serve;

import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;

/** The names of all repositories. The pages of one list share a walk over the folder, which may be large. */
final class Catalog {
    private final ServedFolder folder;
    private List<String> known = List.of();
    private boolean isRead;

    Catalog(ServedFolder folder) {
        this.folder = folder;
    }

    /** @param anew for the first page */
    synchronized List<String> names(boolean anew) {
        if (anew || !isRead) {
            known = folder.repositories().stream().map(RepositoryName::value).toList();
            isRead = true;
        }
        return known;
    }
}
