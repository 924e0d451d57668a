package gcrsync.oci;

import java.io.InputStream;
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
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * The one place that sets how JSON from outside is read: streaming, shallow, with bounded names, texts and numbers.
 * Duplicate fields are refused, since two readers could see two different documents in them.
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

    public static JsonGenerator generator(java.io.Writer to) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), to);
    }

    /**
     * A small document as Map, List, String, Long, Double, Boolean or null.
     *
     * @throws tools.jackson.core.JacksonException if it is not JSON
     */
    public static @Nullable Object tree(byte[] content) {
        try (JsonParser json = parser(content)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw new StreamReadException(json, "an empty document");
            }
            Object tree = value(json, first);
            if (json.nextToken() != null) {
                throw new StreamReadException(json, "something follows the document");
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
