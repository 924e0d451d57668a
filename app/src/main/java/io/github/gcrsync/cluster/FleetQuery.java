package io.github.gcrsync.cluster;

import io.github.gcrsync.server.fleet.Fleet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the workers and the tasks of the database. */
final class FleetQuery {
    /** A worker that has missed some reports is taken for dead. */
    private static final String WORKERS = "select name, started, seen from gcrsync.worker"
            + " where seen > now() - interval '20 seconds' order by name";

    private static final String OF_RUN = " on dispatch.run = split_part(task.task_instance, '/', 1)";

    private static final String COUNTS = "select dispatch.mirror, count(*) filter (where not picked),"
            + " count(*) filter (where picked) from gcrsync.task join gcrsync.dispatch" + OF_RUN
            + " group by dispatch.mirror order by dispatch.mirror";

    private static final String PICKED = "select picked_by, dispatch.mirror, task_instance from gcrsync.task"
            + " left join gcrsync.dispatch" + OF_RUN + " where picked order by dispatch.mirror, task_instance";

    private FleetQuery() {}

    private record Picked(String worker, Fleet.Task task) {
        static Picked read(ResultSet row) throws SQLException {
            return new Picked(
                    row.getString(1),
                    new Fleet.Task(Optional.ofNullable(row.getString(2)), RunTasks.repositoryOf(row.getString(3))));
        }
    }

    static Fleet.State read(Database database) {
        Map<String, List<Fleet.Task>> picked = database.query(PICKED, Picked::read).stream()
                .collect(Collectors.groupingBy(Picked::worker, Collectors.mapping(Picked::task, Collectors.toList())));
        return new Fleet.State(
                database.query(
                        WORKERS,
                        row -> new Fleet.Worker(
                                row.getString(1),
                                instant(row, 2),
                                instant(row, 3),
                                picked.getOrDefault(row.getString(1), List.of()))),
                database.query(COUNTS, row -> new Fleet.Tasks(row.getString(1), row.getInt(2), row.getInt(3))));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
