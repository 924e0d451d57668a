package gcrsync.ledger;

import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;

/** What a checkpoint adds to the branch, for whatever tip the branch turns out to have. */
interface Contribution {
    /** The commit to make on this tip; the tip itself if there is nothing to add. Called again if the tip moves. */
    ObjectId on(Repository git, ObjectId tip, ObjectInserter inserter) throws IOException;

    /** The branch has the commit last made; what comes after, a push, can still fail. */
    void committed() throws IOException;

    /** The files that it writes. */
    List<String> paths();
}
