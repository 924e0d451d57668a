package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.auth.Credential;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.content.Location;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Users and passwords from flags and variables. If source and destination are the same registry, the destination's are
 * used.
 */
public final class Logins {
    private final Console console;

    private Logins(Console console) {
        this.console = console;
    }

    /** What the user gave for one side. */
    public record Login(@Nullable String user, @Nullable String password, boolean fromStdin) {}

    static Credentials of(Options options, Console console, List<Location> destinations) {
        return of(
                console,
                new Login(options.source.user, options.source.password, false),
                options.source.location,
                new Login(options.target.user, options.target.password, options.target.passwordFromStdin),
                destinations);
    }

    /**
     * @param destinations the destination's login is for their registry
     * @throws UsageException if there is a login for destinations at several registries
     */
    public static Credentials of(
            Console console, Login source, Location from, Login destination, List<Location> destinations) {
        Logins logins = new Logins(console);
        return logins.destination(destination, destinations).orElse(logins.source(source, from));
    }

    private Credentials source(Login given, Location from) {
        if (given.user() == null && given.password() != null) {
            throw new UsageException("a password needs a user; add --source-user");
        }
        return login(List.of(from), given.user(), console.given(given.password(), "GCRSYNC_SOURCE_PASSWORD"));
    }

    private Credentials destination(Login given, List<Location> destinations) {
        if (given.user() == null && (given.password() != null || given.fromStdin())) {
            throw new UsageException("a password needs a user; add --dockeruser");
        }
        List<String> hosts = destinations.stream()
                .filter(Location.Registry.class::isInstance)
                .map(Location::server)
                .distinct()
                .toList();
        if (given.user() == null || hosts.isEmpty()) {
            return Credentials.NONE;
        }
        if (hosts.size() > 1) {
            throw new UsageException("--dockeruser is the user at one registry, and the destinations are at "
                    + String.join(", ", hosts) + "; use docker login, or --authfile");
        }
        return login(
                destinations,
                given.user(),
                given.fromStdin()
                        ? Optional.of(passwordFromStdin())
                        : console.given(given.password(), "GCRSYNC_DOCKERPASSWORD"));
    }

    private static Credentials login(List<Location> places, @Nullable String user, Optional<String> password) {
        if (user == null || password.isEmpty()) {
            return Credentials.NONE;
        }
        Credential credential = Credential.password(user, password.get());
        return places.stream()
                .filter(Location.Registry.class::isInstance)
                .map(place -> Credentials.of(place.server(), credential))
                .reduce(Credentials.NONE, Credentials::orElse);
    }

    private String passwordFromStdin() {
        try {
            String line = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8)).readLine();
            if (line == null || line.isEmpty()) {
                throw new NotStartedException(
                        "--dockerpassword-stdin: standard input is empty; pipe the password into it");
            }
            return line;
        } catch (IOException e) {
            throw new NotStartedException("cannot read the password from standard input", e);
        }
    }
}
