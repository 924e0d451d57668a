package io.github.gcrsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Items;
import io.github.gcrsync.config.ConfigNode.Kind;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Position;
import io.github.gcrsync.config.ConfigNode.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Reads any tree without an exception. */
final class MirrorsPropertiesTest {
    private static final Position AT = new Position("gcrsync.yaml", 1, 1);
    private static final List<String> KEYS = Stream.of(
                    Mirrors.KEYS, MirrorKeys.ALL, TagSelections.KEYS, List.of("library/a", "recent", "x"))
            .flatMap(List::stream)
            .toList();

    @Property(tries = 200)
    void collectsErrorsOfAnyTree(@ForAll("mappings") Mapping root) {
        assertThat(Mirrors.read(root, WholeRun.UNSET).errors())
                .allSatisfy(line -> assertThat(line).startsWith("gcrsync.yaml:1:1: "));
    }

    @Property(tries = 200)
    void readsEveryMirrorOrReportsIt(@ForAll("mirrors") List<ConfigNode> mirrors) {
        Mirrors read = Mirrors.read(
                new Mapping(List.of(new Entry("mirrors", AT, new Items(mirrors, AT))), AT), WholeRun.UNSET);

        assertThat(read.definitions().size() == mirrors.size() || !read.errors().isEmpty())
                .isTrue();
    }

    @Provide
    Arbitrary<Mapping> mappings() {
        return mapping(node(4));
    }

    @Provide
    Arbitrary<List<ConfigNode>> mirrors() {
        Arbitrary<ConfigNode> mirror = mapping(node(3)).map(keys -> {
            Map<String, Entry> all = new LinkedHashMap<>();
            keys.entries().forEach(entry -> all.put(entry.key(), entry));
            Map.of("name", "a", "source", "quay.io", "destination", "oci:m")
                    .forEach((key, value) ->
                            all.putIfAbsent(key, new Entry(key, AT, new Scalar(value, AT, Kind.TEXT))));
            return new Mapping(List.copyOf(all.values()), AT);
        });
        return mirror.list().ofMinSize(1).ofMaxSize(2);
    }

    private static Arbitrary<ConfigNode> node(int depth) {
        Arbitrary<ConfigNode> scalar = Combinators.combine(
                        Arbitraries.oneOf(
                                Arbitraries.of(KEYS),
                                Arbitraries.of(
                                        "docker.io",
                                        "oci:m",
                                        "a:1",
                                        ">=1",
                                        "3",
                                        "-1",
                                        "follow",
                                        "/(/",
                                        "!x",
                                        "true",
                                        "{repository}",
                                        ""),
                                Arbitraries.strings().ofMaxLength(20)),
                        Arbitraries.of(Kind.class))
                .as((text, kind) -> new Scalar(text, AT, kind));
        return depth == 0
                ? scalar
                : Arbitraries.oneOf(
                        scalar,
                        node(depth - 1).list().ofMaxSize(4).map(values -> new Items(values, AT)),
                        mapping(node(depth - 1)).map(keys -> keys));
    }

    private static Arbitrary<Mapping> mapping(Arbitrary<ConfigNode> value) {
        return Arbitraries.maps(Arbitraries.of(KEYS), value)
                .ofMaxSize(6)
                .map(entries -> new Mapping(
                        entries.entrySet().stream()
                                .map(entry -> new Entry(entry.getKey(), AT, entry.getValue()))
                                .toList(),
                        AT));
    }
}
