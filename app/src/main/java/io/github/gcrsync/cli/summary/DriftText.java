package io.github.gcrsync.cli.summary;

import io.github.gcrsync.check.drift.DriftReport;
import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.check.drift.RepairReport;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Prints what {@code verify} found. */
public final class DriftText {
    private static final int FIRST = 20;

    private final PrintWriter out;
    private final DriftRecord result;

    public DriftText(PrintWriter out, DriftRecord result) {
        this.out = out;
        this.result = result;
    }

    public void print() {
        MirrorRule rule = result.rule();
        DriftReport report = result.report();
        Optional<RepairReport> repaired = result.repaired();
        out.printf("%s%s, mirror of %s%n", rule.prefix(), rule.destination(), rule.source());
        if (!rule.shard().isWhole()) {
            out.printf("  %s%n", rule.shard().words());
        }
        result.sample()
                .ifPresent(part -> out.printf(
                        "  sample of %s%% for %s: %d of %s; all are checked within %s%n",
                        part.percent(),
                        result.day(),
                        report.checked(),
                        Sizes.count(report.recorded(), "image"),
                        Sizes.count(part.days(), "day")));
        DriftReport.Contents contents = report.contents();
        out.printf(
                "  %-10s %7d  %s, %s, %s read%n",
                "checked",
                report.checked(),
                Sizes.count(contents.manifests(), "manifest"),
                Sizes.count(contents.blobs(), "blob"),
                Sizes.bytes(contents.bytes()));
        out.printf("  %-10s %7d%n", "sound", report.sound());
        out.printf("  %-10s %7d%n", "drift", report.drifted());
        repaired.ifPresent(
                all -> out.printf("  %-10s %7d%n", "repaired", all.repaired().size()));
        if (report.unchecked() > 0) {
            out.printf("  %-10s %7d%n", "unchecked", report.unchecked());
        }
        if (contents.sparse() > 0) {
            out.printf(
                    "  %-10s %7d  manifests that were not mirrored, or that the source lacks too%n",
                    "sparse", contents.sparse());
        }
        List<Finding> all = Stream.concat(report.drift().stream(), report.failures().stream())
                .toList();
        all.stream().limit(FIRST).forEach(found -> out.printf("    %s%n", line(found)));
        if (all.size() > FIRST) {
            out.printf("    and %d more; all of them: --format json%n", all.size() - FIRST);
        }
        repaired.ifPresentOrElse(this::printFailed, () -> {
            if (report.drifted() > 0) {
                out.println("copy again what is missing or damaged: gcrsync verify --repair");
            }
        });
    }

    private void printFailed(RepairReport repairs) {
        Map<String, String> failed = new TreeMap<>(repairs.failed());
        failed.entrySet().stream()
                .limit(FIRST)
                .forEach(each -> out.printf(
                        "    %-17s %s  %s%n",
                        "not repaired", Printable.of(each.getKey()), Printable.of(each.getValue())));
        if (failed.size() > FIRST) {
            out.printf("    and %d more; all of them: --format json%n", failed.size() - FIRST);
        }
        if (!failed.isEmpty()) {
            out.println("the metadata repository has forgotten the digests of "
                    + repairs.forgotten().size() + "; the next sync records what the destination has by then");
        }
    }

    private static String line(Finding found) {
        return "%-17s %s  %s%s"
                .formatted(
                        found.problem().kind(),
                        Printable.of(found.image()),
                        found.problem().digest().map(digest -> digest + "  ").orElse(""),
                        Printable.of(found.problem().reason()));
    }
}
