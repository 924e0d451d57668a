package io.github.gcrsync.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker among the others, and its connection to the database, which may be lost for a while. */
final class Membership {
    /** A worker that missed this many is dead. */
    static final int HEARTBEATS_BEFORE_DEATH = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String name;
    private final Database database;
    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
    private volatile boolean isLost;
    private volatile long reachableSince = System.nanoTime();

    Membership(String name, Database database) {
        this.name = name;
        this.database = database;
    }

    String name() {
        return name;
    }

    boolean isLost() {
        return isLost;
    }

    boolean isReachableFor(Duration time) {
        return !isLost && System.nanoTime() - reachableSince > time.toNanos();
    }

    /** Returns a queue of statements that are repeated once the database can be used. */
    Queue<Runnable> later() {
        return later;
    }

    /**
     * Tells the others that this worker lives, and still does these tasks: after an outage, before anybody takes them
     * over.
     */
    void seen(List<String> tasks) {
        database.update(
                "insert into gcrsync.worker (name, started, seen) values (?, now(), now())"
                        + " on conflict (name) do update set seen = now()",
                name);
        database.update(
                "update gcrsync.task set last_heartbeat = now() where picked and picked_by = ? and task_instance = any(?)",
                name,
                tasks.toArray(String[]::new));
        // Nobody waits for the dead: their tasks are taken over.
        database.update("delete from gcrsync.worker where seen < now() - interval '1 minute'");
        for (Runnable statement = later.peek(); statement != null; statement = later.peek()) {
            statement.run();
            later.remove();
        }
        if (isLost) {
            isLost = false;
            reachableSince = System.nanoTime();
            LOG.warn("the database {} can be used again", database.address());
        }
    }

    /** Returns those of the tasks that this worker still has, and whose run goes on. */
    List<String> wanted(List<String> tasks) {
        return database.query(
                "select task_instance from gcrsync.task where picked and picked_by = ? and task_instance = any(?)"
                        + " and exists (select from gcrsync.dispatch"
                        + " where run = split_part(task_instance, '/', 1) and not stopping)",
                row -> row.getString(1),
                name,
                tasks.toArray(String[]::new));
    }

    /** Returns the runs that go on. */
    List<String> runs() {
        return database.query("select run from gcrsync.dispatch where not stopping", row -> row.getString(1));
    }

    void unreachable(DatabaseException e) {
        if (!isLost) {
            isLost = true;
            LOG.warn("{}; trying again", e.getMessage());
        }
    }

    /**
     * Repeats an action while the database cannot be used.
     *
     * @throws DatabaseException if that takes too long
     */
    void retrying(Runnable action, BooleanSupplier mustEnd) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                action.run();
                return;
            } catch (DatabaseException e) {
                if (mustEnd.getAsBoolean() || e.isOfMissingTables() || System.nanoTime() - end > 0) {
                    throw e;
                }
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    void leave() {
        try {
            database.update("delete from gcrsync.worker where name = ?", name);
        } catch (DatabaseException e) {
            LOG.debug("cannot leave", e);
        }
    }
}
