package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Patience;
import io.github.gcrsync.http.RetryPolicy;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the program with shorter waits.
 *
 * @param firstWait before the first retry of a request
 * @param commitTimeout for the response to an upload
 * @param slowDestination how long one of several destinations may hold up the others
 * @param heartbeat how often a worker shows that it lives
 */
public record Hurry(Duration firstWait, Duration commitTimeout, Duration slowDestination, Duration heartbeat) {
    /** The program's own waits. */
    public static final Hurry NONE = new Hurry(
            Patience.USUAL.retries().firstWait(),
            Patience.USUAL.commitTimeout(),
            Patience.USUAL.slowDestination(),
            Patience.USUAL.heartbeat());

    /** Retries almost at once. */
    public static final Hurry TO_RETRY =
            new Hurry(Duration.ofMillis(5), NONE.commitTimeout, NONE.slowDestination, NONE.heartbeat);

    /** Also gives up stalled uploads soon. */
    public static final Hurry TO_GIVE_UP =
            new Hurry(TO_RETRY.firstWait, Duration.ofSeconds(1), NONE.slowDestination, NONE.heartbeat);

    /** Does not wait long for a slow destination. */
    public static final Hurry PAST_SLOW =
            new Hurry(TO_RETRY.firstWait, NONE.commitTimeout, Duration.ofMillis(500), NONE.heartbeat);

    /** Soon takes over the tasks of a dead worker. */
    public static final Hurry TO_TAKE_OVER =
            new Hurry(TO_RETRY.firstWait, NONE.commitTimeout, NONE.slowDestination, Duration.ofMillis(500));

    public Hurry withHeartbeat(Duration other) {
        return new Hurry(firstWait, commitTimeout, slowDestination, other);
    }

    public static void main(String[] arguments) {
        Hurry hurry = new Hurry(
                Duration.parse(arguments[0]),
                Duration.parse(arguments[1]),
                Duration.parse(arguments[2]),
                Duration.parse(arguments[3]));
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        int exitCode = Main.run(Arrays.copyOfRange(arguments, 4, arguments.length), out, hurry.patience());
        out.flush();
        System.exit(exitCode);
    }

    /** Returns the class to start in its own JVM, with the arguments that precede those of the command. */
    public List<String> program() {
        return equals(NONE)
                ? List.of(Main.class.getName())
                : List.of(
                        Hurry.class.getName(),
                        firstWait.toString(),
                        commitTimeout.toString(),
                        slowDestination.toString(),
                        heartbeat.toString());
    }

    Patience patience() {
        RetryPolicy usual = Patience.USUAL.retries();
        return new Patience(
                new RetryPolicy(usual.attempts(), firstWait, usual.longestWait(), usual.altogether()),
                commitTimeout,
                slowDestination,
                heartbeat);
    }
}
