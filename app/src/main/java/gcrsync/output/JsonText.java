package gcrsync.output;

import gcrsync.oci.Json;
import java.io.StringWriter;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** Trees of Map, Collection, Stream, String, Number and Boolean as JSON. */
final class JsonText {
    private JsonText() {}

    /** One line, without a line's end. */
    static String of(Map<String, ?> tree) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            write(json, tree);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) {
        switch (value) {
            case Map<?, ?> object -> {
                json.writeStartObject();
                object.forEach((name, field) -> {
                    json.writeName(name.toString());
                    write(json, field);
                });
                json.writeEndObject();
            }
            case Collection<?> array -> write(json, array.stream());
            case Stream<?> array -> {
                json.writeStartArray();
                array.forEach(element -> write(json, element));
                json.writeEndArray();
            }
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Boolean truth -> json.writeBoolean(truth);
            default -> json.writeString(value.toString());
        }
    }
}
