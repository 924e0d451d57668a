package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Explains why a tag is mirrored or not. */
@Command(
        name = "explain",
        sortOptions = false,
        description = "Shows which tags of a repository are mirrored, and the flag that decided about each.",
        optionListHeading = "%nFlags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:the source has no such repository or tag",
            "2:wrong flags",
            "3:the source is unreachable"
        })
final class ExplainCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "IMAGE",
            description = "NAME:TAG, or NAME for all its tags; NAME is relative to the namespace.")
    @Nullable
    String image;

    @Mixin
    private Options options = new Options();

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        String given = Optional.ofNullable(image)
                .orElseThrow(() -> new UsageException("an image is missing; write gcrsync explain NAME or NAME:TAG"));
        int colon = given.indexOf(':');
        String name = colon < 0 ? given : given.substring(0, colon);
        String wanted = colon < 0 ? "" : given.substring(colon + 1);
        if (!RepositoryName.isValid(name)) {
            throw new UsageException("'" + name + "' is not a repository name; write NAME or NAME:TAG");
        }
        try (Wiring wiring = new Wiring(options, console, 0, false)) {
            Map<String, Decision> decisions = wiring.mirrorToRead().explain(new RepositoryName(name));
            decisions.entrySet().stream()
                    .filter(entry -> wanted.isEmpty() || entry.getKey().equals(wanted))
                    .forEach(entry -> print(name + ":" + entry.getKey(), entry.getValue()));
            console.out().flush();
            if (decisions.isEmpty() || (!wanted.isEmpty() && !decisions.containsKey(wanted))) {
                console.err()
                        .println("gcrsync: " + wiring.rule().source() + " has no " + given
                                + "; check the name, --source and --namespace");
                return ExitCode.SOME_FAILED;
            }
            return ExitCode.DONE;
        }
    }

    private void print(String name, Decision decision) {
        PrintWriter out = console.out();
        out.printf(
                "%-8s %s  %s%s%n",
                decision.isWanted() ? "mirror" : "skip",
                Printable.of(name),
                decision.step().isEmpty() ? "" : decision.step() + ": ",
                Printable.of(decision.why()));
    }
}
