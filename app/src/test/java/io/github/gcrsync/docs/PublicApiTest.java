package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public API that docs/library.md lists stands by itself, and every package with other public types says so. */
final class PublicApiTest {
    private static final String ROOT = "io.github.gcrsync.";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| (`\\w+`(?:, `\\w+`)*) \\|$");
    private static final Pattern TYPE = Pattern.compile("io\\.github\\.gcrsync\\.(?:[a-z]+\\.)+[A-Z]\\w*");
    private static final Pattern PUBLIC = Pattern.compile("(?m)^public .*\\b(?:class|record|interface|enum) (\\w+)");

    static Set<String> types() {
        Set<String> types = ROW.matcher(Markdown.of("docs/library.md").prose())
                .results()
                .flatMap(row -> Stream.of(row.group(2).replace("`", "").split(", "))
                        .map(type -> ROOT + row.group(1) + "." + type))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(types).hasSizeGreaterThan(30);
        return types;
    }

    @ParameterizedTest
    @MethodSource("types")
    void needsNoInternalType(String name) throws Exception {
        Class<?> type = Class.forName(name);
        Set<String> used = new TreeSet<>();
        Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses()))
                .filter(each -> Modifier.isPublic(each.getModifiers()))
                .flatMap(each -> signatures(each).stream())
                .forEach(signature -> TYPE.matcher(signature)
                        .results()
                        .map(MatchResult::group)
                        .forEach(used::add));

        assertThat(Modifier.isPublic(type.getModifiers())).isTrue();
        assertThat(types()).containsAll(used);
    }

    private static List<String> signatures(Class<?> type) {
        Stream<Method> methods =
                Arrays.stream(type.getDeclaredMethods()).filter(method -> !method.isSynthetic() && isPublic(method));
        return Stream.concat(
                        methods.map(Method::toGenericString),
                        Arrays.stream(type.getDeclaredFields())
                                .filter(PublicApiTest::isPublic)
                                .map(field -> field.toGenericString()))
                .toList();
    }

    private static boolean isPublic(Member member) {
        return Modifier.isPublic(member.getModifiers());
    }

    @Test
    void packagesWithOtherPublicTypesSaySo() {
        Set<String> api = types();
        Set<Path> internal = new TreeSet<>();
        for (Path file : ProjectFiles.under("core/src/main/java")) {
            String text = ProjectFiles.text(file);
            String inPackage = ROOT
                    + ProjectFiles.ROOT
                            .resolve("core/src/main/java/io/github/gcrsync")
                            .relativize(file.getParent())
                            .toString()
                            .replace('/', '.');
            PUBLIC.matcher(text)
                    .results()
                    .filter(type -> !api.contains(inPackage + "." + type.group(1)))
                    .forEach(type -> internal.add(file.resolveSibling("package-info.java")));
        }

        assertThat(internal)
                .isNotEmpty()
                .allSatisfy(file -> assertThat(ProjectFiles.text(file)).containsIgnoringCase("internal"));
    }
}
