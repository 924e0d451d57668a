package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigEntry.Kind;
import io.github.gcrsync.config.ConfigEntry.Position;
import io.github.gcrsync.config.ConfigEntry.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads {@code gcrsync.yaml}: one YAML 1.2 mapping from keys to values or lists of values, without nesting. */
public final class ConfigFile {
    private static final int MAX_BYTES = 1 << 20;

    private final String name;
    private final Iterator<Event> events;

    private ConfigFile(String name, Iterator<Event> events) {
        this.name = name;
        this.events = events;
    }

    /**
     * Returns the entries in the order of the file; none for an empty file.
     *
     * @throws ConfigFileException if the file is missing or malformed
     */
    public static List<ConfigEntry> read(Path file) {
        String text = text(file);
        if (text.isBlank()) {
            return List.of();
        }
        String name = file.toString();
        LoadSettings settings = LoadSettings.builder().setLabel(name).build();
        try {
            return new ConfigFile(name, new Parse(settings).parseString(text).iterator()).entries();
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> position(name, mark).toString())
                    .orElse(name);
            throw new ConfigFileException(where + ": " + oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            throw new ConfigFileException(name + ": " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ConfigFileException(file + ": larger than 1 MiB, so it is not a configuration file");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConfigFileException(file + ": is not UTF-8 text");
        } catch (NoSuchFileException e) {
            throw new ConfigFileException(file + ": there is no such file; check its path");
        } catch (IOException e) {
            throw new ConfigFileException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private List<ConfigEntry> entries() {
        Map<String, ConfigEntry> entries = new LinkedHashMap<>();
        Event first = next();
        while (first.getEventId() == Event.ID.StreamStart || first.getEventId() == Event.ID.DocumentStart) {
            first = next();
        }
        if (first.getEventId() == Event.ID.StreamEnd || isNothing(first)) {
            return List.of();
        }
        if (first.getEventId() != Event.ID.MappingStart) {
            throw wrong(first, "expected a key, such as 'namespace: NAME'");
        }
        for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
            ConfigEntry entry = entry(key);
            ConfigEntry earlier = entries.putIfAbsent(entry.key(), entry);
            if (earlier != null) {
                throw wrong(
                        key,
                        "'" + entry.key() + "' is already set in line "
                                + earlier.at().line());
            }
        }
        Event end = next();
        while (end.getEventId() == Event.ID.DocumentEnd) {
            end = next();
        }
        if (end.getEventId() != Event.ID.StreamEnd) {
            throw wrong(end, "a second document begins here; write one document per file");
        }
        return List.copyOf(entries.values());
    }

    private ConfigEntry entry(Event start) {
        if (!(start instanceof ScalarEvent key)) {
            throw wrong(start, "a key must be the name of a flag");
        }
        Event value = next();
        Position at = position(name, mark(key));
        return switch (value.getEventId()) {
            case Scalar -> new ConfigEntry(key.getValue(), at, List.of(value((ScalarEvent) value)), false);
            case SequenceStart -> new ConfigEntry(key.getValue(), at, list(), true);
            default -> throw wrong(value, "'" + key.getValue() + "' takes a value or a list of values");
        };
    }

    private List<Value> list() {
        List<Value> values = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            if (!(event instanceof ScalarEvent scalar)) {
                throw wrong(event, "a list may only contain values");
            }
            values.add(value(scalar));
        }
        return values;
    }

    private Value value(ScalarEvent scalar) {
        refuseAnchorsAndTags(scalar);
        Kind kind = scalar.getScalarStyle() != ScalarStyle.PLAIN
                ? Kind.TEXT
                : switch (scalar.getValue()) {
                    case "true", "True", "TRUE", "false", "False", "FALSE" -> Kind.BOOLEAN;
                    case "", "~", "null", "Null", "NULL" -> Kind.NOTHING;
                    default -> Kind.TEXT;
                };
        return new Value(scalar.getValue(), position(name, mark(scalar)), kind);
    }

    /** Anchors and tags have no effect here, so they are rejected. */
    private void refuseAnchorsAndTags(NodeEvent event) {
        if (event.getAnchor().isPresent()
                || (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())) {
            throw wrong(event, "anchors and tags are not supported");
        }
    }

    private static boolean isNothing(Event event) {
        return event instanceof ScalarEvent scalar
                && scalar.isPlain()
                && scalar.getValue().isEmpty();
    }

    private Event next() {
        Event event = events.next();
        while (event.getEventId() == Event.ID.Comment) {
            event = events.next();
        }
        return event;
    }

    private ConfigFileException wrong(Event event, String words) {
        return new ConfigFileException(position(name, mark(event)) + ": " + words);
    }

    private static Optional<Mark> mark(Event event) {
        return event.getStartMark();
    }

    private static Position position(String name, Optional<Mark> mark) {
        return mark.map(known -> position(name, known)).orElse(new Position(name, 1, 1));
    }

    private static Position position(String name, Mark mark) {
        return new Position(name, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String oneLine(String words) {
        return words.strip().replaceAll("\\s+", " ");
    }
}
