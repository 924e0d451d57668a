package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Items;
import io.github.gcrsync.config.ConfigNode.Kind;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Position;
import io.github.gcrsync.config.ConfigNode.Scalar;
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
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads {@code gcrsync.yaml}: one YAML 1.2 mapping. */
public final class ConfigFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int DEEPEST = 10;

    private final String name;
    private final Iterator<Event> events;

    private ConfigFile(String name, Iterator<Event> events) {
        this.name = name;
        this.events = events;
    }

    /**
     * Returns the keys in the order of the file; none for an empty file.
     *
     * @throws ConfigFileException if the file is missing or malformed
     */
    public static Mapping read(Path file) {
        String text = text(file);
        if (text.isBlank()) {
            return new Mapping(List.of(), new Position(file.toString(), 1, 1));
        }
        String name = file.toString();
        LoadSettings settings = LoadSettings.builder().setLabel(name).build();
        try {
            return new ConfigFile(name, new Parse(settings).parseString(text).iterator()).root();
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> position(name, mark).toString())
                    .orElse(name);
            throw new ConfigFileException(where + ": " + oneLine(e.getProblem()) + advice(e));
        } catch (YamlEngineException e) {
            throw new ConfigFileException(name + ": " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    /** Globs and ranges of versions begin with characters that have a meaning in YAML. */
    private static String advice(MarkedYamlEngineException e) {
        String words = e.getContext() + " " + e.getProblem();
        return Stream.of("block scalar", "a tag", "an alias", "an anchor", "start any token")
                        .anyMatch(words::contains)
                ? "; quote text that begins with a special character, such as '>=1.2' or '!x'"
                : "";
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

    private Mapping root() {
        Event first = next();
        while (first.getEventId() == Event.ID.StreamStart || first.getEventId() == Event.ID.DocumentStart) {
            first = next();
        }
        if (first.getEventId() == Event.ID.StreamEnd || isNothing(first)) {
            return new Mapping(List.of(), position(first));
        }
        if (first.getEventId() != Event.ID.MappingStart) {
            throw wrong(first, "expected a key, such as 'namespace: NAME'");
        }
        refuseAnchorsAndTags(first);
        Mapping root = mapping(first, 1);
        Event end = next();
        while (end.getEventId() == Event.ID.DocumentEnd) {
            end = next();
        }
        if (end.getEventId() != Event.ID.StreamEnd) {
            throw wrong(end, "a second document begins here; write one document per file");
        }
        return root;
    }

    private Mapping mapping(Event start, int depth) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            refuseAnchorsAndTags(event);
            if (!(event instanceof ScalarEvent key)) {
                throw wrong(event, "a key must be a name");
            }
            Entry entry = new Entry(key.getValue(), position(key), node(next(), depth));
            Entry earlier = entries.putIfAbsent(entry.key(), entry);
            if (earlier != null) {
                throw wrong(
                        key,
                        "'" + entry.key() + "' is already set in line "
                                + earlier.at().line());
            }
        }
        return new Mapping(List.copyOf(entries.values()), position(start));
    }

    private ConfigNode node(Event event, int depth) {
        refuseAnchorsAndTags(event);
        if (event instanceof ScalarEvent scalar) {
            return new Scalar(scalar.getValue(), position(scalar), kind(scalar));
        }
        if (depth == DEEPEST) {
            throw wrong(event, "nested too deeply; a configuration has at most " + DEEPEST + " levels");
        }
        if (event.getEventId() == Event.ID.MappingStart) {
            return mapping(event, depth + 1);
        }
        List<ConfigNode> values = new ArrayList<>();
        for (Event value = next(); value.getEventId() != Event.ID.SequenceEnd; value = next()) {
            values.add(node(value, depth + 1));
        }
        return new Items(List.copyOf(values), position(event));
    }

    private static Kind kind(ScalarEvent scalar) {
        return scalar.getScalarStyle() != ScalarStyle.PLAIN
                ? Kind.TEXT
                : switch (scalar.getValue()) {
                    case "true", "True", "TRUE", "false", "False", "FALSE" -> Kind.BOOLEAN;
                    case "", "~", "null", "Null", "NULL" -> Kind.NOTHING;
                    default -> Kind.TEXT;
                };
    }

    /** Anchors and tags have no effect here, so they are rejected. */
    private void refuseAnchorsAndTags(Event event) {
        boolean isTagged =
                (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())
                        || (event instanceof CollectionStartEvent start
                                && start.getTag().isPresent());
        if (isTagged || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw wrong(event, "anchors and tags are not supported; quote text that begins with &, * or !");
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
        return new ConfigFileException(position(event) + ": " + words);
    }

    private Position position(Event event) {
        return event.getStartMark().map(mark -> position(name, mark)).orElse(new Position(name, 1, 1));
    }

    private static Position position(String name, Mark mark) {
        return new Position(name, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String oneLine(String words) {
        return words.strip().replaceAll("\\s+", " ");
    }
}
