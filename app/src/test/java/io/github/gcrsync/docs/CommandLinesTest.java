package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.CommandLines;
import io.github.gcrsync.docs.Markdown.Block;
import io.github.gcrsync.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ParameterException;

/** The program accepts every command line in the documentation. */
final class CommandLinesTest {
    /** A line of a shell script, a workflow or a crontab that calls the program; {@code cd gcrsync} does not. */
    private static final Pattern CALL = Pattern.compile("^(?!cd )(?:.*\\s)?gcrsync(?: .*)?$");

    private static final Pattern FLAG = Pattern.compile("`(--[a-z][a-z-]*)[^`\\n]*`");

    /** The shell itself splits the words; every program does nothing, except that gcrsync records its arguments. */
    private static final String NOTHING_RUNS = """
            PATH=/nowhere
            command_not_found_handle() {
                case $1 in gcrsync) printf '%s\\0' "${@:2}" $'\\n' >&3 ;; esac
            }
            """;

    /** Without the pages generated from the command line itself. */
    static List<Markdown> documents() {
        return Markdown.all().stream()
                .filter(document -> !document.toString().startsWith("docs/cli/"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void parsesEveryCall(Markdown document, @TempDir Path folder) throws Exception {
        StringBuilder script = new StringBuilder(NOTHING_RUNS);
        int written = 0;
        for (Block block : document.blocks()) {
            boolean isScript = block.language().equals("sh") || block.language().equals("shell");
            String text = block.text().replaceAll("\\\\\\n\\s*", " ").replace("./gcrsync", "gcrsync");
            List<String> calls = block.language().equals("text")
                    ? List.of()
                    : text.lines().filter(this::isCall).toList();
            written += calls.size();
            if (isScript) {
                script.append(text);
            } else {
                calls.forEach(call -> script.append(call.replaceFirst("^.*?gcrsync(?= |$)", "gcrsync"))
                        .append('\n'));
            }
        }
        List<List<String>> calls = calls(script.toString(), folder);

        assertThat(calls).as("calls made, of those written").hasSizeGreaterThanOrEqualTo(written);
        for (List<String> call : calls) {
            assertThat(refusal(call)).as("gcrsync " + String.join(" ", call)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void namesExistingFlags(Markdown document) {
        Set<String> named = new TreeSet<>();
        FLAG.matcher(document.prose()).results().forEach(flag -> named.add(flag.group(1)));
        named.removeAll(CommandLines.flags());

        assertThat(named).isEmpty();
    }

    private boolean isCall(String line) {
        return !line.strip().startsWith("#") && CALL.matcher(line).matches();
    }

    private static List<List<String>> calls(String script, Path folder) throws Exception {
        Path notes = folder.resolve("notes");
        Path file = Files.writeString(folder.resolve("script"), script);
        Program.require("bash")
                .arguments("-c", "exec 3>notes; . ./script", "bash")
                .in(folder)
                .run();
        List<List<String>> calls = new ArrayList<>();
        List<String> call = new ArrayList<>();
        for (String word : Files.readString(notes).split("\0")) {
            if (word.equals("\n")) {
                calls.add(List.copyOf(call));
                call.clear();
            } else {
                call.add(word);
            }
        }
        Files.delete(file);
        return calls;
    }

    /** Returns why the program would refuse the command line; empty if it would accept it. */
    private static String refusal(List<String> call) {
        try {
            CommandLines.read(call);
            return "";
        } catch (ParameterException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
