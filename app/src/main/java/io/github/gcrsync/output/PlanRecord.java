package io.github.gcrsync.output;

import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Forecast;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Share;
import io.github.gcrsync.text.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plan of a sync.
 *
 * @param mirror its name in a file; empty for the mirror that flags describe
 * @param destinationName if the mirror has several destinations
 * @param source {@code HOST[/PATH]} or {@code oci:DIR}
 * @param destination the value of {@code --destination}
 * @param share empty for a whole mirror
 * @param lost recorded images that are gone on both sides
 * @param forecast empty if not requested
 * @param files the folder with the files that a sync would commit; empty if they could not be written
 */
public record PlanRecord(
        Optional<String> mirror,
        Optional<String> destinationName,
        String source,
        String destination,
        Optional<Share> share,
        Plan plan,
        List<Recorded> lost,
        Optional<Forecast> forecast,
        Optional<Path> files) {
    public PlanRecord {
        lost = List.copyOf(lost);
    }

    /** Returns the plan as JSON, with images as in the report of a run; docs/guide.md lists the fields. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        mirror.ifPresent(name -> all.put("mirror", name));
        all.put("source", source);
        all.put("destination", destination);
        destinationName.ifPresent(name -> all.put("destinationName", name));
        share.ifPresent(part -> all.put("shard", part.fields()));
        all.put("images", counts());
        all.put("toCopy", plan.toCopy().stream().map(JsonReport::image));
        all.put("adopted", plan.toAdopt().stream().map(JsonReport::image));
        all.put("listed", JsonReport.ways(plan));
        all.put("excluded", JsonReport.images(plan.excluded()));
        all.put("referrers", plan.referring().stream().map(CopyTask::image));
        all.put("failures", plan.failures().stream().map(JsonReport::failure));
        all.put("heldBack", JsonReport.heldBack(plan));
        all.put("gone", plan.gone());
        all.put("lost", lost.stream().map(Recorded::image));
        all.put("quarantined", plan.heldBack().stream().map(JsonReport::suspect));
        forecast.ifPresent(known -> all.put("forecast", fields(known)));
        files.ifPresent(folder -> all.put("files", folder));
        return Json.text(all);
    }

    private Map<String, Object> counts() {
        Map<String, Object> images = new LinkedHashMap<>();
        images.put("toCopy", plan.toCopy().size());
        images.put("upToDate", plan.upToDate());
        images.put("referrers", plan.referring().size());
        images.put("kept", plan.kept());
        images.put("adopted", plan.toAdopt().size());
        images.put("excluded", plan.excluded().count());
        images.put("heldBack", plan.tooYoung().size());
        images.put("gone", plan.gone().size());
        images.put("lost", lost.size());
        images.put("waiting", plan.waiting().size());
        images.put("quarantined", plan.heldBack().size());
        images.put("failed", plan.failures().size());
        return images;
    }

    private static Map<String, Object> fields(Forecast forecast) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bytes", forecast.bytes());
        fields.put("sourceRequests", forecast.sourceRequests());
        fields.put("destinationRequests", forecast.destinationRequests());
        fields.put("unread", forecast.unread());
        return fields;
    }
}
