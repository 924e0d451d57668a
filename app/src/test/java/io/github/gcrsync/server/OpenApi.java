package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates answers of the server against docs/openapi.json. */
public final class OpenApi {
    private final String text;
    private final Map<?, ?> document;

    public OpenApi() {
        try {
            text = Files.readString(
                    Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/openapi.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        document = (Map<?, ?>) tree(text);
    }

    String text() {
        return text;
    }

    /** Validates an answer, and returns its body: JSON, or text. */
    public Object check(String method, String path, HttpResponse<String> answer) {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        return check(method, path, answer.statusCode(), type, answer.body());
    }

    Object check(String method, String path, int status, String type, String body) {
        String schema = checkType(method, path, status, type);
        return type.equals("application/json") ? valid(schema, body) : body;
    }

    /** Validates JSON against a schema that has a name. */
    Object check(String schema, String body) {
        return valid("#/components/schemas/" + schema, body);
    }

    /**
     * Checks that a path is described to answer with this status and type; returns the reference to the schema.
     *
     * @param path empty: one that is not described
     */
    String checkType(String method, String path, int status, String type) {
        String pointer = path.isEmpty() ? "/components/responses/NotFound" : response(method, path, status);
        String media = type.replaceFirst(";.*", "");
        Map<?, ?> content = (Map<?, ?>) Objects.requireNonNull(at(pointer + "/content"), pointer);
        assertThat(content.keySet()).as(pointer).isEqualTo(Set.of(media));
        return "#" + pointer + "/content/" + media.replace("/", "~1") + "/schema";
    }

    private String response(String method, String path, int status) {
        String item = "/paths/" + path.replace("/", "~1");
        Map<?, ?> operations = (Map<?, ?>) Objects.requireNonNull(at(item), path);
        // A wrong method is described at those that exist.
        String operation = operations.containsKey(method.toLowerCase(Locale.ROOT))
                ? method.toLowerCase(Locale.ROOT)
                : (String) Objects.requireNonNull(operations.keySet().iterator().next());
        String pointer = item + "/" + operation + "/responses/" + status;
        Map<?, ?> response = (Map<?, ?>) Objects.requireNonNull(at(pointer), pointer);
        return response.containsKey("$ref") ? ((String) response.get("$ref")).substring(1) : pointer;
    }

    private @Nullable Object at(String pointer) {
        Object at = document;
        for (String name : pointer.substring(1).split("/")) {
            at = at instanceof Map<?, ?> map ? map.get(name.replace("~1", "/")) : null;
        }
        return at;
    }

    private Object valid(String reference, String body) {
        Map<String, Object> rooted = new LinkedHashMap<>();
        rooted.put("$ref", reference.replace("{", "%7B").replace("}", "%7D"));
        document.forEach((name, value) -> rooted.put((String) name, value));
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Json.text(rooted));
        assertThat(schema.validate(body, InputFormat.JSON)).as(body).isEmpty();
        return tree(body);
    }

    private static Object tree(String json) {
        return Objects.requireNonNull(Json.tree(json.getBytes(UTF_8)));
    }
}
