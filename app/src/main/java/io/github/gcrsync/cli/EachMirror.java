package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/** Runs a command for each of its mirrors. A mirror of a file that cannot start does not stop the others. */
final class EachMirror {
    private static final List<Integer> WORST_FIRST = List.of(
            ExitCode.NOT_STARTED, ExitCode.SOME_FAILED, ExitCode.OVER_QUOTA, ExitCode.DIFFERENCES, ExitCode.DONE);

    private EachMirror() {}

    /**
     * Returns the worst exit code.
     *
     * @param failed receives why a mirror could not start
     */
    static int run(Wiring wiring, ToIntFunction<OpenMirror> work, BiConsumer<MirrorRule, String> failed) {
        int worst = ExitCode.DONE;
        for (MirrorRule rule : wiring.rules()) {
            worst = worse(
                    worst,
                    rule.name().isEmpty() ? work.applyAsInt(wiring.open(rule)) : named(wiring, rule, work, failed));
        }
        return worst;
    }

    /** Returns what prints why a mirror could not start, as an event named {@code error} or as text. */
    static BiConsumer<MirrorRule, String> failures(Console console, boolean json) {
        return (rule, reason) -> {
            if (json) {
                new JsonEvents(console.err(), console.clock(), rule.name()).event("error", Map.of("message", reason));
            } else {
                console.err().println("gcrsync: " + rule.prefix() + Printable.of(reason));
            }
        };
    }

    private static int named(
            Wiring wiring, MirrorRule rule, ToIntFunction<OpenMirror> work, BiConsumer<MirrorRule, String> failed) {
        try {
            return work.applyAsInt(wiring.open(rule));
        } catch (UsageException e) {
            throw e;
        } catch (RuntimeException e) {
            failed.accept(rule, Commands.reason(e));
            return ExitCode.NOT_STARTED;
        }
    }

    private static int worse(int one, int other) {
        return WORST_FIRST.indexOf(one) < WORST_FIRST.indexOf(other) ? one : other;
    }
}
