package io.github.gcrsync.testkit;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A position in a JSON document. A step to a missing value, or one of another type, leads to an empty position and
 * never fails, so manifests of any shape can be inspected.
 *
 * @param value Map, List, String, Long, Double, Boolean or null
 */
record Json(@Nullable Object value) {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    /** @throws tools.jackson.core.JacksonException if the content is not valid JSON */
    static Json parse(byte[] document) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), document)) {
            return new Json(read(parser, parser.nextToken()));
        }
    }

    /** Writes compact JSON, with members in the order of the maps. */
    static byte[] write(Object tree) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(tree, generator);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    Json get(String name) {
        return new Json(value instanceof Map<?, ?> map ? map.get(name) : null);
    }

    List<Json> items() {
        if (!(value instanceof List<?> list)) {
            return List.of();
        }
        List<Json> items = new ArrayList<>();
        list.forEach(item -> items.add(new Json(item)));
        return items;
    }

    /** Returns the text, or "". */
    String text() {
        return value instanceof String text ? text : "";
    }

    /** Returns the number, or 0. */
    long number() {
        return value instanceof Long number ? number : 0;
    }

    boolean present() {
        return value != null;
    }

    private static @Nullable Object read(JsonParser parser, @Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    object.put(name, read(parser, parser.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                    array.add(read(parser, t));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    private static void write(@Nullable Object value, JsonGenerator to) {
        switch (value) {
            case Map<?, ?> map -> {
                to.writeStartObject();
                map.forEach((name, member) -> {
                    to.writeName(String.valueOf(name));
                    write(member, to);
                });
                to.writeEndObject();
            }
            case Iterable<?> list -> {
                to.writeStartArray();
                list.forEach(item -> write(item, to));
                to.writeEndArray();
            }
            case Number number -> to.writeNumber(number.longValue());
            case Boolean truth -> to.writeBoolean(truth);
            case null -> to.writeNull();
            default -> to.writeString(value.toString());
        }
    }
}
