package io.github.gcrsync.cluster;

import io.github.gcrsync.server.History;
import io.github.gcrsync.server.RunIndex;
import io.github.gcrsync.server.fleet.Fleet;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the database in the background, so that the answers of a server never wait for it. */
public final class DatabaseWatch implements Fleet, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** A look takes longer if the network swallows it. */
    private static final Duration STALE = Duration.ofSeconds(15);

    private static final int LOOKS_BEFORE_WARNING = 5;
    /** More than a connection takes to fail. */
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(8);

    private final Database database;
    private final DatabaseHistory history;
    private final ScheduledThreadPoolExecutor looks = new ScheduledThreadPoolExecutor(
            1,
            work -> {
                Thread thread = new Thread(work, "gcrsync-database");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    private volatile @Nullable Seen seen;
    private boolean isLost;
    private int looksWithoutWorker;

    /** @param at of {@link System#nanoTime} */
    private record Seen(State state, long at) {}

    private DatabaseWatch(Database database, RunIndex.Limits limits, InstantSource clock) {
        this.database = database;
        this.history = new DatabaseHistory(
                database, limits, clock, () -> state().isPresent(), () -> looks.execute(this::look));
    }

    /**
     * Looks for the first time, and begins to look regularly.
     *
     * @param limits of the history
     * @throws DatabaseException if the database cannot be used
     */
    public static DatabaseWatch start(Database database, RunIndex.Limits limits, InstantSource clock) {
        DatabaseWatch watch = new DatabaseWatch(database, limits, clock);
        watch.look();
        var _ = watch.looks.scheduleWithFixedDelay(
                watch::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    public History history() {
        return history;
    }

    @Override
    public Optional<State> state() {
        Seen last = seen;
        return last == null || System.nanoTime() - last.at() > STALE.toNanos()
                ? Optional.empty()
                : Optional.of(last.state());
    }

    private synchronized void look() {
        try {
            State now = FleetQuery.read(database);
            seen = new Seen(now, System.nanoTime());
            warnIfNobodyWorks(now);
            history.write();
            if (isLost) {
                isLost = false;
                LOG.warn("the database {} can be used again", database);
            }
        } catch (DatabaseException e) {
            // The next run creates the tables again.
            seen = e.isOfMissingTables() ? new Seen(State.NOTHING, System.nanoTime()) : null;
            if (!isLost) {
                isLost = true;
                LOG.warn("{}; trying again", e.getMessage());
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("internal error; report the output of --debug", e);
        }
    }

    /** Once, and not for a worker that just starts. */
    private void warnIfNobodyWorks(State now) {
        boolean isIdle = now.workers().isEmpty() && now.tasks().stream().anyMatch(tasks -> tasks.queued() > 0);
        looksWithoutWorker = isIdle ? looksWithoutWorker + 1 : 0;
        if (looksWithoutWorker == LOOKS_BEFORE_WARNING) {
            LOG.warn(
                    "tasks are waiting and no worker is running; start one with: gcrsync worker --config FILE --database URL");
        }
    }

    /** Writes the last runs. */
    @Override
    public void close() {
        looks.execute(this::look);
        looks.shutdown();
        try {
            if (!looks.awaitTermination(PATIENCE_AT_END.toMillis(), TimeUnit.MILLISECONDS)) {
                looks.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (history.unwritten() > 0) {
            LOG.warn("the database {} cannot be used; {} runs are not in the history", database, history.unwritten());
        }
    }
}
