package io.github.gcrsync.cluster;

import io.github.gcrsync.cluster.message.Results;
import io.github.gcrsync.run.Dispatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a task of each repository of a run, and hands the results of the workers over. */
public final class ClusterDispatch implements Dispatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDispatch.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    /** How long the database may be away. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** Heartbeats after which a server that is not seen counts as dead: it may be busy with a push. */
    private static final int DEAD_AFTER = 12;
    /** Heartbeats that another server may take to end its run of the mirror. */
    private static final int PATIENCE_WITH_OTHERS = 18;

    /** The same of a worker whose run is stopping. */
    private static final int UNATTENDED_AFTER = 6;

    private final Database database;
    private final String mirror;
    private final Duration heartbeat;
    private final String run = UUID.randomUUID().toString();
    private final RunTasks tasks;
    private final Losses losses = new Losses();
    private final Set<String> lost = new HashSet<>();
    private final Set<Long> taken = new HashSet<>();
    private long lastSweep = System.nanoTime() - SWEEP.toNanos();
    /** Of the database, in nanoTime. */
    private long lastAnswer;

    /** @param heartbeat of the workers */
    public ClusterDispatch(Database database, String mirror, Duration heartbeat) {
        this.heartbeat = heartbeat;
        this.database = database;
        this.mirror = mirror;
        this.tasks = new RunTasks(database, run);
    }

    private record Row(long id, String worker, String content) {
        static Row read(ResultSet row) throws SQLException {
            return new Row(row.getLong(1), row.getString(2), row.getString(3));
        }
    }

    @Override
    public void run(Work work) {
        lastAnswer = System.nanoTime();
        try {
            retrying(work, () -> Schema.migrate(database));
            if (begin(work)) {
                retrying(work, () -> tasks.schedule(mirror, work.left()));
                follow(work);
            }
        } catch (DatabaseException e) {
            String what = e.isOfMissingTables()
                    ? "the tables in the database " + database.address() + " were dropped"
                    : e.getMessage();
            work.abandon(what + "; the next run finds what the workers have copied");
        }
    }

    /** At most one server runs a mirror, and no worker is still busy with an earlier run of it. */
    private boolean begin(Work work) {
        long end =
                System.nanoTime() + heartbeat.multipliedBy(PATIENCE_WITH_OTHERS).toNanos();
        boolean saysThatItWaits = false;
        while (true) {
            boolean hasLease = retrying(work, this::hasLease);
            if (hasLease && retrying(work, this::isFreeOfEarlierRuns)) {
                return true;
            }
            if (work.mustEnd()) {
                end();
                return false;
            }
            if (!saysThatItWaits) {
                saysThatItWaits = true;
                LOG.warn("{}: waiting for the end of an earlier run of this mirror", mirror);
            }
            if (!hasLease && System.nanoTime() - end > 0) {
                work.abandon("another server runs this mirror at the moment; give each mirror to one server");
                return false;
            }
            pause();
        }
    }

    private boolean hasLease() {
        return database.update(
                        "insert into gcrsync.dispatch (mirror, run, seen) values (?, ?, now()) on conflict (mirror) do update"
                                + " set run = excluded.run, seen = now(), stopping = false"
                                + " where dispatch.run = excluded.run"
                                + " or dispatch.seen < now() - ? * interval '1 millisecond'",
                        mirror,
                        run,
                        heartbeat.multipliedBy(DEAD_AFTER).toMillis())
                > 0;
    }

    /**
     * Of runs whose server died. Their tasks must have ended, or they could overwrite newer tags; what they copied was found
     * at the destination.
     */
    private boolean isFreeOfEarlierRuns() {
        String orphans = " from gcrsync.task where split_part(task_instance, '/', 1) not in"
                + " (select run from gcrsync.dispatch)";
        database.update("delete" + orphans + " and " + RunTasks.UNATTENDED, deadAfterMillis());
        database.update("delete from gcrsync.result where mirror = ? and run <> ?", mirror, run);
        database.update("delete from gcrsync.claim where mirror = ?", mirror);
        return database.query(
                        "select 1" + orphans + " and picked"
                                + " and convert_from(task_data, 'UTF8')::jsonb ->> 'mirror' = ? limit 1",
                        row -> row.getInt(1),
                        mirror)
                .isEmpty();
    }

    private long deadAfterMillis() {
        return heartbeat.multipliedBy(UNATTENDED_AFTER).toMillis();
    }

    private void follow(Work work) {
        while (!retrying(work, () -> look(work))) {
            if (work.isGivenUp()) {
                break;
            }
            pause();
        }
        end();
    }

    /**
     * Repeats an action while the database is away.
     *
     * @throws DatabaseException if that takes too long, or the run must end
     */
    private <T> T retrying(Work work, Supplier<T> action) {
        while (true) {
            try {
                T result = action.get();
                lastAnswer = System.nanoTime();
                return result;
            } catch (DatabaseException e) {
                if (e.isOfMissingTables() || work.mustEnd() || System.nanoTime() - lastAnswer > PATIENCE.toNanos()) {
                    throw e;
                }
                LOG.debug("{}", e.getMessage());
            }
            pause();
        }
    }

    private void retrying(Work work, Runnable action) {
        retrying(work, () -> {
            action.run();
            return true;
        });
    }

    /** Returns whether all tasks have ended and all results are taken, or this run is no longer ours. */
    private boolean look(Work work) {
        if (work.mustEnd()) {
            database.update("update gcrsync.dispatch set stopping = true where run = ?", run);
            tasks.cancel(deadAfterMillis());
        }
        // Workers return tasks with the images that they could not copy.
        if (!lost.isEmpty() && System.nanoTime() - lastSweep > SWEEP.toNanos()) {
            lastSweep = System.nanoTime();
            lost.forEach(tasks::leaveOut);
        }
        // Before the results: what ends meanwhile is found by the next look.
        boolean isLeft = tasks.areLeft();
        take(work);
        if (database.update("update gcrsync.dispatch set seen = now() where run = ?", run) == 0) {
            work.abandon("another server has taken this mirror over; give each mirror to one server");
            return true;
        }
        return !isLeft;
    }

    /** IDs do not follow the order of the commits, so results that were read are deleted instead of skipped by ID. */
    private void take(Work work) {
        List<Row> rows = database.query(
                "select id, worker, content from gcrsync.result where run = ? order by id", Row::read, run);
        for (Row row : rows) {
            if (taken.add(row.id())) {
                Results results = Results.of(row.content());
                results.tell(work);
                results.parts().forEach(part -> abandonIfLost(work, row.worker(), part));
            }
        }
        if (!rows.isEmpty()) {
            Long[] ids = rows.stream().map(Row::id).toArray(Long[]::new);
            database.update("delete from gcrsync.result where id = any(?)", (Object) ids);
        }
    }

    private void abandonIfLost(Work work, String worker, Results.Part part) {
        List<String> living = part.lost().isEmpty()
                ? List.of()
                : database.query(
                        "select name from gcrsync.worker where seen > now() - ? * interval '1 millisecond'",
                        row -> row.getString(1),
                        deadAfterMillis());
        if (losses.areEnough(worker, part, living)) {
            work.abandon(part.place(), part.lost().orElseThrow());
            lost.add(part.place());
        }
    }

    /** Releases the mirror; the next run deletes what remains. */
    private void end() {
        try {
            if (database.update("delete from gcrsync.dispatch where run = ?", run) > 0) {
                database.update("delete from gcrsync.claim where mirror = ?", mirror);
            }
            database.update("delete from gcrsync.result where run = ?", run);
        } catch (DatabaseException e) {
            LOG.debug("{}", e.getMessage());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
