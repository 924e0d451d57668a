package io.github.gcrsync.cli.summary;

import static io.github.gcrsync.text.Sizes.bytes;
import static io.github.gcrsync.text.Sizes.count;
import static io.github.gcrsync.text.Sizes.duration;

import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.Examples;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.run.Moved;
import io.github.gcrsync.run.Referred;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Prints the summary of a run. */
public final class Summary {
    private static final int MAX_HELD_BACK = 20;

    private final PrintWriter out;

    public Summary(PrintWriter out) {
        this.out = out;
    }

    public void print(RunRecord run) {
        RunReport report = run.report();
        Plan plan = report.plan();
        out.printf("%s -> %s%n", run.title(), run.destination());
        run.share().ifPresent(share -> out.printf("  %s%n", share.words()));
        if (plan.images() == 0 && plan.failures().isEmpty() && run.share().isEmpty()) {
            out.println(run.mirror().isEmpty() ? "  the namespace holds no images" : "  the source holds no images");
        }
        row(
                "copied",
                report.copied().size(),
                with(
                        transfer(report.moved(), run.destinationName().isPresent() ? "sent" : "pulled"),
                        report.referrers().words()));
        row(
                "referrers",
                report.referrers().added().size(),
                "images up to date before, now with new signatures or SBOMs");
        row(
                "incomplete",
                report.referrers().incomplete().size(),
                "mirrored without all referrers; the next run tries again");
        report.referrers().incomplete().forEach(this::incomplete);
        row("rewritten", rewritten(report), "indexes; their own signatures would not verify and are not copied");
        row("up to date", plan.upToDate(), "");
        row("kept", plan.kept(), "moved at the source, kept as mirrored (moved: keep)");
        row("already there", plan.toAdopt().size(), "found at the destination, recorded");
        row("excluded", plan.excluded().count(), "to see all: gcrsync test --verbose");
        excluded(plan.excluded());
        row("held back", plan.tooYoung().size(), "too young (min-age); a later run takes them");
        heldBack(plan);
        row("gone", report.gone().size(), "listed by the source, but deleted there");
        report.gone().forEach(image -> out.printf("    %s%n", image));
        row("skipped", report.skipped().size(), "for none of the platforms");
        report.skipped().forEach(image -> out.printf("    %s%n", image));
        row("lost", report.lost().size(), "recorded, but gone at the destination, and not offered by the source");
        report.lost().forEach(image -> out.printf("    %s%n", image.image()));
        row("gone at source", plan.marks().gone(), "recorded images that stay; gcrsync prune lists them");
        row("unselected", plan.marks().unselected(), "recorded images that stay; gcrsync prune lists them");
        row("waiting", plan.waiting().size(), "more than --processcount; the next run takes them");
        row("not finished", report.unfinished(), "the run ended early; the next run takes them");
        row("over quota", report.postponed(), "the source's pull quota is used up; the next run takes them");
        row("quarantined", report.quarantined().size(), "tried last and once a day, or by --retry-quarantined");
        report.quarantined()
                .forEach(suspect -> out.printf("    %s  %s%n", Printable.of(suspect.image()), text(suspect)));
        row("held", report.held().size(), "the tag cannot be overwritten at the destination, which keeps its image");
        failures(report.held());
        row("failed", report.failed().size(), "");
        failures(report.failed());
        row("requests", run.requests().total(), hosts(run.requests()));
        out.printf("  %-11s %10s%n", "took", duration(run.took()));
        report.abandoned().ifPresent(reason -> out.printf("gave up: %s%n", Printable.of(reason)));
        recorded(report, run.metadata());
        out.flush();
    }

    private static String with(String transfer, String referrers) {
        return referrers.isEmpty() ? transfer : transfer + (transfer.isEmpty() ? "" : ", ") + "with " + referrers;
    }

    private static long rewritten(RunReport report) {
        return report.copied().stream().filter(task -> task.as().isPresent()).count();
    }

    private void incomplete(Referred.Incomplete image) {
        out.printf("    %s  %s%n", Printable.of(image.image()), image.words());
        image.referrers().failures().forEach(failure -> out.printf("      %s%n", Printable.of(failure.message())));
    }

