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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Users and passwords from flags and variables. If source and destination are the same registry, the destination's are
 * used.
 */
final class Logins {
    private final Console console;

    private Logins(Console console) {
        this.console = console;
    }

    static Credentials of(Options options, Console console, Location destination) {
        Logins logins = new Logins(console);
        return logins.destination(options.target, destination).orElse(logins.source(options.source));
    }

    private Credentials source(Options.Source given) {
        if (given.user == null) {
            if (given.password != null) {
                throw new UsageException("a password needs a user; add --source-user");
            }
            return Credentials.NONE;
        }
        return login(given.host, given.user, console.given(given.password, "GCRSYNC_SOURCE_PASSWORD"));
    }

    private Credentials destination(Options.Target given, Location destination) {
        if (given.user == null && (given.password != null || given.passwordFromStdin)) {
            throw new UsageException("a password needs a user; add --dockeruser");
        }
        if (given.user == null || !(destination instanceof Location.Registry registry)) {
            return Credentials.NONE;
        }
        return login(
                registry.host(),
                given.user,
                given.passwordFromStdin
                        ? Optional.of(passwordFromStdin())
                        : console.given(given.password, "GCRSYNC_DOCKERPASSWORD"));
    }

    private static Credentials login(String host, @Nullable String user, Optional<String> password) {
        return user == null
                ? Credentials.NONE
                : password.map(known -> Credentials.of(host, Credential.password(user, known)))
                        .orElse(Credentials.NONE);
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
