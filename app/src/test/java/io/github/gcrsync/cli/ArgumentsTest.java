package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.console.Console;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms of a command line that the original accepts. */
final class ArgumentsTest {
    @ParameterizedTest
    @CsvSource({
        "'', sync",
        "--debug, sync --debug",
        "--debug=true, sync --debug",
        "--debug=false, sync",
        "--debug sync, sync --debug",
        "--namespace a sync, sync --namespace a",
        "--namespace sync, sync --namespace sync",
        "--namespace=a --debug=true sync --processcount -1, sync --namespace=a --debug --processcount -1",
        "--exclude-tag=true, sync --exclude-tag=true",
        "--exclude-tag=false, sync --exclude-tag=false",
        "--dockerpassword a=false sync, sync --dockerpassword a=false",
        "--namespace=a --source=s --namespace b, sync --source=s --namespace b",
        "--debug sync --debug, sync --debug",
        "--debug --debug=false, sync",
        "--exclude-tag=a --exclude-tag b, sync --exclude-tag=a --exclude-tag b",
        "--help, --help",
        "-V, -V",
        "--help --debug, sync --help --debug",
        "demo, demo",
        "help sync, help sync",
        "snc, snc",
        "sync google-containers, sync google-containers",
        "--unknown value, sync --unknown value",
        "--unknown value sync, sync --unknown value"
    })
    void movesCommandFirst(String given, String expected) {
        List<String> arguments = given.isEmpty() ? List.of() : List.of(given.split(" "));

        Arguments.Ordered ordered = Arguments.commandFirst(
                arguments,
                Commands.all(new Console(
                        new PrintWriter(Writer.nullWriter()),
                        new PrintWriter(Writer.nullWriter()),
                        InputStream.nullInputStream(),
                        Map.of())));

        assertThat(String.join(" ", ordered.words())).isEqualTo(expected);
    }
}
