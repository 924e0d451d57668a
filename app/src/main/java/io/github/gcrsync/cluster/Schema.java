package io.github.gcrsync.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/** The tables, in a schema of their own. They hold nothing that a later run could not plan anew. */
final class Schema {
    private static final int VERSION = 1;
    /** One process migrates at a time; the number is arbitrary. */
    private static final long LOCK = 0x6763727379_6e63L;

    private Schema() {}

    static void migrate(Database database) {
        if (version(database) == VERSION) {
            return;
        }
        database.inTransaction(() -> {
            database.query("select pg_advisory_xact_lock(?)", _ -> 0, LOCK);
            for (int next = version(database) + 1; next <= VERSION; next++) {
                database.update(script(next));
            }
        });
    }

    /** Returns 0 if there are no tables. */
    private static int version(Database database) {
        boolean exists = database.query("select to_regclass('gcrsync.version') is not null", row -> row.getBoolean(1))
                .getFirst();
        List<Integer> versions =
                exists ? database.query("select number from gcrsync.version", row -> row.getInt(1)) : List.of(0);
        int version = versions.isEmpty() ? 0 : versions.getFirst();
        if (version > VERSION) {
            throw new DatabaseException(
                    database.address(),
                    "its tables are of a newer gcrsync (version " + version + "); upgrade this one, or drop the schema"
                            + " gcrsync",
                    new SQLException());
        }
        return version;
    }

    private static String script(int version) {
        String name = "schema-" + version + ".sql";
        try (InputStream script = Objects.requireNonNull(Schema.class.getResourceAsStream(name), name)) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
