package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows in ARCHITECTURE.md match the code and have no cycles; the classes that it names exist. */
final class ArchitectureTest {
    private static final String ROOT = "io.github.gcrsync.";
    private static final String PAGE = "ARCHITECTURE.md";

    /** In camel case, before a method, or alone between backticks. */
    private static final Pattern CLASS_NAME = Pattern.compile(
            "(?<![*\\w])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+\\b|\\b[A-Z][a-z]+(?=\\.[a-z])|(?<=`)[A-Z][a-z]+(?=`)");

    private static final Pattern DECLARATION = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");

    @Test
    void matchesArrowsOfCode() {
        assertThat(used(ArchitectureTest::topPackage)).isEqualTo(allowed());
    }

    @Test
    void hasNoCycleOfArrows() {
        assertNoCycle(allowed());
    }

    @Test
    void hasNoCycleOfSubpackages() {
        assertNoCycle(used(ArchitectureTest::wholePackage));
    }

    private static void assertNoCycle(Map<String, Set<String>> left) {
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
    void listsEveryPackage() {
        Set<String> drawn = new TreeSet<>();
        allowed().forEach((from, to) -> {
            drawn.add(from);
            drawn.addAll(to);
        });

        assertThat(product().map(ArchitectureTest::topPackage).distinct()).containsExactlyInAnyOrderElementsOf(drawn);
    }

    @Test
    void namesExistingClasses() {
        Set<String> existing = Stream.of("core", "app", "testkit")
                .flatMap(module -> ProjectFiles.under(module + "/src").stream())
                .filter(file -> file.toString().endsWith(".java"))
                .flatMap(file -> DECLARATION.matcher(ProjectFiles.text(file)).results())
                .map(declaration -> declaration.group(1))
                .collect(Collectors.toSet());

        List<String> named = CLASS_NAME
                .matcher(page())
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();

        assertThat(named).contains("OncePer", "Copier", "Plan");
        assertThat(named).filteredOn(name -> !existing.contains(name)).isEmpty();
    }

    @Test
    void staysShort() {
        assertThat(page().lines()).hasSizeLessThanOrEqualTo(120);
    }

    private static String page() {
        return ProjectFiles.text(ProjectFiles.ROOT.resolve(PAGE));
    }

    private static Map<String, Set<String>> allowed() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        String block = Markdown.of(PAGE).blocks("text").stream()
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

    private static Map<String, Set<String>> used(Function<JavaClass, String> packageOf) {
        Map<String, Set<String>> arrows = new TreeMap<>();
        product()
                .forEach(each -> each.getDirectDependenciesFromSelf().forEach(dependency -> {
                    String from = packageOf.apply(each);
                    String to = packageOf.apply(dependency.getTargetClass());
                    if (!to.isEmpty() && !to.equals(from)) {
                        arrows.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
                    }
                }));
        return arrows;
    }

    /** Its classes, without those of the testkit. */
    private static Stream<JavaClass> product() {
        // Classes of other libraries need not be read.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.github.gcrsync")
                        .stream()
                        .filter(each -> !topPackage(each).equals("testkit"));
    }

    /** Without the common prefix; empty for foreign classes. */
    private static String wholePackage(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
    }

    /** Without the common prefix and subpackages; empty for foreign classes. */
    private static String topPackage(JavaClass type) {
        return wholePackage(type).replaceFirst("\\..*", "");
    }
}
