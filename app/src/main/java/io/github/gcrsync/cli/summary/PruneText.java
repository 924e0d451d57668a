package io.github.gcrsync.cli.summary;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.prune.Deletion;
import io.github.gcrsync.prune.DueImage;
import io.github.gcrsync.prune.PruneReport;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;

/** Prints what a prune deletes or would delete. */
public final class PruneText {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean quiet;
    private final boolean isJson;

    /**
     * @param quiet whether to print only failures
     * @param isJson whether failures are printed as events
     */
    public PruneText(Console console, boolean quiet, boolean isJson) {
        this.isJson = isJson;
        this.out = console.out();
        this.err = console.err();
        this.quiet = quiet;
    }

    public void print(MirrorRule rule, PruneReport report) {
        if (!quiet) {
            out.printf("%s%s and %s%n", rule.prefix(), rule.source(), rule.destination());
            report.deletions().forEach(deletion -> out.printf("  %s%n", line(deletion, report.isApplied())));
            report.staying()
                    .forEach(image -> out.printf(
                            "  keep     %s  %s%n", Printable.of(image.image()), Printable.of(image.reason())));
        }
        if (!isJson) {
            failures(rule, report);
        }
        if (!quiet) {
            summary(report);
        }
    }

    private void failures(MirrorRule rule, PruneReport report) {
        report.failures().forEach(failure -> {
            err.printf(
                    "  FAIL  %s  %s: %s%n",
                    Printable.of(failure.what()),
                    Advice.side(failure),
                    Printable.of(String.valueOf(failure.reason().getMessage())));
            err.printf("        what to do: %s%n", Advice.on(failure));
        });
        PruneRecord.errors(report).forEach(message -> err.println("gcrsync: " + rule.prefix() + Printable.of(message)));
    }

    private void summary(PruneReport report) {
        long missing = report.deletions().size() - report.deleted();
        out.printf(
                "%d %s%s, %d kept, %d waiting%s%n",
                report.deleted(),
                report.isApplied() ? "deleted" : "to delete",
                missing == 0 ? "" : ", " + missing + " missing at the destination already",
                report.staying().size(),
                report.due().waiting(),
                report.due()
                        .next()
                        .map(next -> ", the first until " + day(next))
                        .orElse(""));
        if (report.manifests() > 0) {
            out.printf(
                    "%d %s, %s %s%n",
                    report.manifests(),
                    report.manifests() == 1 ? "manifest" : "manifests",
                    report.isApplied() ? "freeing" : "to free",
                    Sizes.bytes(report.bytes()));
        }
        if (!report.isApplied()
                && !report.deletions().isEmpty()
                && report.due().blocked().isEmpty()) {
            out.println("delete them with --apply");
        }
    }

    private static String line(Deletion deletion, boolean isApplied) {
        DueImage image = deletion.image();
        String work = switch (deletion.kind()) {
            case IMAGE -> isApplied ? "deleted" : "delete";
            case TAG -> isApplied ? "untagged" : "untag";
            case MISSING -> "missing";
        };
        return "%-9s%s  %s  %s since %s%s"
                .formatted(
                        work,
                        Printable.of(image.name()),
                        image.digest(),
                        image.why().name().toLowerCase(Locale.ROOT),
                        day(image.since()),
                        deletion.kind() == Deletion.Kind.TAG ? "; its manifest stays, another image needs it" : "");
    }

    private static String day(Instant time) {
        return time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }
}
