package io.github.gcrsync.cli.console;

import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The streams, environment, clock and retry limits of a command.
 *
 * @param isProcess whether these are the process's own streams, which may be a terminal
 */
public record Console(
        PrintWriter out,
        PrintWriter err,
        InputStream in,
        Map<String, String> environment,
        Clock clock,
        Patience patience,
        boolean isProcess) {
    /** Returns the flag's value, otherwise the variable's; empty text counts as not set. */
    public Optional<String> given(@Nullable String flag, String variable) {
        return Optional.ofNullable(flag)
                .or(() -> Optional.ofNullable(environment.get(variable)))
                .filter(value -> !value.isEmpty());
    }

    public Console(PrintWriter out, PrintWriter err, InputStream in, Map<String, String> environment) {
        this(out, err, in, environment, Clock.systemUTC(), Patience.USUAL, false);
    }
}
