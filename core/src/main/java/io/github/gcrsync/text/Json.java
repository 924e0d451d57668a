package io.github.gcrsync.text;

import java.io.InputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Reads and writes JSON. All untrusted JSON is read here: streaming, with bounded depth, names, strings and numbers.
 * Duplicate fields are rejected, because two readers could see different documents.
 */
public final class Json {
    private static final int DEEPEST = 64;
    private static final int LONGEST_TEXT = 4 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(4096)
                    .maxNumberLength(64)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    public static JsonParser parser(byte[] content) {
        return FACTORY.createParser(ObjectReadContext.empty(), content);
    }

    public static JsonParser parser(InputStream content) {
        return FACTORY.createParser(ObjectReadContext.empty(), content);
    }

    /** Returns the JSON that the action writes, on one line without a newline. */
    public static String written(Consumer<JsonGenerator> writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            writing.accept(json);
        }
        return text.toString();
    }

    /**
     * Serializes a tree of Map, Collection, Stream, String, Integer, Long, Boolean and null, on one line without a newline.
     */
    public static String text(Map<String, ? extends @Nullable Object> tree) {
        return written(json -> write(json, tree));
    }

    /** Serializes such a tree on many lines, ending with a newline. */
    public static String indented(Map<String, ?> tree) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(new Indenting(), text)) {
            write(json, tree);
        }
        return text + "\n";
    }

    private static final class Indenting extends ObjectWriteContext.Base {
        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }

        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n"));
        }
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
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

    /**
     * Parses a small document into Map, List, String, Long, Double, Boolean or null.
     *
     * @throws tools.jackson.core.JacksonException if the content is not valid JSON
     */
    public static @Nullable Object tree(byte[] content) {
        try (JsonParser json = parser(content)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw new StreamReadException(json, "an empty document");
            }
            Object tree = value(json, first);
            if (json.nextToken() != null) {
                throw new StreamReadException(json, "unexpected data after the document");
            }
            return tree;
        }
    }

    private static @Nullable Object value(JsonParser json, @Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    object.put(name, value(json, json.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
                    array.add(value(json, t));
                }
                yield array;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }
}
