package io.github.gcrsync.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Markdown file of the project.
 *
 * @param blocks its fenced blocks in order
 * @param prose everything else
 */
record Markdown(Path file, List<Block> blocks, String prose) {
    private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)\\s*");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
    private static final Set<String> NOT_OURS =
            Set.of("target", ".git", ".build", "mirror", "metadata", "node_modules");

    /**
     * A fenced block.
     *
     * @param language after the fence; may be empty
     * @param line of its first line, from 1
     */
    record Block(String language, int line, String text) {}

    static Markdown of(String path) {
        return read(ProjectFiles.ROOT.resolve(path));
    }

    /** All Markdown files of the project, in order of their paths. */
    static List<Markdown> all() {
        List<Path> files = new ArrayList<>();
        collect(ProjectFiles.ROOT, files);
        return files.stream().sorted().map(Markdown::read).toList();
    }

    private static void collect(Path folder, List<Path> files) {
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.toList()) {
                String name = child.getFileName().toString();
                if (Files.isDirectory(child) && !NOT_OURS.contains(name) && !name.equals("src")) {
                    collect(child, files);
                } else if (name.endsWith(".md")) {
                    files.add(child);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Markdown read(Path file) {
        return parse(file, ProjectFiles.text(file).lines().toList());
    }

    private static Markdown parse(Path file, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        StringBuilder prose = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            var fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                prose.append(lines.get(i)).append('\n');
                continue;
            }
            int first = i + 1;
            int indent = lines.get(i).indexOf('`');
            StringBuilder text = new StringBuilder();
            for (i++; !lines.get(i).strip().equals("```"); i++) {
                String line = lines.get(i);
                text.append(line.substring(Math.min(indent, line.length()))).append('\n');
            }
            blocks.add(new Block(fence.group(1), first + 1, text.toString()));
        }
        return new Markdown(file, List.copyOf(blocks), prose.toString());
    }

    List<Block> blocks(String language) {
        return blocks.stream().filter(b -> b.language().equals(language)).toList();
    }

    /** The anchors of the headings, as GitHub creates them. */
    Set<String> anchors() {
        return HEADING.matcher(prose)
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** For test names and messages. */
    @Override
    public String toString() {
        return ProjectFiles.ROOT.relativize(file).toString();
    }
}
