package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.docs.Markdown.Block;
import io.github.gcrsync.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.AutoCloseableSoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every block marked {@code sh} of the documentation. All blocks of a document form one script in one empty
 * folder; a line {@code NAME=value} gets the value of {@link Neighbourhood#variables} if there is one. A block marked
 * {@code text} that follows directly is the expected output, except for what differs between runs.
 */
final class CommandsRunTest {
    private static final String MARK = "--- end of block ";

    static List<Markdown> documents() {
        // The Chinese README has the same blocks as the English one, which a test below checks.
        return Markdown.all().stream()
                .filter(document -> !document.blocks("sh").isEmpty())
                .filter(document -> !document.toString().equals("README.zh-CN.md"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void runsEveryBlockAndPrintsItsOutput(Markdown document, @TempDir Path folder) throws Exception {
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        try (Neighbourhood neighbourhood = new Neighbourhood(folder)) {
            neighbourhood.linkInto(checkout);
            Map<String, String> hosts = neighbourhood.variables();
            Program shell = Program.require("sh")
                    .arguments("-c", script(document, hosts))
                    .in(checkout)
                    .within(Duration.ofMinutes(3));
            neighbourhood.environment().forEach(shell::environment);
            Program.Result result = shell.run();

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertOutput(document, result.stdout());
        }
    }

    @Test
    void hasSameBlocksInChineseReadme() {
        List<String> english = Markdown.of("README.md").blocks().stream()
                .map(CommandsRunTest::withoutComments)
                .toList();
        List<String> chinese = Markdown.of("README.zh-CN.md").blocks().stream()
                .map(CommandsRunTest::withoutComments)
                .toList();

        assertThat(chinese).isEqualTo(english);
    }

    @Test
    void checksConfigurationOfGuide(@TempDir Path folder) throws Exception {
        List<Block> blocks = Markdown.of("docs/guide.md").blocks();
        int checked = 0;
        for (int i = 0; i < blocks.size() - 2; i++) {
            Block check = blocks.get(i + 1);
            if (blocks.get(i).language().equals("yaml") && check.text().startsWith("gcrsync config check")) {
                Files.writeString(folder.resolve("gcrsync.yaml"), blocks.get(i).text());
                String calls = check.text()
                        .lines()
                        .filter(line -> line.startsWith("gcrsync config check"))
                        .collect(Collectors.joining("\n"));

                Program.Result result =
                        run(folder.resolve("neighbourhood" + i), folder, "export GCRSYNC_GITHUBTOKEN=x\n" + calls);

                assertThat(result.exitCode()).as("%s", result).isZero();
                assertThat(result.stdout().lines())
                        .containsAll(blocks.get(i + 2).text().lines().toList());
                checked++;
            }
        }
        assertThat(checked).isEqualTo(2);
    }

    @Test
    void mirrorsFromCrontabLine(@TempDir Path folder) throws Exception {
        String line = Markdown.of("docs/guide.md").blocks("crontab").getFirst().text();

        Program.Result result = run(folder.resolve("neighbourhood"), folder, line.replaceFirst("^(\\S+ ){5}", ""));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.stdout())
                .contains("registry.example.com/team -> mirror.example.com/team")
                .containsPattern("copied +6 ");
    }

    private static Program.Result run(Path servers, Path workingFolder, String script) throws Exception {
        try (Neighbourhood neighbourhood = new Neighbourhood(Files.createDirectories(servers))) {
            Program shell = Program.require("sh").arguments("-euc", script).in(workingFolder);
            neighbourhood.environment().forEach(shell::environment);
            return shell.run();
        }
    }

    private static String withoutComments(Block block) {
        return block.language() + "\n" + block.text().replaceAll("(?m) *#.*$", "");
    }

    private static String script(Markdown document, Map<String, String> values) {
        StringBuilder script = new StringBuilder("set -eu\n");
        for (Block block : document.blocks("sh")) {
            String text = block.text();
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replaceAll(
                        "(?m)^((?:export )?" + value.getKey() + "=)\\S+", "$1'" + value.getValue() + "'");
            }
            script.append(text)
                    .append("echo '")
                    .append(MARK)
                    .append(block.line())
                    .append("'\n");
        }
        return script.toString();
    }

    private static void assertOutput(Markdown document, String stdout) {
        List<String> printed = List.of(stdout.split(MARK + "\\d+\n"));
        List<Block> blocks = document.blocks();
        int script = -1;
        try (AutoCloseableSoftAssertions all = new AutoCloseableSoftAssertions()) {
            for (int i = 0; i < blocks.size(); i++) {
                if (blocks.get(i).language().equals("sh")) {
                    script++;
                } else if (isOutput(blocks, i)) {
                    all.assertThat(lasting(printed.get(script)))
                            .as(
                                    "%s, what the block before line %d prints",
                                    document, blocks.get(i).line())
                            .isEqualTo(lasting(blocks.get(i).text()));
                }
            }
        }
    }

    private static boolean isOutput(List<Block> blocks, int i) {
        return i > 0
                && blocks.get(i).language().equals("text")
                && blocks.get(i - 1).language().equals("sh");
    }

    /** Removes what differs between runs: hosts, times, dates, commits, digests, sizes and the folder. */
    static String lasting(String output) {
        return output.replaceAll("(?:https?://)?(?:(?:[a-z-]+\\.)+example\\.com|127\\.0\\.0\\.1:\\d+)", "HOST")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "TIME")
                .replaceAll("since \\d{4}-\\d\\d-\\d\\d", "since DATE")
                .replaceAll("commit [0-9a-f]{10}", "COMMIT")
                .replaceAll("--since [0-9a-f]{12}", "--since COMMIT")
                .replaceAll("sha256:[0-9a-f]+", "DIGEST")
                .replaceAll("(?m)^( +(?:requests|took)) .*", "$1")
                .replaceAll("\\d+(?:\\.\\d)? (?:bytes|kB|s)\\b", "AMOUNT")
                .replaceAll("/\\S*/(?=metadata|mirror|\\.gcrsync-test)", "")
                .strip();
    }
}
