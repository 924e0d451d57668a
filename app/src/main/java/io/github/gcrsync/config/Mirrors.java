package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Items;
import io.github.gcrsync.config.ConfigNode.Mapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mirrors of a file.
 *
 * @param definitions in the order of the file; incomplete if there are errors
 * @param errors one line each, with file, line and column
 */
public record Mirrors(List<MirrorDefinition> definitions, List<String> errors) {
    private static final String MIRRORS = "mirrors";
    private static final String DEFAULTS = "defaults";
    private static final String SELECTIONS = "selections";
    /** Defaults multiply, so a small file can describe more than fits into memory. */
    private static final int MAX_VALUES = 200_000;

    /** The keys of a file that are not flags. */
    public static final List<String> KEYS = List.of(MIRRORS, DEFAULTS, SELECTIONS);

    /** @param root of a file with one of the {@link #KEYS} */
    public static Mirrors read(Mapping root, WholeRun run) {
        Problems problems = new Problems();
        List<MirrorDefinition> definitions = new ArrayList<>();
        TagSelections selections = new TagSelections(problems, root.get(SELECTIONS));
        Mapping none = new Mapping(List.of(), root.at());
        Mapping defaults = root.get(DEFAULTS)
                .flatMap(node -> problems.mapping(DEFAULTS, node))
                .orElse(none);
        MirrorKeys.checkDefaults(problems, selections, defaults);
        Set<String> names = new HashSet<>();
        for (ConfigNode node : mirrors(root, problems)) {
            Optional<Mapping> own = problems.mapping(MIRRORS, node);
            own.flatMap(keys -> new MirrorKeys(problems, selections, keys, defaults).definition(run))
                    .ifPresent(definitions::add);
            own.flatMap(keys -> keys.get(MirrorKeys.NAME))
                    .flatMap(name -> problems.text(MirrorKeys.NAME, name))
                    .filter(name -> !names.add(name.text()))
                    .ifPresent(name ->
                            problems.add(name.at(), "another mirror has the name '" + name.text() + "' already"));
            if (problems.values() > MAX_VALUES) {
                problems.add(node.at(), "the mirrors have more than " + MAX_VALUES + " values; use several files");
                break;
            }
        }
        return new Mirrors(definitions, problems.lines());
    }

    private static List<ConfigNode> mirrors(Mapping root, Problems problems) {
        Optional<ConfigNode> mirrors = root.get(MIRRORS);
        if (mirrors.isEmpty()) {
            root.entries().stream()
                    .filter(entry -> KEYS.contains(entry.key()))
                    .forEach(entry ->
                            problems.add(entry.at(), "'" + entry.key() + "' needs the key 'mirrors' in the same file"));
            return List.of();
        }
        if (mirrors.get() instanceof Items items && !items.values().isEmpty()) {
            return items.values();
        }
        problems.add(mirrors.get().at(), "'mirrors' takes a list; begin each mirror with '- name: NAME'");
        return List.of();
    }
}
