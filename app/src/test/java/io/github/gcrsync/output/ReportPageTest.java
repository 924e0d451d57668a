package io.github.gcrsync.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of {@code --report FILE.html}, in a browser. */
final class ReportPageTest {
    private static final String LONG_NAME =
            "a/path/to/an/image-whose-name-has-more-characters-than-a-phone-has-room-for";
    private static final String HOSTILE = "<b>bold</b></script><script>document.title='owned'</script>"
            + "<img src=x onerror=document.title='owned'>";
    private static final int REPOSITORIES = 30;

    @TempDir
    private static Path folder;

    private static Path page = Path.of("");
    private static Browser browser;

    @BeforeAll
    static void makeTheReport() throws IOException {
        page = folder.resolve("report.html");
        try (Stage stage = new Stage(Files.createDirectories(folder.resolve("stage")))) {
            stage.offer(LONG_NAME + ":v1", 1);
            for (int i = 0; i < REPOSITORIES; i++) {
                stage.offer("app-" + i + ":v1." + i, i);
                stage.offer("app-" + i + ":v2." + i, 100 + i);
            }
            stage.offer("refused:v1", 3);
            stage.offer("app-7:alpha", 4);
            stage.source()
                    .fault(Fault.on("GET", ".*/refused/manifests/.*")
                            .status(
                                    403,
                                    Json.text(Map.of("errors", List.of(Map.of("code", "DENIED", "message", HOSTILE)))))
                            .always());
            assertThat(stage.run("sync", "--report", page.toString()).exitCode())
                    .isEqualTo(1);
        }
        browser = Browser.start(Files.createDirectories(folder.resolve("browser")));
    }

    @AfterAll
    static void close() throws IOException {
        browser.close();
    }

