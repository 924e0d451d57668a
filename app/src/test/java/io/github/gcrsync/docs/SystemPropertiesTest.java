package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests must not configure the program by system properties: they would be flags without help. */
final class SystemPropertiesTest {
    private static final Pattern READ = Pattern.compile(
            "\\b(?:System\\.getProperty|Integer\\.getInteger|Long\\.getLong|Boolean\\.getBoolean)\\(\\s*([^,)]+)");

    @Test
    void readsOnlyPropertiesOfJava() {
        List<String> read = Stream.of("core/src/main", "app/src/main", "app/src/build")
                .flatMap(path -> ProjectFiles.under(path).stream())
                .filter(file -> file.toString().endsWith(".java"))
                .flatMap(file -> READ.matcher(ProjectFiles.text(file)).results())
                .map(match -> match.group(1))
                .distinct()
                .toList();

        assertThat(read)
                .containsExactlyInAnyOrder("\"user.home\"", "\"java.runtime.version\"", "\"javax.net.ssl.trustStore\"");
    }
}
