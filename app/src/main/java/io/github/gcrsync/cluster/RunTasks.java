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

    /** Selects tasks that no live worker executes. */
    static final String UNATTENDED =
            "(not picked or coalesce(last_heartbeat, '-infinity') < now() - ? * interval '1 millisecond')";

    /** A range of the primary key; 0 follows / in ASCII. */
    private static final String OF_RUN = "task_name = ? and task_instance > ? || '/' and task_instance < ? || '0'";

    /** Of a worker: most repositories have few new images, so one is not enough; with many, the others would get none. */
    static final int AT_ONCE = 4;

    private static final int MOST_PRIORITY = Short.MAX_VALUE;

    private final Database database;
    private final String run;

    RunTasks(Database database, String run) {
        this.database = database;
        this.run = run;
    }

    /** Returns the run of a task, {@code RUN/NUMBER/REPOSITORY}. */
    static String runOf(String task) {
        return task.substring(0, task.indexOf('/'));
    }

    /** Returns the repository of a task, for people. */
    static String repositoryOf(String task) {
        return task.substring(task.indexOf('/', task.indexOf('/') + 1) + 1);
    }

    /** Creates a task for each repository; the largest has the highest priority. */
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

    /** Deletes the tasks that no live worker executes. */
    void cancel(long deadAfterMillis) {
        database.update(
                "delete from gcrsync.task where " + UNATTENDED + " and " + OF_RUN,
                deadAfterMillis,
                Assignment.NAME,
                run,
                run);
    }

    /** Removes a lost destination from the queued tasks. */
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
