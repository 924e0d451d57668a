package io.github.gcrsync.cli.summary;

import io.github.gcrsync.check.drift.DriftReport;
import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.check.drift.RepairReport;
import io.github.gcrsync.check.drift.Sample;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.state.VerifyResult;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The result of a verify as JSON; {@code docs/verify.schema.json} describes it.
 *
 * @param repaired empty if nothing was to be repaired
 */
public record DriftRecord(
        MirrorRule rule, Optional<Sample> sample, LocalDate day, DriftReport report, Optional<RepairReport> repaired) {
    /** Returns the number of images that drift, after the repair. */
    public int drifted() {
        return repaired.map(repairs -> repairs.failed().size()).orElse(report.drifted());
    }

    /** Returns the number of images of which it is unknown whether they drift, after the repair. */
    public int unchecked() {
        return repaired.map(repairs -> repairs.unchecked().size()).orElse(report.unchecked());
    }

    /** Returns what is kept of it until the next verify. */
    public VerifyResult kept(Instant time, String label, boolean deep) {
        return new VerifyResult(
                time.truncatedTo(ChronoUnit.SECONDS),
                label,
                report.recorded(),
                report.checked(),
                drifted(),
                unchecked(),
                repaired.map(repairs -> repairs.repaired().size()).orElse(0),
                deep,
                sample.map(part -> part.percent() + "%"));
    }

    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        rule.name().ifPresent(name -> fields.put("mirror", name));
        rule.shownDestination().ifPresent(name -> fields.put("destination", name));
        fields.putAll(totals());
        fields.put("drift", report.drift().stream().map(DriftRecord::drift));
        fields.put("unchecked", report.failures().stream().map(DriftRecord::unchecked));
        repaired.ifPresent(repairs -> {
            fields.put("repaired", new TreeSet<>(repairs.repaired()));
            fields.put("notRepaired", failed(repairs).entrySet().stream().map(each -> failed(each, repairs)));
        });
        return fields;
    }

    /** Returns the fields without the lists. */
    private Map<String, Object> totals() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (!rule.shard().isWhole()) {
            Map<String, Object> shard = new LinkedHashMap<>();
            shard.put("number", rule.shard().number());
            shard.put("count", rule.shard().count());
            fields.put("shard", shard);
        }
        sample.ifPresent(part -> fields.put("sample", fields(part)));
        fields.put("counts", counts());
        repaired.flatMap(RepairReport::commit).ifPresent(commit -> fields.put("commit", commit));
        return fields;
    }

    private Map<String, Object> fields(Sample part) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("share", part.percent() + "%");
        fields.put("day", day.toString());
        fields.put("days", part.days());
        return fields;
    }

    private Map<String, Object> counts() {
        DriftReport.Contents contents = report.contents();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("recorded", report.recorded());
        counts.put("checked", report.checked());
        counts.put("sound", report.sound());
        counts.put("drift", report.drifted());
        counts.put("unchecked", report.unchecked());
        repaired.ifPresent(repairs -> {
            counts.put("repaired", repairs.repaired().size());
            counts.put("notRepaired", repairs.failed().size());
        });
        counts.put("manifests", contents.manifests());
        counts.put("blobs", contents.blobs());
        counts.put("sparse", contents.sparse());
        counts.put("bytes", contents.bytes());
        return counts;
    }

    /** Writes what the check found. */
    public static void found(DriftReport report, JsonEvents to) {
        report.drift().forEach(found -> to.event("drift-found", drift(found)));
        report.failures().forEach(found -> to.event("image-unchecked", unchecked(found)));
    }

    /** Writes what was repaired, and the last event of a verify: the fields without the lists. */
    public void finished(JsonEvents to) {
        repaired.ifPresent(repairs -> {
            new TreeSet<>(repairs.repaired()).forEach(image -> to.event("image-repaired", Map.of("image", image)));
            failed(repairs).entrySet().forEach(each -> to.event("repair-failed", failed(each, repairs)));
        });
        to.event("verify-finished", totals());
    }

    private static Map<String, Object> drift(Finding found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", found.image());
        fields.put("kind", found.problem().kind().toString());
        found.problem().digest().map(Digest::value).ifPresent(digest -> fields.put("digest", digest));
        fields.put("reason", found.problem().reason());
        return fields;
    }

    private static Map<String, Object> unchecked(Finding found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", found.image());
        fields.put("reason", found.problem().reason());
        return fields;
    }

    private static Map<String, String> failed(RepairReport repairs) {
        return new TreeMap<>(repairs.failed());
    }

    private static Map<String, Object> failed(Map.Entry<String, String> image, RepairReport repairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", image.getKey());
        fields.put("reason", image.getValue());
        fields.put("forgotten", repairs.forgotten().contains(image.getKey()));
        return fields;
    }
}
