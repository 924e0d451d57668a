package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between the project's files are valid, and the tests named in documents exist. */
final class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`\\n]*`");

    private static final Pattern NAMED_TEST = Pattern.compile("`([A-Z]\\w+(?:Test|Contract))(?:\\.(\\w+))?`");
    private static final Map<String, String> TESTS = tests();

    static List<Markdown> documents() {
        return Markdown.all();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void resolvesEveryRelativeLink(Markdown document) {
        List<String> dead = new ArrayList<>();
        String prose = INLINE_CODE.matcher(document.prose()).replaceAll("");
        for (MatchResult link : LINK.matcher(prose).results().toList()) {
            String target = link.group(1);
            if (!target.matches("[a-z]+:.*") && !leadsSomewhere(document, target)) {
                dead.add(target);
            }
        }
        assertThat(dead).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void namesExistingTests(Markdown document) {
        List<String> missing = new ArrayList<>();
        for (MatchResult named : NAMED_TEST.matcher(document.prose()).results().toList()) {
            String source = TESTS.getOrDefault(named.group(1), "");
            String method = named.group(2);
            if (source.isEmpty() || (method != null && !source.contains(" void " + method + "("))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
    }

    /** The sources of all test classes, by simple name. */
    private static Map<String, String> tests() {
        return Stream.of("core", "app", "testkit")
                .flatMap(module -> ProjectFiles.under(module + "/src/test/java").stream())
                .collect(Collectors.toMap(
                        file -> file.getFileName().toString().replace(".java", ""),
                        ProjectFiles::text,
                        String::concat));
    }

    private static boolean leadsSomewhere(Markdown from, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? from.file() : from.file().resolveSibling(path);
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0
                || Markdown.of(ProjectFiles.ROOT.relativize(file.normalize()).toString())
                        .anchors()
                        .contains(target.substring(hash + 1));
    }
}