    /** Prints the total of several mirrors. */
    public void print(BatchRecord batch) {
        long mirrors = batch.results().stream()
                .map(result -> result.mirror().orElse(""))
                .distinct()
                .count();
        int results = batch.results().size();
        out.printf(
                "total of %s%s%n",
                count(mirrors, "mirror"), results > mirrors ? " at " + count(results, "destination") : "");
        row("copied", sum(batch, report -> report.copied().size()), bytes(batch.pulled()) + " pulled");
        row("up to date", sum(batch, report -> report.plan().upToDate()), "");
        row("kept", sum(batch, report -> report.plan().kept()), "");
        row("already there", sum(batch, report -> report.plan().toAdopt().size()), "");
        row("held back", sum(batch, report -> report.plan().tooYoung().size()), "");
        row("gone", sum(batch, report -> report.gone().size()), "");
        row("lost", sum(batch, report -> report.lost().size()), "");
        row("gone at source", sum(batch, report -> report.plan().marks().gone()), "");
        row("unselected", sum(batch, report -> report.plan().marks().unselected()), "");
        row("waiting", sum(batch, report -> report.plan().waiting().size()), "");
        row("not finished", sum(batch, RunReport::unfinished), "");
        row("over quota", sum(batch, RunReport::postponed), "");
        row("quarantined", sum(batch, report -> report.quarantined().size()), "");
        row("referrers", sum(batch, report -> report.referrers().added().size()), "");
        row("incomplete", sum(batch, report -> report.referrers().incomplete().size()), "");
        row("held", sum(batch, report -> report.held().size()), "");
        row("failed", sum(batch, report -> report.failed().size()), "");
        row("not started", batch.notStarted().count(), "");
        batch.notStarted().forEach(mirror -> out.printf("    %s  %s%n", mirror.label(), Printable.of(mirror.reason())));
        row("requests", batch.runs().mapToLong(run -> run.requests().total()).sum(), "");
        out.printf("  %-11s %10s%n", "took", duration(batch.took()));
        batch.runs().forEach(run -> {
            String name = run.label();
            run.report().abandoned().ifPresent(reason -> out.printf("%s gave up: %s%n", name, Printable.of(reason)));
            run.report()
                    .unrecorded()
                    .ifPresent(reason -> out.printf("%s NOT RECORDED: %s%n", name, Printable.of(reason)));
        });
        out.flush();
    }

    private void heldBack(Plan plan) {
        plan.tooYoung().stream()
                .limit(MAX_HELD_BACK)
                .forEach(held -> out.printf("    %s  held back until %s%n", key(held), held.until()));
        int more = plan.tooYoung().size() - MAX_HELD_BACK;
        if (more > 0) {
            out.printf("    and %d more; to see all: gcrsync test%n", more);
        }
    }

    public static ImageKey key(Selection.HeldBack held) {
        return new ImageKey(held.name(), held.tag().tag());
    }

    private static long sum(BatchRecord batch, ToIntFunction<RunReport> count) {
        return batch.runs().map(RunRecord::report).mapToInt(count).sum();
    }

    /** Prints each rule with examples of what it excludes. */
    public void excluded(Excluded excluded) {
        excluded.rules()
                .forEach(rule -> out.printf(
                        "  %-14s %7d  %s%n  %-14s %7s  %s%n",
                        "", excluded.count(rule), rule, "", "", Examples.of(excluded, rule)));
    }

    /** Describes an image in quarantine. */
    public static String text(Suspect suspect) {
        return Printable.of(suspect.reason()) + "; failed in " + suspect.runs() + " runs in a row, last at "
                + suspect.tried().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Omits empty rows, except for the first two. */
    private void row(String name, long count, String remark) {
        if (count > 0 || name.equals("copied") || name.equals("up to date")) {
            out.println("  %-14s %7d  %s".formatted(name, count, remark).stripTrailing());
        }
    }

    /** Prints the same advice for adjacent failures only once. */
    private void failures(List<Failure> failures) {
        for (int i = 0; i < failures.size(); i++) {
            Failure failure = failures.get(i);
            out.printf(
                    "    %s  %s: %s%n",
                    Printable.of(failure.what()),
                    Advice.side(failure),
                    Printable.of(String.valueOf(failure.reason().getMessage())));
            String advice = Advice.on(failure);
            if (i + 1 == failures.size() || !Advice.on(failures.get(i + 1)).equals(advice)) {
                out.printf("      what to do: %s%n", advice);
            }
        }
    }

    /** @param verb of the bytes: those read from the source, or those sent to one of several destinations */
    public static String transfer(Moved moved, String verb) {
        if (moved.bytes() == 0 && moved.saved() == 0) {
            return "";
        }
        List<String> saved = new ArrayList<>();
        if (moved.mounted() > 0) {
            saved.add(count(moved.mounted(), "blob") + " mounted");
        }
        if (moved.alreadyThere() > 0) {
            saved.add(count(moved.alreadyThere(), "blob") + " already there");
        }
        return bytes(moved.bytes()) + " " + verb
                + (saved.isEmpty() ? "" : ", " + bytes(moved.saved()) + " saved: " + String.join(", ", saved));
    }

    private static String hosts(RunRecord.Requests requests) {
        return requests.byHost().entrySet().stream()
                .map(host -> host.getValue() + " to " + Printable.of(host.getKey())
                        + (requests.role(host.getKey()).equals("other")
                                ? ""
                                : " (" + requests.role(host.getKey()) + ")"))
                .collect(Collectors.joining(", "));
    }

    private void recorded(RunReport report, String location) {
        out.println(report.unrecorded()
                .map(reason -> "NOT RECORDED: " + Printable.of(reason))
                .orElseGet(() -> report.published()
                        .map(published -> recorded(published, location))
                        .orElse("nothing new to record in " + location)));
    }

    private static String recorded(Published published, String location) {
        String commit = "commit " + published.commit().orElseThrow().substring(0, 10);
        return published.images() == 0 && published.pushed()
                ? "nothing new to record; pushed to " + location + ": " + commit
                        + ", kept on this machine since an earlier push failed"
                : "recorded in " + location + " as " + commit + (published.pushed() ? ", pushed" : "");
    }
}
