package io.github.gcrsync.cluster;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The clock of the database: those of several machines differ, and heartbeats are compared. */
final class DatabaseClock implements Clock {
    private final Database database;
    private volatile Duration ahead = Duration.ZERO;

    DatabaseClock(Database database) {
        this.database = database;
    }

    void refresh() {
        Instant before = Instant.now();
        Instant there = database.query(
                        "select clock_timestamp()",
                        row -> row.getObject(1, OffsetDateTime.class).toInstant())
                .getFirst();
        Duration took = Duration.between(before, Instant.now());
        ahead = Duration.between(before.plus(took.dividedBy(2)), there);
    }

    @Override
    public Instant now() {
        return Instant.now().plus(ahead);
    }
}
