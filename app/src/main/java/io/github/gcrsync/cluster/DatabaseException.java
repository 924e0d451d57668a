package io.github.gcrsync.cluster;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Set;

/** Reports a failed statement, with the database and the reason; never with a password. */
public final class DatabaseException extends RuntimeException {
    /** Missing tables, schemas and databases; Appendix A of the manual of PostgreSQL. */
    private static final Set<String> MISSING = Set.of("42P01", "3F000", "3D000");

    private final String state;

    DatabaseException(DatabaseAddress database, SQLException reason) {
        this(database, words(first(reason)), reason);
    }

    private static String words(SQLException reason) {
        String words = String.valueOf(reason.getMessage()).lines().findFirst().orElse("");
        for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "unknown host; check its name";
            }
        }
        return words.contains("password")
                ? words + "; set the user with ?user=NAME, and the password in GCRSYNC_DATABASE_PASSWORD or ~/.pgpass"
                : words;
    }

    /** Returns the reason of the driver: that of the pool is a timeout. */
    private static SQLException first(SQLException reason) {
        return reason.getCause() instanceof SQLException cause ? first(cause) : reason;
    }

    DatabaseException(DatabaseAddress database, String words, SQLException reason) {
        super("the database " + database + ": " + words, reason);
        this.state = String.valueOf(first(reason).getSQLState());
    }

    /** Whether the tables are gone: somebody has dropped them. */
    boolean isOfMissingTables() {
        return MISSING.contains(state);
    }
}
