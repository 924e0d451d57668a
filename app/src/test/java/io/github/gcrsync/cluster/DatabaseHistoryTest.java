package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.SettableClock;
import io.github.gcrsync.server.History;
import io.github.gcrsync.server.Run;
import io.github.gcrsync.server.RunIndex;
import io.github.gcrsync.testkit.PostgresServer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The runs in the table of the database. */
final class DatabaseHistoryTest {
    private static final PostgresServer SERVER = PostgresServer.create();

    private final SettableClock clock = new SettableClock("2026-03-01T10:00:00Z");
    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(
                DatabaseAddress.of(
                        SERVER.jdbcUrl() + "?user=" + SERVER.user(),
                        Map.of(DatabaseAddress.PASSWORD, SERVER.password())),
                2);
    }

    @AfterEach
    void close() {
        database.close();
        SERVER.psql("drop schema gcrsync cascade");
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private DatabaseWatch watch(Duration age, long bytes, int runs) {
        return DatabaseWatch.start(database, new RunIndex.Limits(age, bytes, runs), clock);
    }

    private void add(DatabaseWatch watch, int number, String report) {
        watch.history()
                .add(
                        new Run(
                                "run-" + number,
                                "a",
                                Run.Trigger.REQUEST,
                                Run.State.DONE,
                                clock.instant(),
                                Optional.of(clock.instant()),
                                Map.of("copied", 1L),
                                7,
                                Optional.of(0),
                                Optional.empty()),
                        Optional.of(report).filter(text -> !text.isEmpty()));
        clock.advance(Duration.ofHours(1));
    }

    private static String ids(History history) {
        return history.runs().stream().map(Run::id).toList().toString();
    }

    private static String rows() {
        return SERVER.psql("select id from gcrsync.run order by id").toString();
    }

    @Test
    void keepsRunsUpToLimits() {
        try (DatabaseWatch watch = watch(Duration.ofDays(1), 3_000, 3)) {
            for (int i = 1; i <= 5; i++) {
                add(watch, i, "{\"number\":" + i + ", \"图\":1}");
            }
            assertThat(ids(watch.history())).isEqualTo("[run-5, run-4, run-3]");
        }
        assertThat(rows()).isEqualTo("[run-3, run-4, run-5]");

        try (DatabaseWatch later = watch(Duration.ofDays(1), 3_000, 3)) {
            assertThat(ids(later.history())).isEqualTo("[run-5, run-4, run-3]");
            assertThat(later.history().report("run-4")).contains("{\"number\":4, \"图\":1}");
            assertThat(later.history().report("run-1")).isEmpty();
            add(later, 6, "x".repeat(2_600));
            add(later, 7, "");
            assertThat(later.history().report("run-7")).isEmpty();
        }
        assertThat(rows()).isEqualTo("[run-6, run-7]");
        clock.advance(Duration.ofHours(23));

        try (DatabaseWatch muchLater = watch(Duration.ofDays(1), 3_000, 3)) {
            assertThat(ids(muchLater.history())).isEqualTo("[run-7]");
        }
        assertThat(rows()).isEqualTo("[run-7]");
    }

    @Test
    void skipsRowsOfOthers() {
        SERVER.psql(
                "insert into gcrsync.run values ('a', now(), 'no JSON', ''), ('b', now(), '{}', ''), ('c', now(), '[]', '')");

        try (DatabaseWatch watch = watch(Duration.ofDays(1), 3_000, 3)) {
            assertThat(watch.history().runs()).isEmpty();
            assertThat(watch.state()).isPresent();
        }
    }

    @Test
    void writesRunsAfterTablesWereDropped() {
        try (DatabaseWatch watch = watch(Duration.ofDays(1), 3_000, 3)) {
            SERVER.psql("drop schema gcrsync cascade");
            add(watch, 1, "{}");

            assertThat(watch.history().report("run-1")).contains("{}");
            Schema.migrate(database);
        }
        assertThat(rows()).isEqualTo("[run-1]");
    }
}
