package io.github.gcrsync.cluster;

import com.github.kagkarlsson.scheduler.exceptions.FailedToScheduleBatchException;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool of connections to PostgreSQL. A transaction belongs to its thread: what runs there meanwhile takes part, that of
 * the scheduler's library too.
 */
public final class Database implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private final DatabaseAddress address;
    private final HikariDataSource pool;
    /** Of this pool only. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Connection> transaction = new ThreadLocal<>();

    private final DataSource shared;

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private Database(DatabaseAddress address, int connections) {
        this.address = address;
        HikariConfig config = new HikariConfig();
        config.setPoolName("gcrsync");
        config.setJdbcUrl(address.url());
        config.setDataSourceProperties(address.properties());
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE.toMillis());
        config.setInitializationFailTimeout(-1);
        this.pool = new HikariDataSource(config);
        this.shared = (DataSource) Proxy.newProxyInstance(
                Database.class.getClassLoader(), new Class<?>[] {DataSource.class}, (_, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        Connection own = transaction.get();
                        return own == null ? pool.getConnection() : participant(own);
                    }
                    return called(pool, method, arguments);
                });
    }

    /**
     * Connects, and brings the tables up to date.
     *
     * @param connections most of this process
     * @throws DatabaseException if the database cannot be used
     */
    public static Database open(DatabaseAddress address, int connections) {
        Database database = new Database(address, connections);
        try {
            Schema.migrate(database);
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Ends with the transaction of the thread only. */
    private static Connection participant(Connection own) {
        return (Connection) Proxy.newProxyInstance(
                Database.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "close", "commit", "rollback", "setAutoCommit" -> null;
                    default -> called(own, method, arguments);
                });
    }

    private static @Nullable Object called(Object on, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }

    /** Returns the source of connections, for libraries. */
    DataSource source() {
        return shared;
    }

    DatabaseAddress address() {
        return address;
    }

    /** Commits what the action does, or nothing of it. */
    void inTransaction(Runnable action) {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            transaction.set(connection);
            try {
                action.run();
                connection.commit();
            } finally {
                transaction.remove(); // The pool rolls back what is not committed.
            }
        } catch (SQLException e) {
            throw new DatabaseException(address, e);
        } catch (SQLRuntimeException | FailedToScheduleBatchException e) {
            throw new DatabaseException(address, reason(e));
        }
    }

    private static SQLException reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        return cause == null ? new SQLException(thrown.getMessage()) : (SQLException) cause;
    }

    /** Returns the number of rows that a statement changed. */
    int update(String sql, Object... values) {
        return run(sql, PreparedStatement::executeUpdate, values);
    }

    <T> List<T> query(String sql, Row<T> row, Object... values) {
        return run(
                sql,
                statement -> {
                    List<T> rows = new ArrayList<>();
                    try (ResultSet result = statement.executeQuery()) {
                        while (result.next()) {
                            rows.add(row.read(result));
                        }
                    }
                    return rows;
                },
                values);
    }

    private interface Execution<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(String sql, Execution<T> execution, Object... values) {
        try (Connection connection = shared.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return execution.of(statement);
        } catch (SQLException e) {
            throw new DatabaseException(address, e);
        }
    }

    /** Returns a map of two columns. */
    Map<String, Integer> counts(String sql, Object... values) {
        Map<String, Integer> counts = new TreeMap<>();
        query(sql, row -> counts.put(row.getString(1), row.getInt(2)), values);
        return counts;
    }

    @Override
    public void close() {
        pool.close();
    }
}
