package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.ShardFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            arity = "0..2",
            paramLabel = ImageWords.LABEL,
            description =
                    "An image, or all tags of a repository, relative to the source; with several mirrors in gcrsync.yaml, possibly one of them (default: all).")
    List<String> words = new ArrayList<>();

    @Mixin
    private ShardFlags part = new ShardFlags();

    @Mixin
    private Options options = new Options();

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        ImageWords given = ImageWords.of(words, options);
        RepositoryName name = given.name()
                .orElseThrow(() -> new UsageException("an image is missing; write gcrsync explain NAME or NAME:TAG"));
        try (Wiring wiring = new Wiring(options, Rules.within(part.shard, given.rules()), console, 0, false)) {
            boolean[] found = {false};
            int exitCode = EachMirror.run(
                    wiring,
                    each -> {
                        found[0] |= explain(each, name, given.tag());
                        return ExitCode.DONE;
                    },
                    EachMirror.failures(console, false));
            console.out().flush();
            if (exitCode == ExitCode.DONE && !found[0]) {
                String sources = String.join(
                        ", ",
                        given.rules().stream()
                                .map(rule -> rule.source().toString())
                                .distinct()
                                .toList());
                console.err()
                        .println("gcrsync: " + sources + " has no "
                                + given.image().orElseThrow() + "; check the name, --source and --namespace");
                return ExitCode.SOME_FAILED;
            }
            return found[0] ? ExitCode.DONE : exitCode;
        }
    }

    /** Returns whether the mirror's source has the image. */
    private boolean explain(OpenMirror each, RepositoryName name, Optional<String> tag) {
        if (!each.rule().isInShard(name)) {
            console.out()
                    .printf(
                            "%-8s %s  %s mirrors it, if the rule allows%n",
                            "other",
                            each.rule().mirrorPrefix() + name,
                            each.rule().shardOf(name).words());
            return true;
        }
        boolean found = false;
        for (Map.Entry<String, Decision> entry : each.mirror().explain(name).entrySet()) {
            if (tag.isEmpty() || entry.getKey().equals(tag.get())) {
                String mirror = each.rule().mirrorPrefix();
                print(mirror + new ImageKey(name, entry.getKey()), entry.getValue());
                found = true;
            }
        }
        return found;
    }

    private void print(String name, Decision decision) {
        PrintWriter out = console.out();
        out.printf(
                "%-8s %s  %s%s%n",
                decision.isWanted() ? "mirror" : decision.heldUntil().isPresent() ? "wait" : "skip",
                Printable.of(name),
                decision.step().isEmpty() ? "" : decision.step() + ": ",
                Printable.of(decision.why()));
    }
}
