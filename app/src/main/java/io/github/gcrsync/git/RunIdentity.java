package io.github.gcrsync.git;

import io.github.gcrsync.ledger.ImageDigests;
import io.github.gcrsync.ledger.MalformedException;
import io.github.gcrsync.ledger.NamespaceFiles;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/**
 * The constants of all checkpoints of a run.
 *
 * @param source {@code HOST[/PATH]} or {@code oci:DIR}
 * @param destinationName for the file with its digests, if the mirror has another destination already
 * @param isFirst whether the changelog shows what moves at the destination
 * @param contentRule recorded with the images; empty for the defaults
 */
record RunIdentity(
        NamespaceFiles files,
        String source,
        String destination,
        String destinationName,
        boolean isFirst,
        String contentRule,
        Author author,
        Clock clock) {
    /**
     * Returns the path of the destination's digests in a commit. The file says for which destination it is; a destination
     * without a file gets {@code ImageDigests} only if there is none.
     */
    String imageDigests(Repository git, ObjectId commit) throws IOException {
        Blobs blobs = new Blobs(git);
        boolean hasFirst = false;
        for (String path : blobs.imageDigests(commit, files)) {
            hasFirst |= path.equals(files.imageDigests());
            try {
                ImageDigests.Header header = ImageDigests.Header.of(blobs.content(blobs.find(commit, path)));
                if (header.isFor(destination, Optional.of(source))) {
                    return path;
                }
            } catch (MalformedException e) {
                if (path.equals(files.imageDigests())) {
                    return path; // Reading it will say what is wrong.
                }
            }
        }
        return hasFirst ? files.imageDigests(destinationName) : files.imageDigests();
    }
}
