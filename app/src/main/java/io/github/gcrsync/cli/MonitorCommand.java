package io.github.gcrsync.cli;

import io.github.gcrsync.check.SourceState;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.execution.StartFailure;
import io.github.gcrsync.cli.flags.Converters;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NameCollisionException;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reports regularly how far the mirror lags behind. */
@Command(
        name = "monitor",
        sortOptions = false,
        description = "Reports every few seconds how many images the source has, how many wait to be mirrored, and what"
                + " changed. It writes nothing. Stop it with Ctrl-C.",
        optionListHeading = "%nMonitor flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all rounds done, or stopped by Ctrl-C", "1:the last round failed", "2:wrong flags"})
final class MonitorCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx");

    private final Console console;
    private final CountDownLatch ended = new CountDownLatch(1);

    @Parameters(
            arity = "0..*",
            paramLabel = "MIRROR",
            description = "Names of mirrors in gcrsync.yaml (default: all of them).")
    List<String> mirrors = new ArrayList<>();

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "5s",
            description = "Time between two rounds (default: ${DEFAULT-VALUE}).")
    Duration interval = Duration.ofSeconds(5);

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Number of rounds; -1: no limit (default: ${DEFAULT-VALUE}).",
            converter = Converters.Count.class)
    int count = -1;

    @Mixin
    private Options options = new Options();

    MonitorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        Thread hook = new Thread(this::endCleanly);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return watch(isTerminal());
        } finally {
            Interruption.forget(hook);
        }
    }

    private int watch(boolean live) {
        List<MirrorRule> rules = Rules.of(options, mirrors);
        Map<MirrorRule, SourceState> before = new HashMap<>();
        Set<MirrorRule> refused = new HashSet<>();
        boolean failed = false;
        for (int round = 1; count < 0 || round <= count; round++) {
            failed = !refused.isEmpty();
            // Several lines cannot overwrite each other.
            boolean overwrites = live && round != count && rules.size() == 1;
            try (Wiring wiring = new Wiring(options, rules, console, 0, false)) {
                for (MirrorRule rule : rules) {
                    if (!refused.contains(rule)) {
                        failed |= !isPrinted(wiring, rule, before, refused, overwrites);
                    }
                }
            } catch (NotStartedException e) {
                print("FAILED: " + Printable.of(StartFailure.words(e)), false);
                failed = true;
            }
            if (round == count
                    || refused.size() == rules.size()
                    || console.out().checkError()
                    || paused()) {
                break;
            }
        }
        return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }

    @SuppressWarnings("SystemConsoleNull") // A runtime may be built without a console.
    private static boolean isTerminal() {
        java.io.Console terminal = System.console();
        return terminal != null && terminal.isTerminal();
    }

    /** Prints the line of a mirror; returns whether it could look. */
    private boolean isPrinted(
            Wiring wiring,
            MirrorRule rule,
            Map<MirrorRule, SourceState> before,
            Set<MirrorRule> refused,
            boolean overwrites) {
        try {
            print(rule.prefix() + look(wiring.open(rule), before), overwrites);
            return true;
        } catch (ContentException | CopyException | LedgerException | NotStartedException | NameCollisionException e) {
            // Repeating a wrong password in every round would lock the account.
            if (e instanceof CopyException copy
                    && copy.reason() instanceof ContentException.Denied denied
                    && denied.refusedUser().isPresent()) {
                refused.add(rule);
            }
            print(rule.prefix() + "FAILED: " + Printable.of(StartFailure.words(e)), false);
            return false;
        }
    }

    /** Returns what a mirror still has to do, and remembers the state of its source. */
    private static String look(OpenMirror each, Map<MirrorRule, SourceState> before) {
        Mirror.Look look = each.mirror().look();
        Plan plan = look.plan();
        Optional<SourceState> earlier = Optional.ofNullable(before.get(each.rule()));
        SourceState now = SourceState.of(look.source(), earlier);
        before.put(each.rule(), now);
        return "%d images at the source, %d waiting, %s%s%s%s"
                .formatted(
                        now.images().size(),
                        plan.toCopy().size() + plan.toAdopt().size(),
                        now.changesSince(earlier),
                        plan.gone().isEmpty() ? "" : ", " + plan.gone().size() + " listed but deleted",
                        plan.heldBack().isEmpty() ? "" : ", " + plan.heldBack().size() + " quarantined",
                        plan.failures().isEmpty() ? "" : ", " + plan.failures().size() + " failed");
    }

    /** @param overwritten whether the next line takes its place; failures stay visible */
    private void print(String line, boolean overwritten) {
        PrintWriter out = console.out();
        String time = TIME.format(console.clock().instant().atZone(options.metadata.timezone));
        out.print((isTerminal() ? "\r\033[2K" : "") + time + "  " + line);
        if (!overwritten) {
            out.println();
        }
        out.flush();
    }

    /** Waits; returns true if the process is ending. */
    private boolean paused() {
        try {
            return ended.await(interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ctrl-C is the normal end of this command, so the exit code is 0. */
    private void endCleanly() {
        ended.countDown();
        if (isTerminal()) {
            console.out().println();
        }
        console.out().flush();
        Runtime.getRuntime().halt(ExitCode.DONE);
    }
}
