package io.github.gcrsync.output;

import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.run.CopyReport;
import io.github.gcrsync.run.ImageCopy.Status;
import io.github.gcrsync.run.Moved;
import io.github.gcrsync.run.Referred;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.text.Json;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Writes the report of a run as JSON in the format of docs/report.schema.json. */
final class JsonReport {
    /** The exit code of a mirror that could not start. */
    private static final int NOT_STARTED = 3;

    private JsonReport() {}

    /** The report of a single run is that of this run alone. */
    static String of(BatchRecord batch) {
        return Json.text(
                        batch.isSingle()
                                ? versioned(fields(batch.runs().findFirst().orElseThrow()))
                                : fields(batch)) + "\n";
    }

    private static Map<String, Object> versioned(Map<String, Object> fields) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", 1);
        all.putAll(fields);
        return all;
    }

    private static Map<String, Object> fields(BatchRecord batch) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("metadata", batch.metadata());
        all.put("started", batch.started());
        all.put("exitCode", batch.exitCode());
        all.put("milliseconds", batch.took().toMillis());
        all.put("images", images(batch));
        all.put("bytesPulled", batch.pulled());
        all.put("mirrors", batch.results().stream().map(JsonReport::fields));
        return versioned(all);
    }

    private static Map<String, Object> fields(BatchRecord.Result result) {
        return switch (result) {
            case RunRecord run -> fields(run);
            case BatchRecord.NotStarted notStarted -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                notStarted.mirror().ifPresent(name -> fields.put("mirror", name));
                fields.put("source", notStarted.source());
                fields.put("destination", notStarted.destination());
                notStarted.destinationName().ifPresent(name -> fields.put("destinationName", name));
                fields.put("exitCode", NOT_STARTED);
                fields.put("error", notStarted.reason());
                yield fields;
            }
        };
    }

    private static Map<String, Object> fields(RunRecord run) {
        RunReport report = run.report();
        Map<String, Object> all = new LinkedHashMap<>();
        run.mirror().ifPresent(name -> all.put("mirror", name));
        all.put("source", run.source());
        all.put("destination", run.destination());
        run.destinationName().ifPresent(name -> all.put("destinationName", name));
        run.share().ifPresent(share -> all.put("shard", share.fields()));
        all.put("metadata", run.metadata());
        all.put("started", run.started());
        all.putAll(totals(run));
        all.put("listed", ways(report.plan()));
        all.put("leftOut", counts(report.plan().excluded()));
        all.put("excluded", images(report.plan().excluded()));
        all.put("failures", report.failures().stream().map(JsonReport::failure));
        all.put("copied", report.copied().stream().map(JsonReport::image));
        all.put("adopted", report.plan().toAdopt().stream().map(JsonReport::image));
        all.put("heldBack", heldBack(report.plan()));
        all.put("referrersAdded", report.referrers().added().stream().map(CopyTask::image));
        all.put("incomplete", report.referrers().incomplete().stream().map(JsonReport::incomplete));
        all.put("gone", report.gone());
        all.put("skipped", report.skipped());
        all.put("lost", report.lost().stream().map(lost -> lost.image()));
        all.put("quarantined", report.quarantined().stream().map(JsonReport::suspect));
        all.put("timeline", run.spans().stream().map(JsonReport::span));
        return all;
    }

    static Map<String, Object> totals(RunRecord run) {
        RunReport report = run.report();
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("exitCode", run.exitCode());
        totals.put("milliseconds", run.took().toMillis());
        totals.put("images", images(report));
        totals.put("referrers", referrers(report.referrers()));
        totals.put("transfer", transfer(report.moved()));
        totals.put("requests", requests(run.requests()));
        report.published().flatMap(Published::commit).ifPresent(commit -> totals.put("commit", commit));
        report.abandoned().ifPresent(reason -> totals.put("abandoned", reason));
        report.unrecorded().ifPresent(reason -> totals.put("unrecorded", reason));
        return totals;
    }

    static Map<String, Integer> images(BatchRecord batch) {
        Map<String, Integer> images = new LinkedHashMap<>();
        batch.runs()
                .forEach(run -> images(run.report()).forEach((name, count) -> images.merge(name, count, Integer::sum)));
        return images;
    }

    static Map<String, Integer> images(RunReport report) {
        Map<String, Integer> images = new LinkedHashMap<>();
        images.put("copied", report.copied().size());
        images.put("upToDate", report.plan().upToDate());
        images.put("kept", report.plan().kept());
        images.put("adopted", report.plan().toAdopt().size());
        images.put("leftOut", report.plan().excluded().count());
        images.put("heldBack", report.plan().tooYoung().size());
        images.put("gone", report.gone().size());
        images.put("skipped", report.skipped().size());
        images.put("lost", report.lost().size());
        images.put("goneAtSource", report.plan().marks().gone());
        images.put("unselected", report.plan().marks().unselected());
        images.put("waiting", report.plan().waiting().size());
        images.put("unfinished", report.unfinished());
        images.put("overQuota", report.postponed());
        images.put("quarantined", report.quarantined().size());
        images.put("held", report.held().size());
        images.put("failed", report.failed().size());
        return images;
    }

    /** Returns how the digests of each listed repository were read. */
    static Map<String, Object> ways(Plan plan) {
        Map<String, Object> ways = new LinkedHashMap<>();
        plan.ways().forEach((name, way) -> ways.put(name.value(), way.toString()));
        return ways;
    }

    /** Returns the images that wait because of their age. */
    static Stream<Map<String, Object>> heldBack(Plan plan) {
        return plan.tooYoung().stream()
                .map(held -> Map.of(
                        "image",
                        new ImageKey(held.name(), held.tag().tag()).toString(),
                        "until",
                        held.until().truncatedTo(ChronoUnit.SECONDS)));
    }

    static Map<String, Object> counts(Excluded excluded) {
        Map<String, Object> counts = new LinkedHashMap<>();
        excluded.rules().forEach(rule -> counts.put(rule, excluded.count(rule)));
        return counts;
    }

    static Map<String, Object> images(Excluded excluded) {
        Map<String, Object> images = new LinkedHashMap<>();
        excluded.rules().forEach(rule -> images.put(rule, excluded.images(rule)));
        return images;
    }

    private static Map<String, Object> transfer(Moved moved) {
        Map<String, Object> transfer = new LinkedHashMap<>();
        transfer.put("bytesPulled", moved.bytes());
        transfer.put("blobsSent", moved.uploaded());
        transfer.put("blobsMounted", moved.mounted());
        transfer.put("bytesMounted", moved.mountedBytes());
        transfer.put("blobsAlreadyThere", moved.alreadyThere());
        transfer.put("bytesAlreadyThere", moved.alreadyThereBytes());
        transfer.put("bytesSaved", moved.saved());
        return transfer;
    }

    private static List<Map<String, Object>> requests(RunRecord.Requests requests) {
        return requests.byHost().entrySet().stream()
                .map(host -> Map.<String, Object>of(
                        "host", host.getKey(), "role", requests.role(host.getKey()), "count", host.getValue()))
                .toList();
    }

    /** Returns the totals of a copy, those of a run that can occur. */
    static Map<String, Object> totals(CopyReport copy, RunRecord.Requests requests) {
        Map<String, Object> images = new LinkedHashMap<>();
        images.put("copied", copy.count(Status.COPIED));
        images.put("upToDate", copy.count(Status.UP_TO_DATE));
        images.put("unfinished", copy.count(Status.UNFINISHED));
        images.put("overQuota", copy.count(Status.OVER_QUOTA));
        images.put("failed", copy.count(Status.FAILED));
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("exitCode", copy.outcome().exitCode());
        totals.put("milliseconds", copy.took().toMillis());
        totals.put("images", images);
        totals.put("referrers", referrers(copy.referrers()));
        totals.put("transfer", transfer(copy.moved()));
        totals.put("requests", requests(requests));
        return totals;
    }

    static Map<String, Object> failure(Failure failure) {
        return failure(failure, Advice.on(failure));
    }

    static Map<String, Object> failure(Failure failure, String advice) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", failure.what());
        fields.put("side", Advice.side(failure));
        fields.put("cause", Advice.cause(failure));
        fields.put("message", String.valueOf(failure.reason().getMessage()));
        fields.put("advice", advice);
        return fields;
    }

    static Map<String, Object> image(CopyTask task) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", task.image());
        fields.put("digest", task.digest());
        fields.put("to", task.target());
        fields.put("reason", task.reason().toString());
        return fields;
    }

    static Map<String, Object> suspect(Suspect suspect) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", suspect.image());
        fields.put("digest", suspect.digest());
        fields.put("runs", suspect.runs());
        fields.put("tried", suspect.tried());
        fields.put("reason", suspect.reason());
        return fields;
    }

    private static Map<String, Object> incomplete(Referred.Incomplete image) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", image.image());
        fields.putAll(referrers(image.referrers()));
        return fields;
    }

    private static Map<String, Object> referrers(Referred referrers) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("signatures", referrers.signatures());
        fields.put("others", referrers.others());
        fields.put("added", referrers.added().size());
        fields.put("incomplete", referrers.incomplete().size());
        return fields;
    }

    static Map<String, Object> referrers(CopiedReferrers referrers) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("signatures", referrers.signatures());
        fields.put("others", referrers.count() - referrers.signatures());
        fields.put(
                "failures",
                referrers.failures().stream()
                        .map(CopiedReferrers.Failure::message)
                        .toList());
        return fields;
    }

    private static Map<String, Object> span(Timeline.Span span) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", span.image());
        fields.put("startMs", span.start().toMillis());
        fields.put("endMs", span.end().toMillis());
        fields.put("outcome", span.outcome().name().toLowerCase(Locale.ROOT));
        return fields;
    }
}
