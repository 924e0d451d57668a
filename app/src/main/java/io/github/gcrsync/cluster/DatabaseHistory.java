package io.github.gcrsync.cluster;

import io.github.gcrsync.server.History;
import io.github.gcrsync.server.Run;
import io.github.gcrsync.server.RunIndex;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history in the database. Runs are written in the background, and kept in memory until then: while the database is
 * away, nobody waits for it.
 */
final class DatabaseHistory implements History {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseHistory.class);

    private final Database database;
    private final RunIndex index;
    private final BooleanSupplier isUsable;
    private final Runnable soon;
    /** By ID. */
    private final Map<String, Ended> unwritten = new LinkedHashMap<>();

    private final Set<String> forgotten = new LinkedHashSet<>();

    private record Ended(Run run, String fields, String report) {}

    private record Row(String id, String fields, long bytes) {
        static Row read(ResultSet row) throws SQLException {
            return new Row(row.getString(1), row.getString(2), row.getLong(3));
        }
    }

    /**
     * Reads the runs of earlier servers.
     *
     * @param isUsable whether the database can be used at the moment
     * @param soon has {@link #write} called
     * @throws DatabaseException if the database cannot be used
     */
    DatabaseHistory(
            Database database, RunIndex.Limits limits, InstantSource clock, BooleanSupplier isUsable, Runnable soon) {
        this.database = database;
        this.index = new RunIndex(limits, clock);
        this.isUsable = isUsable;
        this.soon = soon;
        database.query("select id, fields, octet_length(fields) + octet_length(report) from gcrsync.run", Row::read)
                .forEach(this::take);
        forgotten.addAll(index.forgetOld());
    }

    private void take(Row row) {
        try {
            if (Json.tree(row.fields().getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> fields) {
                index.add(Run.of(fields), row.bytes());
            }
        } catch (RuntimeException e) {
            LOG.warn("cannot read the run {} in the database {}: {}", row.id(), database, e.toString());
        }
    }

    @Override
    public void add(Run run, Optional<String> report) {
        Ended ended = new Ended(run, Json.text(run.fields()), report.orElse(""));
        index.add(run, (long) ended.fields().length() + ended.report().length());
        synchronized (this) {
            unwritten.put(run.id(), ended);
            for (String id : index.forgetOld()) {
                unwritten.remove(id);
                forgotten.add(id);
            }
        }
        soon.run();
    }

    /** Brings the database up to date. */
    void write() {
        for (Ended ended = next(); ended != null; ended = next()) {
            database.update(
                    "insert into gcrsync.run (id, ended, fields, report) values (?, ?, ?, ?) on conflict do nothing",
                    ended.run().id(),
                    ended.run().ended().orElse(Instant.EPOCH).atOffset(ZoneOffset.UTC),
                    ended.fields(),
                    ended.report());
            synchronized (this) {
                unwritten.remove(ended.run().id());
            }
        }
        List<String> old;
        synchronized (this) {
            old = List.copyOf(forgotten);
        }
        for (String id : old) {
            database.update("delete from gcrsync.run where id = ?", id);
            synchronized (this) {
                forgotten.remove(id);
            }
        }
    }

    private synchronized @Nullable Ended next() {
        return unwritten.isEmpty() ? null : unwritten.values().iterator().next();
    }

    /** Returns the number of runs that are only in memory. */
    synchronized int unwritten() {
        return unwritten.size();
    }

    @Override
    public List<Run> runs() {
        return index.runs();
    }

    @Override
    public Optional<Run> run(String id) {
        return index.run(id);
    }

    @Override
    public Optional<String> report(String id) {
        return unwritten(id).or(() -> written(id)).filter(json -> !json.isBlank());
    }

    private synchronized Optional<String> unwritten(String id) {
        return Optional.ofNullable(unwritten.get(id)).map(Ended::report);
    }

    private Optional<String> written(String id) {
        if (run(id).isEmpty() || !isUsable.getAsBoolean()) {
            return Optional.empty();
        }
        try {
            return database.query("select report from gcrsync.run where id = ?", row -> row.getString(1), id).stream()
                    .findFirst();
        } catch (DatabaseException e) {
            LOG.warn("cannot read the report of the run {}: {}", id, e.getMessage());
            return Optional.empty();
        }
    }
}
