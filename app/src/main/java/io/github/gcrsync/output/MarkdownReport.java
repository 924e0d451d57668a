package io.github.gcrsync.output;

import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sightings;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the summary of a run for GitHub Actions. */
final class MarkdownReport {
    private static final int MAX_FAILURES = 100;

    private MarkdownReport() {}

    static String of(BatchRecord batch) {
        return batch.results().stream().map(MarkdownReport::of).collect(Collectors.joining());
    }

    private static String of(BatchRecord.Result result) {
        return switch (result) {
            case RunRecord run -> of(run);
            case BatchRecord.NotStarted notStarted ->
                "### gcrsync: " + escaped(notStarted.label()) + "\n\n**Could not start:** "
                        + escaped(notStarted.reason()) + "\n\n";
        };
    }

    private static String of(RunRecord run) {
        RunReport report = run.report();
        StringBuilder text = new StringBuilder();
        text.append("### gcrsync: ")
                .append(escaped(run.title()))
                .append(" → ")
                .append(escaped(run.destination()))
                .append(
                        "\n\n| copied | up to date | already there | excluded | failed |\n| ---: | ---: | ---: | ---: | ---: |\n")
                .append("| %d | %d | %d | %d | %d |%n%n"
                        .formatted(
                                report.copied().size(),
                                report.plan().upToDate(),
                                report.plan().toAdopt().size(),
                                report.plan().excluded().count(),
                                report.failed().size()))
                .append(Sizes.bytes(report.moved().bytes()))
                .append(run.destinationName().isPresent() ? " sent, " : " pulled, ")
                .append(Sizes.bytes(report.moved().saved()))
                .append(" saved by ")
                .append(Sizes.count(report.moved().mounted(), "blob"))
                .append(" mounted and ")
                .append(Sizes.count(report.moved().alreadyThere(), "blob"))
                .append(" already at the destination, ")
                .append(Sizes.count(run.requests().total(), "request"))
                .append(", ")
                .append(Sizes.duration(run.took()))
                .append("\n\n");
        run.share().ifPresent(share -> text.append(share.words()).append("\n\n"));
        report.abandoned()
                .ifPresent(reason ->
                        text.append("**Gave up:** ").append(escaped(reason)).append("\n\n"));
        report.unrecorded()
                .ifPresent(reason -> text.append("**Not recorded:** ")
                        .append(escaped(reason))
                        .append("\n\n"));
        if (!report.referrers().incomplete().isEmpty()) {
            text.append("Without all signatures, attestations and SBOMs: ")
                    .append(report.referrers().incomplete().stream()
                            .limit(MAX_FAILURES)
                            .map(image -> escaped(image.image()))
                            .collect(Collectors.joining(", ")))
                    .append("\n\n");
        }
        if (!report.quarantined().isEmpty()) {
            text.append("In quarantine: ")
                    .append(report.quarantined().stream()
                            .limit(MAX_FAILURES)
                            .map(suspect -> escaped(suspect.image()))
                            .collect(Collectors.joining(", ")))
                    .append("\n\n");
        }
        if (!report.held().isEmpty()) {
            text.append("Held, because the tag cannot be overwritten at the destination: ")
                    .append(report.held().size())
                    .append("\n\n");
        }
        marks(report.plan().marks(), text);
        failures("held", report.held(), text);
        failures("failed", report.failed(), text);
        return text.toString();
    }

    private static void marks(Sightings.Marks marks, StringBuilder text) {
        if (marks.gone() + marks.unselected() > 0) {
            text.append("Recorded images that stay at the destination: %d gone at the source, %d no longer selected%n%n"
                    .formatted(marks.gone(), marks.unselected()));
        }
    }

    private static void failures(String outcome, List<Failure> failures, StringBuilder text) {
        if (failures.isEmpty()) {
            return;
        }
        text.append("| " + outcome + " | side | cause | what to do |\n| --- | --- | --- | --- |\n");
        failures.stream()
                .limit(MAX_FAILURES)
                .forEach(failure -> text.append("| ")
                        .append(escaped(failure.what()))
                        .append(" | ")
                        .append(Advice.side(failure))
                        .append(" | ")
                        .append(escaped(String.valueOf(failure.reason().getMessage())))
                        .append(" | ")
                        .append(escaped(Advice.on(failure)))
                        .append(" |\n"));
        if (failures.size() > MAX_FAILURES) {
            text.append("\nand ").append(failures.size() - MAX_FAILURES).append(" more\n");
        }
        text.append('\n');
    }

    /** Encodes every character that could have a meaning in Markdown, HTML or a mention as a numeric reference. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder();
        Printable.of(text).codePoints().forEach(point -> {
            if (Character.isLetterOrDigit(point) || " .,-".indexOf(point) >= 0) {
                safe.appendCodePoint(point);
            } else {
                safe.append("&#").append(point).append(';');
            }
        });
        return safe.toString();
    }
}
