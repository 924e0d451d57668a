package gcrsync.ledger;

import java.io.EOFException;
import java.util.zip.ZipException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;

/** Tells a repository whose objects are broken from one that cannot be reached or written just now. */
final class Corruption {
    private Corruption() {}

    static boolean isIn(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof MissingObjectException
                    || t instanceof CorruptObjectException
                    || t instanceof IncorrectObjectTypeException
                    || t instanceof EOFException
                    || t instanceof ZipException) {
                return true;
            }
        }
        return false;
    }
}
