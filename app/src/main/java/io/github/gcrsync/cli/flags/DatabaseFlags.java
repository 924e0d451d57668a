package io.github.gcrsync.cli.flags;

import io.github.gcrsync.cluster.Database;
import io.github.gcrsync.cluster.DatabaseAddress;
import io.github.gcrsync.cluster.DatabaseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The database between the server and its workers. */
public final class DatabaseFlags {
    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "PostgreSQL database through which a server and workers share the copying: jdbc:postgresql://HOST[:PORT]/NAME[?user=NAME]. Set the password in GCRSYNC_DATABASE_PASSWORD or in ~/.pgpass.")
    @Nullable
    public String url;

    /**
     * Connects; empty without the flag.
     *
     * @param connections most of this process
     */
    public Optional<Database> open(Map<String, String> environment, int connections) {
        if (url == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Database.open(DatabaseAddress.of(url, environment), connections));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--database: " + e.getMessage());
        } catch (DatabaseException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }
}