    @BeforeEach
    void open() throws IOException {
        browser.open(page, 1280, "light");
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "390, light", "390, dark"})
    void fitsScreenWithReadableText(int width, String scheme) throws IOException {
        browser.open(page, width, scheme);
        browser.run("document.querySelectorAll('details').forEach(details => details.open = true)");

        Readability.check(browser, width, scheme);
    }

    @Test
    void showsTotalsThenFailures() throws IOException {
        assertThat(browser.text("h1")).contains("/ns → ", "/mirror");
        assertThat(browser.text(".tiles"))
                .contains("61\ncopied", "0\nup to date", "1\nexcluded", "1\nfailed", "pulled", "saved", "blobs mounted")
                .contains("requests", "duration");
        assertThat(
                        strings(
                                "return [...document.querySelectorAll('.tiles, h2')].map(e => e.tagName == 'H2' ? e.innerText : 'totals')"))
                .containsExactly("totals", "Failures", "Transfers over time", "Repositories with changes", "Details");
        assertThat(browser.text(".failure"))
                .contains("refused:v1", "source", "DENIED", "What to do: log in to the source");
    }

    @Test
    void drawsBarPerTransferAndTimeAxis() throws IOException {
        assertThat(browser.run("return document.querySelectorAll('rect.copied').length"))
                .isEqualTo(61L);
        assertThat(browser.run("return document.querySelectorAll('rect.failed').length"))
                .isEqualTo(1L);
        assertThat(strings("return [...document.querySelectorAll('rect title')].map(e => e.textContent)"))
                .anyMatch(title -> title.matches("app-7:v1\\.7, [0-9.]+ s"));
        assertThat(strings("return [...document.querySelectorAll('.axis span')].map(e => e.innerText)"))
                .hasSizeBetween(2, 6)
                .allMatch(label -> label.matches("0|\\d+ (ms|s|min)"));
        assertThat(browser.text(".legend")).contains("copied", "failed", "in all");
    }

    @Test
    void findsRepositoriesTagsAndDigests() throws IOException {
        assertThat(shownRows()).hasSize(REPOSITORIES + 2);

        browser.type(".repositories input", "APP-12");
        assertThat(shownRows()).containsExactly("app-12");
        assertThat(browser.isShown(".repositories .none")).isFalse();

        browser.clear(".repositories input");
        browser.type(".repositories input", "app v2.17");
        assertThat(shownRows()).containsExactly("app-17");
        assertThat(browser.text(".repositories tbody tr:not([hidden])")).contains("v2.17 (new)", "sha256:");

        browser.clear(".repositories input");
        browser.type(".repositories input", "app-12:v2.12");
        assertThat(shownRows()).containsExactly("app-12");
        assertThat(browser.text(".repositories tbody tr:not([hidden])"))
                .contains("v2.12 (new)")
                .doesNotContain("v1.12 (new)");

        browser.type(".repositories input", " nothing-like-that");
        assertThat(shownRows()).isEmpty();
        assertThat(browser.text(".repositories .none")).isEqualTo("Nothing matches.");

        browser.clear(".repositories input");
        assertThat(shownRows()).hasSize(REPOSITORIES + 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 700, 390})
    void fillsEveryRowOfTiles(int width) throws IOException {
        browser.open(page, width, "light");

        assertThat(strings("""
                const tiles = document.querySelector('.tiles');
                const one = tiles.firstElementChild;
                const problems = [];
                for (let number = 8; number <= 18; number++) {
                  tiles.replaceChildren(...Array.from({length: number}, () => one.cloneNode(true)));
                  const rows = Object.groupBy([...tiles.children].map(e => e.getBoundingClientRect()), box => Math.round(box.top));
                  for (const row of Object.values(rows)) {
                    if (Math.abs(row.at(-1).right - tiles.getBoundingClientRect().right) > 1) problems.push(number + ' leaves a gap');
                    if (row.length === 1 && innerWidth > 544) problems.push(number + ' leaves one alone');
                  }
                }
                return problems;
                """)).isEmpty();
    }

    @Test
    void distinguishesCopiedAndFailedWithoutColor() throws IOException {
        String form = """
                const form = (selector, ...properties) => {
                  const style = getComputedStyle(document.querySelector(selector));
                  return properties.map(property => style[property]).join(' ');
                };
                """;
        assertThat(browser.run(form + "return form('rect.failed', 'strokeWidth', 'height')"))
                .isNotEqualTo(browser.run(form + "return form('rect.copied', 'strokeWidth', 'height')"));
        assertThat(browser.run(form + "return form('i.failed', 'borderTopWidth')"))
                .isNotEqualTo(browser.run(form + "return form('i.copied', 'borderTopWidth')"));
    }

    @Test
    void showsReasonOfFailedImage() throws IOException {
        browser.type(".repositories input", "refused:v1");

        assertThat(shownRows()).containsExactly("refused");
        assertThat(browser.text(".repositories tbody tr:not([hidden])"))
                .contains("v1 (failed, source) ", "HTTP 403", "DENIED");
    }

    @Test
    void showsVersion() throws IOException {
        assertThat(browser.text("main")).containsPattern("created by gcrsync \\S+ \\(commit \\S+, Java [^)]+\\)");
    }

    @Test
    void showsEverythingExceptSearchWithoutScripts(@TempDir Path elsewhere) throws IOException {
        try (Browser other = Browser.withoutScripts(elsewhere)) {
            other.open(page, 390, "light");

            assertThat(other.isShown(".repositories input")).isFalse();
            assertThat(other.text("main"))
                    .contains("1 failed", "61\ncopied", "refused:v1", "What to do:", "Transfers over time", LONG_NAME)
                    .contains("app-0", "app-29", "metadata repository", "exit code 1", "excluded: tag contains alpha");
        }
    }

    @Test
    void escapesRegistryTextAndLoadsNothing() throws IOException {
        assertThat(browser.text(".failure")).contains("<b>bold</b>");
        assertThat(browser.run("return document.querySelectorAll('main b:not(.tile b), main img, main script').length"))
                .isEqualTo(0L);
        assertThat(browser.run("return document.title")).asString().startsWith("gcrsync: ");
        assertThat(browser.run("return performance.getEntriesByType('resource').length"))
                .isEqualTo(0L);
    }

    private static List<String> shownRows() throws IOException {
        return strings("return [...document.querySelectorAll('.repositories tbody tr')]"
                + ".filter(row => row.offsetParent).map(row => row.querySelector('.plain, summary').innerText)");
    }

    private static List<String> strings(String script) throws IOException {
        return ((List<?>) Objects.requireNonNull(browser.run(script)))
                .stream().map(String::valueOf).toList();
    }
}
