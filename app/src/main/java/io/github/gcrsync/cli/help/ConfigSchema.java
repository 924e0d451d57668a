package io.github.gcrsync.cli.help;

import io.github.gcrsync.cli.settings.MirrorFlags;
import io.github.gcrsync.cli.settings.Setting;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Generates the JSON Schema (draft 2020-12) of {@code gcrsync.yaml}: the keys that are flags from their definitions, the
 * others from the resource {@code mirrors.schema.json}.
 */
public final class ConfigSchema {
    private static final String MIRRORS = "/io/github/gcrsync/config/mirrors.schema.json";
    private static final String PROPERTIES = "properties";
    private static final Set<Class<?>> NUMBERS = Set.of(int.class, Integer.class);

    private ConfigSchema() {}

    /** @param flags of all commands */
    public static String of(Collection<OptionSpec> flags) {
        Map<String, Object> schema = mirrors();
        Map<String, Object> keys = object(schema.get(PROPERTIES));
        Map<String, Object> excluded = new TreeMap<>();
        for (OptionSpec flag : flags) {
            String name = flag.longestName();
            if (Setting.isForFiles(name)) {
                keys.put(name.substring(2), schema(flag));
                if (MirrorFlags.names().contains(name)) {
                    excluded.put(name.substring(2), false);
                }
            }
        }
        schema.put(PROPERTIES, keys);
        schema.put("dependentSchemas", Map.of("mirrors", Map.of(PROPERTIES, excluded)));
        return Json.indented(schema);
    }

    private static Map<String, Object> schema(OptionSpec flag) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", description(flag));
        if (flag.isMultiValue()) {
            Map<String, Object> list = new LinkedHashMap<>();
            list.put("type", "array");
            list.put("items", value(flag));
            schema.put("anyOf", List.of(value(flag), list));
        } else {
            schema.putAll(value(flag));
        }
        return schema;
    }

    private static Map<String, Object> value(OptionSpec flag) {
        if (!Setting.takesValue(flag) || flag.type() == Boolean.class) {
            return Map.of("type", "boolean");
        }
        if (NUMBERS.contains(flag.type())) {
            Map<String, Object> number = new LinkedHashMap<>();
            number.put("type", "integer");
            Stream.of(-1, 0, 1)
                    .filter(least -> flag.converters().length > 0 && accepts(flag.converters()[0], least))
                    .findFirst()
                    .ifPresent(least -> number.put("minimum", least));
            return number;
        }
        if (flag.type().isEnum()) {
            List<String> choices = new ArrayList<>();
            flag.completionCandidates().forEach(choice -> choices.add(choice.toLowerCase(Locale.ROOT)));
            return Map.of("enum", choices);
        }
        return Map.of("type", List.of("string", Setting.takesTruth(flag) ? "boolean" : "number"));
    }

    private static boolean accepts(ITypeConverter<?> converter, int number) {
        try {
            converter.convert(String.valueOf(number));
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private static String description(OptionSpec flag) {
        return String.join(" ", flag.description()).replace("${DEFAULT-VALUE}", String.valueOf(flag.defaultValue()));
    }

    private static Map<String, Object> mirrors() {
        try (InputStream in = Objects.requireNonNull(ConfigSchema.class.getResourceAsStream(MIRRORS))) {
            return object(Json.tree(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> object(@Nullable Object tree) {
        Map<String, Object> object = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(tree)).forEach((key, value) -> object.put((String) key, value));
        return object;
    }
}
