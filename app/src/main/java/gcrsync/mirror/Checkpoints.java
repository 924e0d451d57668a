package gcrsync.mirror;

import gcrsync.ledger.Entry;
import gcrsync.ledger.Ledger;
import gcrsync.ledger.LedgerException;
import gcrsync.ledger.Published;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits the ledger every so often while a run goes on, so that a crash loses little. */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final Ledger ledger;
    private final Rhythm rhythm;
    private final RunListener listener;
    private final ReentrantLock committing = new ReentrantLock();
    private int unsaved;
    private long lastNanos = System.nanoTime();
    private Optional<Published> latest = Optional.empty();

    /** A checkpoint after so many images or so much time, whichever comes first. */
    public record Rhythm(int images, Duration time) {}

    Checkpoints(Ledger ledger, Rhythm rhythm, RunListener listener) {
        this.ledger = ledger;
        this.rhythm = rhythm;
        this.listener = listener;
    }

    /** Records an image; one thread commits when it is time, the others go on copying. */
    void record(Entry entry) {
        ledger.record(List.of(entry));
        if (isDue() && committing.tryLock()) {
            try {
                commit();
            } catch (LedgerException e) {
                // Nothing is lost: the entries stay in memory, and the run's end tries again and says so if it fails.
                LOG.warn("the checkpoint could not be saved, going on: {}", e.getMessage());
            } finally {
                committing.unlock();
            }
        }
    }

    /** The last commit of the run; empty if there was nothing to commit in all of it. */
    Optional<Published> finish() {
        committing.lock();
        try {
            commit();
            return latest;
        } finally {
            committing.unlock();
        }
    }

    private synchronized boolean isDue() {
        unsaved++;
        boolean due = unsaved >= rhythm.images()
                || System.nanoTime() - lastNanos >= rhythm.time().toNanos();
        if (due) {
            unsaved = 0;
            lastNanos = System.nanoTime();
        }
        return due;
    }

    private void commit() {
        Published published = ledger.checkpoint();
        published.commit().ifPresent(commit -> {
            latest = Optional.of(published);
            listener.recorded(commit);
        });
    }
}
