package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The part of {@code config check --online} that lists the sources; it has the flags of a mirror. */
@Command(name = OnlineCommand.NAME)
final class OnlineCommand implements Callable<Integer> {
    static final String NAME = "config-online";

    private final Console console;

    @Mixin
    private Options options = new Options();

    OnlineCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        try (Wiring wiring = new Wiring(options, Rules.ofMirrors(options), console, 0, false)) {
            int exitCode = EachMirror.run(wiring, this::print, EachMirror.failures(console, false));
            console.out().flush();
            return exitCode;
        }
    }

    private int print(OpenMirror each) {
        Mirror.Chosen chosen = each.mirror().chosen();
        Map<RepositoryName, Integer> selected = chosen.selection().repositories().stream()
                .collect(Collectors.toMap(
                        Selection.Selected::name,
                        repository -> repository.tags().size()));
        PrintWriter out = console.out();
        out.println();
        out.println(title(each.rule()));
        chosen.source().repositories().forEach(repository -> {
            RepositoryName name = each.rule().source().relative(repository.name());
            boolean isListed = each.rule().selection().lists(name);
            line(
                    name.value(),
                    selected.getOrDefault(name, 0)
                            + (isListed
                                    ? " of " + repository.tags().size() + " tags"
                                    : " by tag or digest, not looked up"));
        });
        chosen.selection().failures().forEach((name, reason) -> line("FAILED " + name, reason.getMessage()));
        chosen.source()
                .failures()
                .forEach(failure -> line(
                        "FAILED " + each.rule().source().relative(failure.repository()),
                        failure.reason().getMessage()));
        boolean isComplete = chosen.selection().failures().isEmpty()
                && chosen.source().failures().isEmpty();
        return isComplete ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }

    private static String title(MirrorRule rule) {
        return rule.name().orElse(rule.source().toString());
    }

    private void line(String name, @org.jspecify.annotations.Nullable String words) {
        console.out().println(Printable.of("  %-32s %s".formatted(name, words)));
    }
}
