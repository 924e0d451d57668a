package gcrsync.serve;

import gcrsync.oci.Descriptor;
import gcrsync.oci.MediaType;
import gcrsync.text.Json;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What the referrers API answers: an index of the manifests that name a subject (specification, "Listing Referrers"). */
record ReferrersIndex(List<Descriptor> referrers) {
    String json() {
        return Json.written(json -> {
            json.writeStartObject();
            json.writeNumberProperty("schemaVersion", 2);
            json.writeStringProperty("mediaType", MediaType.OCI_INDEX);
            json.writeName("manifests");
            json.writeStartArray();
            referrers.forEach(referrer -> write(json, referrer));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Descriptor referrer) {
        json.writeStartObject();
        json.writeStringProperty("mediaType", referrer.mediaType());
        json.writeStringProperty("digest", referrer.digest().value());
        json.writeNumberProperty("size", referrer.size());
        referrer.artifactType().ifPresent(type -> json.writeStringProperty("artifactType", type));
        json.writeName("annotations");
        json.writeStartObject();
        referrer.annotations().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeEndObject();
    }
}
