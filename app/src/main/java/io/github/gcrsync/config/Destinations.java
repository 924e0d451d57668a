package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Position;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.rule.DestinationName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The destinations of a mirror: one value, or a list of names and locations. */
final class Destinations {
    static final String ONE = "destination";
    static final String SEVERAL = "destinations";
    private static final String NAME = "name";
    private static final String TO = "to";
    /** Each destination has its own connections and its own copy of what is in flight. */
    private static final int MOST = 16;

    private final Problems problems;
    private final Function<String, Location> parser;

    /** @param parser of a location */
    Destinations(Problems problems, Function<String, Location> parser) {
        this.problems = problems;
        this.parser = parser;
    }

    /** A destination and where it is in the file. */
    record Destination(DestinationName name, Location location, Position at) {}

    /** Returns the destinations of the mirror, otherwise those of the defaults; empty if neither has any. */
    List<Destination> of(Mapping own, Mapping defaults) {
        return of(isIn(own) ? own : defaults);
    }

    static boolean isIn(Mapping keys) {
        return keys.get(ONE).isPresent() || keys.get(SEVERAL).isPresent();
    }

    private List<Destination> of(Mapping keys) {
        Optional<ConfigNode> one = keys.get(ONE);
        Optional<ConfigNode> several = keys.get(SEVERAL);
        if (one.isPresent() && several.isPresent()) {
            problems.add(several.get().at(), "'" + SEVERAL + "' and '" + ONE + "' exclude each other; keep one");
        }
        List<Destination> found = new ArrayList<>();
        one.ifPresent(node -> problems.value(ONE, node, parser)
                .map(to -> new Destination(DestinationName.of(to, false), to, node.at()))
                .ifPresent(found::add));
        several.ifPresent(node -> problems.values(SEVERAL, node)
                .forEach(each -> problems.mapping(SEVERAL, each)
                        .flatMap(this::named)
                        .filter(named -> isUnique(named, found))
                        .ifPresent(found::add)));
        if (found.size() > MOST) {
            problems.add(several.orElseThrow().at(), "a mirror has at most " + MOST + " destinations");
        }
        return found;
    }

    private Optional<Destination> named(Mapping keys) {
        problems.refuseOtherKeys(keys, List.of(NAME, TO), _ -> "");
        Stream.of(NAME, TO)
                .filter(key -> keys.get(key).isEmpty())
                .forEach(key -> problems.add(
                        keys.at(),
                        "this destination has no '" + key + "'; write {name: NAME, to: HOST/PATH or oci:DIR}"));
        Optional<DestinationName> name =
                keys.get(NAME).flatMap(node -> problems.value(NAME, node, text -> new DestinationName(text, true)));
        Optional<Location> to = keys.get(TO).flatMap(node -> problems.value(TO, node, parser));
        return name.flatMap(known -> to.map(location -> new Destination(known, location, keys.at())));
    }

    private boolean isUnique(Destination named, List<Destination> before) {
        for (Destination other : before) {
            if (other.name().text().equals(named.name().text())) {
                problems.add(
                        named.at(),
                        "another destination has the name '" + named.name().text() + "' already");
                return false;
            }
            if (other.location().absolute().equals(named.location().absolute())) {
                problems.add(named.at(), "the destination '" + other.name().text() + "' is the same place");
                return false;
            }
        }
        return true;
    }

    /** Returns the rows for display; empty if the keys have none. */
    static List<ShownValue> shown(Mapping own, Mapping defaults) {
        Mapping keys = isIn(own) ? own : defaults;
        List<ShownValue> rows = new ArrayList<>();
        keys.get(ONE).ifPresent(node -> rows.add(ShownValue.of(ONE, node)));
        keys.get(SEVERAL).ifPresent(node -> {
            rows.add(new ShownValue(SEVERAL, false, "as follows", node.at().toString()));
            ConfigNode.values(node).forEach(each -> {
                if (each instanceof Mapping named) {
                    named.entries().stream()
                            .sorted(java.util.Comparator.comparing(Entry::key))
                            .map(ShownValue::nested)
                            .forEach(rows::add);
                }
            });
        });
        return rows;
    }
}
