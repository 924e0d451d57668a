import io.github.gcrsync.testkit.PostgresServer;
import java.util.Scanner;

/**
 * A PostgreSQL server with an empty database. Prints its URL for JDBC and the password, separated by a space; each line of
 * SQL on standard input is answered with one value.
 */
final class Postgres {
    private Postgres() {}

    public static void main(String[] arguments) {
        try (PostgresServer server = PostgresServer.create();
                Scanner in = new Scanner(System.in)) {
            System.out.println(server.jdbcUrl() + "?user=" + server.user() + " " + server.password());
            while (in.hasNextLine()) {
                System.out.println(String.join(" ", server.psql(in.nextLine())));
            }
        }
        System.exit(0);
    }
}
