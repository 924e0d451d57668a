package io.github.gcrsync.docs;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads YAML files into trees, for lookup by pointers such as {@code /spec/schedule}. */
final class Yaml {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Yaml() {}

    /** Returns the only document of a file. */
    static JsonNode read(Path file) {
        List<JsonNode> documents = readAll(file);
        if (documents.size() != 1) {
            throw new IllegalArgumentException(file + " has " + documents.size() + " documents");
        }
        return documents.getFirst();
    }

    static List<JsonNode> readAll(Path file) {
        Iterable<Object> documents =
                new Load(LoadSettings.builder().build()).loadAllFromString(ProjectFiles.text(file));
        return StreamSupport.stream(documents.spliterator(), false)
                .<JsonNode>map(MAPPER::valueToTree)
                .toList();
    }

    static JsonNode parse(String text) {
        return MAPPER.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
    }

    static JsonNode json(String text) {
        return MAPPER.readTree(text);
    }
}
