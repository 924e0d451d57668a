package gcrsync.output;

import gcrsync.plan.Forecast;
import gcrsync.plan.Plan;
import gcrsync.text.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plan as JSON. Images look as they do in a run's report. */
final class JsonPlan {
    private JsonPlan() {}

    static String of(PlanRecord record) {
        Plan plan = record.plan();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("source", record.source());
        all.put("destination", record.destination());
        all.put("images", counts(record));
        all.put("toCopy", plan.toCopy().stream().map(JsonReport::image));
        all.put("adopted", plan.toAdopt().stream().map(JsonReport::image));
        all.put("excluded", JsonReport.images(plan.excluded()));
        all.put("failures", plan.failures().stream().map(JsonReport::failure));
        all.put("gone", plan.gone());
        all.put("lost", record.lost().stream().map(lost -> lost.image()));
        all.put("quarantined", plan.heldBack().stream().map(JsonReport::suspect));
        record.forecast().ifPresent(forecast -> all.put("forecast", forecast(forecast)));
        record.files().ifPresent(files -> all.put("files", files));
        return Json.text(all);
    }

    private static Map<String, Object> counts(PlanRecord record) {
        Plan plan = record.plan();
        Map<String, Object> images = new LinkedHashMap<>();
        images.put("toCopy", plan.toCopy().size());
        images.put("upToDate", plan.upToDate());
        images.put("adopted", plan.toAdopt().size());
        images.put("excluded", plan.excluded().count());
        images.put("gone", plan.gone().size());
        images.put("lost", record.lost().size());
        images.put("waiting", plan.waiting());
        images.put("quarantined", plan.heldBack().size());
        images.put("failed", plan.failures().size());
        return images;
    }

    private static Map<String, Object> forecast(Forecast forecast) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bytes", forecast.bytes());
        fields.put("sourceRequests", forecast.sourceRequests());
        fields.put("destinationRequests", forecast.destinationRequests());
        fields.put("unread", forecast.unread());
        return fields;
    }
}
