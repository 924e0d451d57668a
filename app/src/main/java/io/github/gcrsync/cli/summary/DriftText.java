package io.github.gcrsync.cli.summary;

import io.github.gcrsync.check.drift.DriftReport;
import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.check.drift.RepairReport;
import io.github.gcrsync.check.drift.Sample;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Prints what {@code verify} found. */
public final class DriftText {
    private static final int FIRST = 20;

    private final PrintWriter out;
    private final MirrorRule rule;
    private final Optional<Sample> sample;
    private final LocalDate day;
    private final Optional<RepairReport> repaired;

    /** @param repaired empty if nothing was to be repaired */
    public DriftText(
            PrintWriter out, MirrorRule rule, Optional<Sample> sample, LocalDate day, Optional<RepairReport> repaired) {
        this.out = out;
        this.rule = rule;
        this.sample = sample;
        this.day = day;
        this.repaired = repaired;
    }

    public void print(DriftReport report) {
        out.printf("%s%s, mirror of %s%n", rule.prefix(), rule.destination(), rule.source());
        if (!rule.shard().isWhole()) {
            out.printf("  %s%n", rule.shard().words());
        }
        sample.ifPresent(part -> out.printf(
                "  sample of %s%% for %s: %d of %s; all are checked within %s%n",
                part.percent(),
                day,
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

    public void printJson(DriftReport report) {
        Map<String, Object> tree = new LinkedHashMap<>();
        rule.name().ifPresent(name -> tree.put("mirror", name));
        rule.shownDestination().ifPresent(name -> tree.put("destination", name));
        if (!rule.shard().isWhole()) {
            Map<String, Object> shard = new LinkedHashMap<>();
            shard.put("number", rule.shard().number());
            shard.put("count", rule.shard().count());
            tree.put("shard", shard);
        }
        sample.ifPresent(part -> tree.put("sample", fields(part)));
        tree.put("counts", counts(report));
        tree.put("drift", report.drift().stream().map(DriftText::fields));
        tree.put("unchecked", report.failures().stream().map(DriftText::failure));
        repaired.ifPresent(repairs -> {
            tree.put("repaired", new TreeSet<>(repairs.repaired()));
            tree.put(
                    "notRepaired",
                    new TreeMap<>(repairs.failed())
                            .entrySet().stream().map(each -> failed(each.getKey(), each.getValue(), repairs)));
            repairs.commit().ifPresent(commit -> tree.put("commit", commit));
        });
        out.println(Json.text(tree));
    }

    private Map<String, Object> fields(Sample part) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("share", part.percent() + "%");
        fields.put("day", day.toString());
        fields.put("days", part.days());
        return fields;
    }

    private static Map<String, Object> counts(DriftReport report) {
        DriftReport.Contents contents = report.contents();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("recorded", report.recorded());
        counts.put("checked", report.checked());
        counts.put("sound", report.sound());
        counts.put("drift", report.drifted());
        counts.put("unchecked", report.unchecked());
        counts.put("manifests", contents.manifests());
        counts.put("blobs", contents.blobs());
        counts.put("sparse", contents.sparse());
        counts.put("bytes", contents.bytes());
        return counts;
    }

    private static Map<String, Object> fields(Finding found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", found.image());
        fields.put("kind", found.problem().kind().toString());
        found.problem().digest().map(Digest::value).ifPresent(digest -> fields.put("digest", digest));
        fields.put("reason", found.problem().reason());
        return fields;
    }

    private static Map<String, Object> failed(String image, String reason, RepairReport repairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", image);
        fields.put("reason", reason);
        fields.put("forgotten", repairs.forgotten().contains(image));
        return fields;
    }

    private static Map<String, Object> failure(Finding found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", found.image());
        fields.put("reason", found.problem().reason());
        return fields;
    }
}
