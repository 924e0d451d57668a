package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Non-ASCII file names in any locale. Shell scripts create and check the files, because the JVM of the tests may itself
 * have no locale.
 */
final class NonAsciiPathsTest {
    private static final Path LAUNCHER =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("launcher/start.sh");

    private static final String RUN = """
            gcrsync() { (. "$LAUNCHER"; become_program "$JAVA" / "$CLASS_PATH" '' "$@") }
            mkdir 'Größe 大小'
            cd 'Größe 大小'
            echo '{"auths":{}}' >schlüssel.json
            echo 'processlimit: 3' >gcrsync-é.yaml
            echo "$PWD" >"$HOME/expected"
            gcrsync sync --config=gcrsync-é.yaml --destination="oci:$PWD/ziel-ü" --metadata=métadonnées \\
                --authfile=schlüssel.json --report="$PWD/bericht-é.html" --report=отчёт.json "$@"
            grep -q /ziel-ü bericht-é.html
            grep -q /ziel-ü отчёт.json
            gcrsync compare --destination=oci:ziel-ü --metadata=métadonnées --output=liste-ü.json "$@"
            git -C métadonnées show --stat HEAD
            ls ziel-ü/app
            ls
            """;

    @TempDir
    private Path folder;

    /** Cron sets no locale; ssh often passes one that is not installed. */
    @ParameterizedTest
    @ValueSource(strings = {"LANG=", "LC_ALL=C", "LANG=POSIX", "LANG=C.UTF-8", "LC_CTYPE=xx_XX.UTF-8"})
    void worksWithoutLocale(String locale) throws Exception {
        try (Stage stage = new Stage(folder)) {
            stage.offer("app:1", 1);
            List<String> words = new ArrayList<>(List.of("-i", "PATH=/usr/bin:/bin", "HOME=" + folder, locale));
            words.add("XDG_STATE_HOME=" + folder.resolve("state"));
            words.add("LAUNCHER=" + LAUNCHER.toAbsolutePath());
            words.add("JAVA=" + Path.of(System.getProperty("java.home"), "bin/java"));
            words.add("CLASS_PATH=" + System.getProperty("java.class.path"));
            words.addAll(List.of("sh", "-eu", Files.writeString(folder.resolve("run.sh"), RUN) + ""));
            words.addAll(List.of("--source=" + stage.source().host(), "--namespace=" + Stage.NAMESPACE));

            Program.Result result = Program.require("env")
                    .arguments(words.toArray(String[]::new))
                    .in(folder)
                    .within(Duration.ofSeconds(90))
                    .run();

            String here = Files.readString(folder.resolve("expected")).strip();
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.stdout())
                    .contains(" -> oci:" + here + "/ziel-ü\n", "recorded in " + here + "/métadonnées as commit ")
                    .contains("same             1", "ImageDigests", "index.json", "liste-ü.json");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LANG=, C.UTF-8",
        "LC_ALL=C, C.UTF-8",
        "LANG=xx_XX.utf8, C.UTF-8",
        "LANG=C.UTF-8, unset",
        "LANG=de_DE.ISO-8859-1, unset"
    })
    void replacesOnlyLocaleWithoutEncoding(String before, String after) {
        Program.Result result = Program.require("env")
                .arguments("-i", "PATH=/usr/bin:/bin", before, "sh", "-euc")
                .arguments(". \"$0\"; use_utf8_names; echo \"${LC_ALL:-unset}\"", LAUNCHER.toString())
                .run();

        assertThat(result.stdout().strip()).isEqualTo(after);
    }

    /** The locale set by the launcher is only for file names. */
    @ParameterizedTest
    @CsvSource({"LANG=, false", "LC_ALL=POSIX, false", "LANG=de_DE.ISO-8859-1, false", "LANG=C.UTF-8, true"})
    void showsCharactersOfUsersLocale(String before, boolean unicode) {
        Program.Result result = Program.require("env")
                .arguments("-i", "PATH=/usr/bin:/bin", before, "sh", "-euc")
                .arguments(". \"$0\"; use_utf8_names; env", LAUNCHER.toString())
                .run();

        Map<String, String> environment = result.stdout()
                .lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        assertThat(Terminals.isUnicode(environment)).isEqualTo(unicode);
    }
}
