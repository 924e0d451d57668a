package io.github.gcrsync.cli.summary;

import io.github.gcrsync.output.Reports;
import io.github.gcrsync.prune.Deletion;
import io.github.gcrsync.prune.DueImage;
import io.github.gcrsync.prune.PruneReport;
import io.github.gcrsync.prune.Staying;
import io.github.gcrsync.rule.MirrorRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A prune as JSON; {@code docs/prune.schema.json} describes it. */
public final class PruneRecord {
    private PruneRecord() {}

    public static Map<String, Object> fields(MirrorRule rule, PruneReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        rule.name().ifPresent(name -> fields.put("mirror", name));
        rule.shownDestination().ifPresent(name -> fields.put("destination", name));
        fields.putAll(totals(report));
        fields.put("images", report.deletions().stream().map(PruneRecord::fields));
        fields.put("staying", report.staying().stream().map(PruneRecord::fields));
        fields.put("failures", report.failures().stream().map(Reports::failure));
        return fields;
    }

    /** Returns what prevented deletions, apart from failures of single images. */
    public static List<String> errors(PruneReport report) {
        List<String> errors = new ArrayList<>();
        report.due().blocked().ifPresent(reason -> errors.add("nothing deleted: " + reason));
        if (report.cannotDelete()) {
            errors.add(
                    "the destination deletes nothing; allow it there (docker-registry:"
                            + " REGISTRY_STORAGE_DELETE_ENABLED=true), or use the means of the registry, such as a lifecycle policy");
        }
        report.abandoned().ifPresent(errors::add);
        return errors;
    }

    /** Returns the fields without the lists. */
    public static Map<String, Object> totals(PruneReport report) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("recorded", report.due().recorded());
        for (Deletion.Kind kind : Deletion.Kind.values()) {
            counts.put(
                    word(kind),
                    report.deletions().stream()
                            .filter(deletion -> deletion.kind() == kind)
                            .count());
        }
        counts.put("staying", report.staying().size());
        counts.put("waiting", report.due().waiting());
        counts.put("failed", report.failures().size());
        counts.put("manifests", report.manifests());
        counts.put("bytes", report.bytes());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("applied", report.isApplied());
        report.due().blocked().ifPresent(reason -> fields.put("blocked", reason));
        fields.put("canDelete", !report.cannotDelete());
        report.abandoned().ifPresent(reason -> fields.put("abandoned", reason));
        report.due().next().ifPresent(time -> fields.put("next", time));
        report.commit().ifPresent(commit -> fields.put("commit", commit));
        fields.put("counts", counts);
        return fields;
    }

    public static Map<String, Object> fields(Deletion deletion) {
        DueImage image = deletion.image();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", image.name());
        fields.put("digest", image.digest());
        fields.put("deletes", word(deletion.kind()));
        fields.put("reason", image.why().name().toLowerCase(Locale.ROOT));
        fields.put("since", image.since());
        return fields;
    }

    private static Map<String, Object> fields(Staying staying) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", staying.image());
        fields.put("digest", staying.digest());
        fields.put("reason", staying.reason());
        return fields;
    }

    private static String word(Deletion.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
