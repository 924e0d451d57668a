package gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The arrows in ARCHITECTURE.md are those of the code, and go in no circle. */
final class ArchitectureTest {
    private static final String ROOT = "gcrsync.";

    @Test
    void arrowsAreThoseOfTheCode() {
        assertThat(used()).isEqualTo(allowed());
    }

    @Test
    void arrowsGoInNoCircle() {
        Map<String, Set<String>> left = allowed();
        while (!left.isEmpty()) {
            List<String> ends = left.entrySet().stream()
                    .filter(arrow -> arrow.getValue().stream().noneMatch(left::containsKey))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(ends)
                    .as("of %s, those that use none of the others", left.keySet())
                    .isNotEmpty();
            ends.forEach(left::remove);
        }
    }

    @Test
    void isNoLongerThanPeopleRead() {
        assertThat(ProjectFiles.text(ProjectFiles.ROOT.resolve("ARCHITECTURE.md"))
                        .lines())
                .hasSizeLessThanOrEqualTo(120);
    }

    private static Map<String, Set<String>> allowed() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        String block = Markdown.of("ARCHITECTURE.md").blocks("text").stream()
                .map(Markdown.Block::text)
                .filter(text -> text.lines().allMatch(line -> line.matches("\\w+ +->( \\w+)+")))
                .findFirst()
                .orElseThrow();
        block.lines().forEach(line -> {
            String[] sides = line.split("->");
            arrows.put(
                    sides[0].strip(),
                    new TreeSet<>(Arrays.asList(sides[1].strip().split(" "))));
        });
        return arrows;
    }

    private static Map<String, Set<String>> used() {
        // Classes of others need not be read for it.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        Map<String, Set<String>> arrows = new TreeMap<>();
        for (JavaClass each : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("gcrsync")) {
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                String from = topPackage(each);
                String to = topPackage(dependency.getTargetClass());
                if (!from.equals("testkit") && !to.isEmpty() && !to.equals(from)) {
                    arrows.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
                }
            }
        }
        return arrows;
    }

    /** Without {@code gcrsync.} and what lies below; empty for foreign classes. */
    private static String topPackage(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()).replaceFirst("\\..*", "") : "";
    }
}
