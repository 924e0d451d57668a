package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The messages that the guide explains exist: each part between two {@code …} is in the sources, and so is each remedy
 * after a semicolon.
 */
final class MessagesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|`]*`(?:, `[^|`]*`)*) .*\\|$");
    private static final Pattern MESSAGE = Pattern.compile("`([^`]+)`");
    /** Messages of picocli, and a status that stands for its number. */
    private static final List<String> COMPOSED =
            List.of("Unknown option: ", "HTTP 401 ", "HTTP 403 ", "HTTP 413 ", "HTTP 429 ");

    @Test
    void explainsOnlyExistingMessages() {
        String guide = Markdown.of("docs/guide.md").prose();
        String help = guide.substring(guide.indexOf("\n## Help by message"));
        List<String> messages = ROW.matcher(help)
                .results()
                .flatMap(row -> MESSAGE.matcher(row.group(1)).results())
                .map(message -> message.group(1))
                .toList();
        String sources = sources();

        assertThat(messages).hasSizeGreaterThan(30);
        assertThat(messages.stream().flatMap(m -> Stream.of(m.split("…|; "))).filter(part -> !part.isBlank()))
                .allSatisfy(part -> assertThat(sources.contains(part) || COMPOSED.contains(part))
                        .as(part)
                        .isTrue());
    }

    /** All main sources and scripts, with concatenated strings joined. */
    private static String sources() {
        return Stream.of("app/src/main", "core/src/main", "launcher", "gcrsync")
                .flatMap(path -> ProjectFiles.under(path).stream())
                .map(ProjectFiles::text)
                .collect(Collectors.joining("\n"))
                .replaceAll("\"\\s*\\+\\s*\"", "")
                .replace("\\\"", "\"")
                .replace("$wanted_release", "25");
    }
}
