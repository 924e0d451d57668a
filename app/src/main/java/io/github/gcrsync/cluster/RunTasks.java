package io.github.gcrsync.cluster;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.github.gcrsync.cluster.message.Assignment;
import io.github.gcrsync.cluster.message.AssignmentJson;
import io.github.gcrsync.run.Dispatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The tasks of one run in the database. */
final class RunTasks {
    static final String TABLE = "gcrsync.task";

    /** Of tasks that nobody executes, or only a dead worker. */
    static final String UNATTENDED =
            "(not picked or coalesce(last_heartbeat, '-infinity') < now() - ? * interval '1 millisecond')";

    /** A range of the primary key; 0 follows / in ASCII. */
    private static final String OF_RUN = "task_name = ? and task_instance > ? || '/' and task_instance < ? || '0'";

    private static final int MOST_PRIORITY = Short.MAX_VALUE;

    private final Database database;
    private final String run;

    RunTasks(Database database, String run) {
        this.database = database;
        this.run = run;
    }

    /** Makes a task of each repository, in their order of size. */
    void schedule(String mirror, List<Dispatch.Repository> repositories) {
        var task = Tasks.custom(Assignment.NAME, Assignment.class).execute((_, _) -> {
            throw new IllegalStateException("a worker executes it");
        });
        SchedulerClient client = SchedulerClient.Builder.create(database.source(), task)
                .tableName(TABLE)
                .serializer(new AssignmentJson())
                .enablePriority()
                .build();
        List<TaskInstance<?>> tasks = new ArrayList<>();
        for (Dispatch.Repository repository : repositories) {
            tasks.add(task.instanceBuilder(run + "/" + tasks.size() + "/" + repository.from())
                    .data(new Assignment(mirror, 1, repository))
                    .priority(Math.min(MOST_PRIORITY, repository.images()))
                    .build());
        }
        database.inTransaction(() -> {
            // The answer to an earlier attempt may have been lost.
            database.update("delete from gcrsync.task where " + OF_RUN, Assignment.NAME, run, run);
            // Due in the past: the clocks of the workers may be late.
            client.scheduleBatch(tasks.stream(), Instant.EPOCH);
        });
    }

    boolean areLeft() {
        return database.query(
                        "select exists (select from gcrsync.task where " + OF_RUN + ")",
                        row -> row.getBoolean(1),
                        Assignment.NAME,
                        run,
                        run)
                .getFirst();
    }

    /** Deletes tasks that nobody executes: also those that workers give back, and those of dead workers. */
    void cancel(long deadAfterMillis) {
        database.update(
                "delete from gcrsync.task where " + UNATTENDED + " and " + OF_RUN,
                deadAfterMillis,
                Assignment.NAME,
                run,
                run);
    }

    /** Workers need not try a lost destination again, beside those that they reach. */
    void leaveOut(String place) {
        record Queued(String task, long version, Assignment assignment) {}
        AssignmentJson json = new AssignmentJson();
        for (Queued queued : database.query(
                "select task_instance, version, task_data from gcrsync.task where not picked and " + OF_RUN
                        + " and position(convert_to(?, 'UTF8') in task_data) > 0",
                row -> new Queued(
                        row.getString(1), row.getLong(2), json.deserialize(Assignment.class, row.getBytes(3))),
                Assignment.NAME,
                run,
                run,
                "\"place\":\"" + place + "\"")) {
            Assignment left = queued.assignment().without(place);
            if (left.work().parts().isEmpty()) {
                database.update(
                        "delete from gcrsync.task where not picked and task_instance = ? and version = ?",
                        queued.task(),
                        queued.version());
            } else {
                database.update(
                        "update gcrsync.task set task_data = ? where not picked and task_instance = ? and version = ?",
                        json.serialize(left),
                        queued.task(),
                        queued.version());
            }
        }
    }
}
