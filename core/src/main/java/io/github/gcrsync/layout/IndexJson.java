package io.github.gcrsync.layout;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Reads and writes {@code index.json} (OCI image specification, "index.json file"). Entries and unknown fields are
 * preserved byte by byte.
 */
final class IndexJson {
    private static final byte[] START = "{".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMA = ",".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MANIFESTS = "\"manifests\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEW_LINE = "\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n]}\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[] content;

    private IndexJson(byte[] content) {
        this.content = content;
    }

    /** @throws InvalidManifestException if the bytes are not a valid index */
    static Index read(byte[] content) {
        try (JsonParser json = Json.parser(content)) {
            return new IndexJson(content).read(json);
        } catch (JacksonException e) {
            throw new InvalidManifestException(
                    "not valid JSON: " + Printable.shortened(String.valueOf(e.getOriginalMessage())), e);
        }
    }

    /** Writes one entry per line, because people diff these files. */
    static void write(Index index, OutputStream to) throws IOException {
        to.write(START);
        Map<String, Bytes> fields = new LinkedHashMap<>();
        fields.put("schemaVersion", bytes("2"));
        fields.put("mediaType", bytes("\"" + MediaType.OCI_INDEX + "\""));
        fields.putAll(index.otherFields());
        for (Map.Entry<String, Bytes> field : fields.entrySet()) {
            String name = String.valueOf(JsonStringEncoder.getInstance().quoteAsCharArray(field.getKey()));
            to.write(("\"" + name + "\":").getBytes(StandardCharsets.UTF_8));
            to.write(field.getValue().toArray());
            to.write(COMMA);
        }
        to.write(MANIFESTS);
        byte[] separator = NEW_LINE;
        for (IndexEntry entry : index.entries()) {
            to.write(separator);
            to.write(entry.json().toArray());
            separator = ",\n".getBytes(StandardCharsets.US_ASCII);
        }
        to.write(END);
    }

    private Index read(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidManifestException("not a JSON object");
        }
        Map<String, Bytes> otherFields = new LinkedHashMap<>();
        List<IndexEntry> entries = new ArrayList<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (!name.equals("manifests")) {
                otherFields.put(name, Bytes.copyOf(cutOut(json)));
            } else if (value == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    entries.add(entry(json));
                }
            } else if (value != JsonToken.VALUE_NULL) {
                throw new InvalidManifestException("\"manifests\" is not an array");
            }
        }
        if (json.nextToken() != null) {
            throw new InvalidManifestException("unexpected data after the JSON object");
        }
        return new Index(otherFields, entries);
    }

    private IndexEntry entry(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new InvalidManifestException("\"manifests\" holds something that is not an object");
        }
        return IndexEntry.parse(cutOut(json));
    }

    /** Returns the bytes of the parser's current value, and moves the parser to its end. */
    private byte[] cutOut(JsonParser json) {
        long from = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        json.finishToken();
        long to = json.currentLocation().getByteOffset();
        if (from < 0 || to < from) {
            throw new InvalidManifestException("not UTF-8");
        }
        return Arrays.copyOfRange(content, (int) from, (int) to);
    }

    private static Bytes bytes(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }
}
