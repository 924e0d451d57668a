package gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between the project's own files lead somewhere. */
final class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`\\n]*`");

    static List<Markdown> documents() {
        return Markdown.all();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyRelativeLinkLeadsToAFileAndAHeading(Markdown document) {
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

    private static boolean leadsSomewhere(Markdown from, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? from.file() : from.file().resolveSibling(path);
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0
                || Markdown.of(Markdown.PROJECT.relativize(file.normalize()).toString())
                        .anchors()
                        .contains(target.substring(hash + 1));
    }
}
