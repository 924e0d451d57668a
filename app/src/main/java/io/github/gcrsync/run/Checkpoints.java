package io.github.gcrsync.run;

import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits the ledger regularly during a run, so that a crash loses little. */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final Ledger ledger;
    private final CheckpointInterval interval;
    private final RunListener listener;
    private final ReentrantLock committing = new ReentrantLock();
    private final Queue<Entry> unsorted = new ConcurrentLinkedQueue<>();
    /** Never less than the queue's size. */
    private final AtomicInteger unsaved = new AtomicInteger();

    private volatile long lastNanos = System.nanoTime();
    private Optional<Published> latest = Optional.empty();

    Checkpoints(Ledger ledger, CheckpointInterval interval, RunListener listener) {
        this.ledger = ledger;
        this.interval = interval;
        this.listener = listener;
    }

    /** Records an image. When a checkpoint is due, one thread commits while the others keep copying. */
    void record(Entry entry) {
        unsaved.incrementAndGet();
        unsorted.add(entry);
        saveIfDue();
    }

    /** For threads that wait long without recording an image. */
    void saveIfDue() {
        // While another thread commits, the count stays as it is; the next image triggers the checkpoint.
        if (isDue() && committing.tryLock()) {
            try {
                if (isDue()) {
                    commit();
                }
            } catch (LedgerException e) {
                // Nothing is lost: the entries stay in memory, and the end of the run retries and reports a failure.
                LOG.warn("cannot save the checkpoint; continuing, the next one retries: {}", e.getMessage());
            } finally {
                committing.unlock();
            }
        }
    }

    /** Returns the last commit of the run; empty if nothing was committed. */
    Optional<Published> finish() {
        committing.lock();
        try {
            commit();
            return latest;
        } finally {
            committing.unlock();
        }
    }

    private boolean isDue() {
        int images = unsaved.get();
        return images >= interval.images()
                || (images > 0
                        && System.nanoTime() - lastNanos >= interval.time().toNanos());
    }

    private void commit() {
        // Sorted, so that equal copies give an equal changelog.
        List<Entry> entries = new ArrayList<>();
        for (Entry entry = unsorted.poll(); entry != null; entry = unsorted.poll()) {
            entries.add(entry);
        }
        unsaved.addAndGet(-entries.size());
        lastNanos = System.nanoTime();
        entries.sort(Comparator.comparing((Entry e) -> e.name()).thenComparing(Entry::reference));
        ledger.record(entries);
        Published published = ledger.checkpoint();
        published.commit().ifPresent(commit -> {
            latest = Optional.of(published);
            listener.recorded(commit);
        });
    }
}
