package io.github.gcrsync.cli.execution;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Runs a command for each of its mirrors, at each destination. A mirror of a file, or one of several destinations, that
 * cannot start does not stop the others.
 */
public final class EachMirror {
    private static final List<Integer> WORST_FIRST = List.of(
            ExitCode.NOT_STARTED, ExitCode.SOME_FAILED, ExitCode.OVER_QUOTA, ExitCode.DIFFERENCES, ExitCode.DONE);

    private EachMirror() {}

    /**
     * Returns the worst exit code.
     *
     * @param failed receives why a mirror could not start
     */
    public static int run(Wiring wiring, ToIntFunction<OpenMirror> work, BiConsumer<MirrorRule, String> failed) {
        int worst = ExitCode.DONE;
        for (MirrorRule rule : wiring.rules()) {
            worst = worse(
                    worst,
                    rule.prefix().isEmpty() ? work.applyAsInt(wiring.open(rule)) : named(wiring, rule, work, failed));
        }
        return worst;
    }

    /**
     * Runs a command for each mirror with all its destinations; returns the worst exit code.
     *
     * @param work returns an exit code for each destination
     * @param failed receives why a destination could not start
     */
    public static int runTogether(
            Wiring wiring, Function<List<OpenMirror>, List<Integer>> work, BiConsumer<MirrorRule, String> failed) {
        int worst = ExitCode.DONE;
        for (List<MirrorRule> mirror : mirrors(wiring.rules())) {
            worst = worse(
                    worst,
                    mirror.size() == 1 && mirror.getFirst().name().isEmpty()
                            ? ofMirror(work.apply(List.of(wiring.open(mirror.getFirst()))))
                            : ofMirror(ofDestinations(mirror, wiring, work, failed)));
        }
        return worst;
    }

    private static List<Integer> ofDestinations(
            List<MirrorRule> mirror,
            Wiring wiring,
            Function<List<OpenMirror>, List<Integer>> work,
            BiConsumer<MirrorRule, String> failed) {
        List<OpenMirror> open = new ArrayList<>();
        List<Integer> codes = new ArrayList<>();
        for (MirrorRule rule : mirror) {
            codes.addAll(orNotStarted(List.of(rule), failed, () -> {
                open.add(wiring.open(rule));
                return List.of();
            }));
        }
        if (!open.isEmpty()) {
            codes.addAll(orNotStarted(
                    open.stream().map(OpenMirror::rule).toList(), failed, () -> work.apply(List.copyOf(open))));
        }
        return codes;
    }

    private static List<Integer> orNotStarted(
            List<MirrorRule> rules, BiConsumer<MirrorRule, String> failed, Supplier<List<Integer>> work) {
        try {
            return work.get();
        } catch (UsageException e) {
            throw e;
        } catch (RuntimeException e) {
            rules.forEach(rule -> failed.accept(rule, StartFailure.words(e)));
            return rules.stream().map(_ -> ExitCode.NOT_STARTED).toList();
        }
    }

    private static List<List<MirrorRule>> mirrors(List<MirrorRule> rules) {
        List<List<MirrorRule>> mirrors = new ArrayList<>();
        for (MirrorRule rule : rules) {
            if (mirrors.isEmpty() || !mirrors.getLast().getFirst().isOfSameMirror(rule)) {
                mirrors.add(new ArrayList<>());
            }
            mirrors.getLast().add(rule);
        }
        return mirrors;
    }

    /** A destination that is lost as a whole is one of several failures, unless all are. */
    private static int ofMirror(List<Integer> codes) {
        if (codes.stream().allMatch(code -> code == ExitCode.NOT_STARTED)) {
            return ExitCode.NOT_STARTED;
        }
        return codes.stream()
                .map(code -> code == ExitCode.NOT_STARTED ? ExitCode.SOME_FAILED : code)
                .reduce(ExitCode.DONE, EachMirror::worse);
    }

    /** Returns the events of a mirror at one destination. */
    public static JsonEvents events(Console console, MirrorRule rule) {
        JsonEvents events = new JsonEvents(console.err(), console.clock(), rule.name());
        return rule.shownDestination().map(events::at).orElse(events);
    }

    /** Returns what prints why a mirror could not start, as an event named {@code error} or as text. */
    public static BiConsumer<MirrorRule, String> failures(Console console, boolean json) {
        return (rule, reason) -> {
            if (json) {
                events(console, rule).event("error", Map.of("message", reason));
            } else {
                console.err().println("gcrsync: " + rule.prefix() + Printable.of(reason));
            }
        };
    }

    private static int named(
            Wiring wiring, MirrorRule rule, ToIntFunction<OpenMirror> work, BiConsumer<MirrorRule, String> failed) {
        return orNotStarted(List.of(rule), failed, () -> List.of(work.applyAsInt(wiring.open(rule))))
                .getFirst();
    }

    private static int worse(int one, int other) {
        return WORST_FIRST.indexOf(one) < WORST_FIRST.indexOf(other) ? one : other;
    }
}
