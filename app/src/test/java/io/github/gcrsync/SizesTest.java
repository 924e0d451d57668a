package io.github.gcrsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits the size of files and packages. */
final class SizesTest {
    private static final Path ROOT = Path.of(System.getProperty("gcrsync.root", ".."));
    private static final Map<Path, Integer> LINES = linesByFile();

    @Test
    void noFileHasMoreThan300Lines() {
        assertThat(LINES)
                .allSatisfy((file, lines) -> assertThat(lines).as("%s", file).isLessThanOrEqualTo(300));
    }

    @Test
    void halfOfAllFilesHaveAtMost75Lines() {
        List<Integer> sorted = LINES.values().stream().sorted().toList();

        assertThat(sorted.get(sorted.size() / 2)).isLessThanOrEqualTo(75);
    }

    @Test
    void noPackageHasMoreThan25Files() {
        Map<Path, Long> files = LINES.keySet().stream()
                .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));

        assertThat(files)
                .allSatisfy(
                        (folder, count) -> assertThat(count).as("%s", folder).isLessThanOrEqualTo(25));
    }

    private static Map<Path, Integer> linesByFile() {
        Map<Path, Integer> lines = new TreeMap<>();
        for (String module : List.of("core", "app")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    lines.put(file, Files.readAllLines(file).size());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return lines;
    }
}
