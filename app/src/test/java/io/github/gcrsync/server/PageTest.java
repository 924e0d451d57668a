package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.output.Browser;
import io.github.gcrsync.output.Readability;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the server, in a browser with and without scripts. */
final class PageTest {
    private static final String TAB = "\uE004";
    private static final String ENTER = "\uE007";
    private static final String HOSTILE =
            "<script>document.title='owned'</script><img src=x onerror=document.title='owned'>";
    private static final List<String> PAGES = List.of("/", "/runs", "/catalog", "/mirrors/team/base", "/?q=nothing");

    @TempDir
    private Path folder;

    private final CountDownLatch open = new CountDownLatch(1);
    private ServerStage stage;

    @BeforeEach
    void prepare() {
        stage = new ServerStage(folder);
        stage.stage().offer("web/frontend:1.0", 1);
        SampleImage refused = stage.stage().offer("web/backend:1.0", 2);
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/web/backend/manifests/" + refused.digest())
                        .status(403, Json.text(Map.of("errors", List.of(Map.of("code", "DENIED", "message", HOSTILE)))))
                        .always());
        SampleImage held = stage.stage().offer("web/worker:1.0", 3);
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/web/worker/manifests/" + held.digest())
                        .delayUntil(open)
                        .always());
        stage.mirrors("{name: other, schedule: 30 2 * * *}", "{name: team/base}");
    }

    @AfterEach
    void close() {
        open.countDown();
        stage.close();
    }

    private Browser browser(boolean scripts) throws IOException {
        Path profile = Files.createDirectories(folder.resolve("browser"));
        return scripts ? Browser.start(profile) : Browser.withoutScripts(profile);
    }

    @Test
    void showsRunAsItHappens() throws Exception {
        RunningServer server = stage.start();
        try (Browser browser = browser(true)) {
            browser.open(server.url() + "/", 1280, "light");
            browser.type("input[type=search]", "base" + ENTER);
            Waiting.until("the mirror", () -> browser.shows("main", "team/base") && !browser.shows("main", "other"));
            browser.click("[aria-label='Run team/base']");

            Waiting.until("progress", () -> browser.shows("main", "2 of 3 images"));
            assertThat(browser.text("main"))
                    .contains("running", "1\ncopied", "1\nfailed")
                    .containsPattern("[1-9][0-9.]* (bytes|KiB)\npulled")
                    .contains("web/backend:1.0", "What to do: log in to the source as a user that may pull")
                    .contains("<script>document.title='owned'</script>");
            assertThat(browser.run("return document.title")).isEqualTo("Run of team/base - gcrsync");
            open.countDown();
            Waiting.until("the end of the run", () -> browser.shows("main", "incomplete"));

            Waiting.until("the catalog", () -> service(server, "/catalog").contains("web/frontend"));
            browser.open(server.url() + "/catalog", 1280, "light");
            browser.type("input[type=search]", "front" + ENTER);
            Waiting.until("the image", () -> browser.shows("main", "1 image"));
            String digest = stage.stage().destination().manifestDigest("team/base/web/frontend", "1.0");
            assertThat(browser.text(".command code"))
                    .isEqualTo(
                            "docker pull " + stage.stage().destination().host() + "/team/base/web/frontend@" + digest);
            browser.click("button.copy");
            Waiting.until("the copy", () -> browser.shows("main", "Copied"));
        }
    }

    private String service(RunningServer server, String path) {
        try {
            return stage.send(server, "GET", path).body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void isCompleteWithoutScripts() throws Exception {
        open.countDown();
        RunningServer server = stage.start();
        try (Browser browser = browser(false)) {
            browser.open(server.url() + "/", 1280, "light");
            browser.click("[aria-label='Run team/base']");
            stage.awaitRuns(server, "team/base", 1);
            browser.open(server.url() + "/runs", 1280, "light");
            browser.click("tbody a");

            assertThat(browser.text("main")).contains("incomplete", "web/backend:1.0", "What to do:");
            Waiting.until("the catalog", () -> service(server, "/catalog").contains("web/frontend"));
            browser.open(server.url() + "/catalog?q=front", 1280, "light");
            assertThat(browser.text("main")).contains("1 image", "docker pull ");
            assertThat(browser.isShown("button.copy")).isFalse();
        }
    }

    @Test
    void fitsScreensAndHasLandmarks() throws Exception {
        open.countDown();
        RunningServer server = stage.start();
        stage.send(server, "POST", "/api/v1/mirrors/team/base/run");
        stage.awaitRuns(server, "team/base", 1);
        Waiting.until("the catalog", () -> service(server, "/catalog").contains("web/frontend"));
        stage.stage().destination().delete("team/base/web/frontend", "1.0");
        assertThat(new Workplace(folder)
                        .run("verify", "team/base", "--config=" + stage.file())
                        .exitCode())
                .isEqualTo(4);
        String run = (String) Objects.requireNonNull(((Map<?, ?>)
                        Objects.requireNonNull(stage.mirror(server, "team/base").get("lastRun")))
                .get("run"));
        try (Browser browser = browser(true)) {
            for (int width : List.of(390, 1280)) {
                for (String scheme : List.of("light", "dark")) {
                    for (String page : PAGES) {
                        browser.open(server.url() + page, width, scheme);
                        Readability.check(browser, width, scheme);
                    }
                    browser.open(server.url() + "/runs/" + run, width, scheme);
                    Readability.check(browser, width, scheme);
                }
            }
            for (String page : List.of("/", "/mirrors/team/base")) {
                browser.open(server.url() + page, 390, "light");
                assertThat(browser.text("main")).containsPattern("verified (.|\n)*: 1 image drifts");
            }
            browser.open(server.url() + "/", 390, "light");
            assertThat(browser.run("return ['last run', 'next run'].map(column => getComputedStyle("
                            + "document.querySelector(`td[data-column='${column}']`), '::before').content)"))
                    .isEqualTo(List.of("\"last run \"", "\"next run \""));
            browser.open(server.url() + "/", 1280, "light");
            assertThat(
                            browser.run(
                                    "return [...document.querySelectorAll('tbody button, .state')]"
                                            + ".filter(e => e.getClientRects().length > 1 || e.offsetHeight > 40).map(e => e.outerHTML)"))
                    .as("words that are broken")
                    .isEqualTo(List.of());
            for (String page : PAGES) {
                browser.open(server.url() + page, 1280, "light");
                assertThat(browser.run("return ['header nav[aria-label]', 'main#main', 'main h1', 'html[lang]']"
                                + ".filter(each => document.querySelectorAll(each).length !== 1)"))
                        .as(page)
                        .isEqualTo(List.of());
                assertThat(browser.run("return [...document.querySelectorAll('input:not([type=hidden]), button, a')]"
                                + ".filter(e => !(e.textContent.trim() || e.ariaLabel)).map(e => e.outerHTML)"))
                        .as(page)
                        .isEqualTo(List.of());
            }
        }
    }

    @Test
    void followsRunByKeyboard() throws Exception {
        RunningServer server = stage.start();
        try (Browser browser = browser(true)) {
            browser.open(server.url() + "/", 1280, "light");
            tabTo(browser, "A", "team/base");
            browser.press(ENTER);
            Waiting.until("the mirror", () -> browser.shows("h1", "team/base"));
            tabTo(browser, "BUTTON", "Run team/base");
            browser.press(ENTER);
            Waiting.until("the run", () -> browser.shows("main", "2 of 3 images"));
            tabTo(browser, "BUTTON", "Stop team/base");
            browser.run("document.querySelector('main').firstElementChild.isOld = true;"
                    + " document.querySelector('.tiles').isOld = true");
            stage.send(server, "POST", "/api/v1/mirrors/other/run");
            open.countDown();

            Waiting.until("the end", () -> browser.shows("main", "incomplete"));
            assertThat(browser.run("return document.querySelector('main').firstElementChild.isOld"))
                    .as("an equal part stays")
                    .isEqualTo(true);
            assertThat(browser.run("return document.querySelector('.tiles').isOld"))
                    .isNull();
            assertThat(browser.run("return document.activeElement.tagName"))
                    .as("the focus of a button that has gone")
                    .isEqualTo("MAIN");
        }
    }

    private static void tabTo(Browser browser, String tag, String label) throws IOException {
        for (int i = 0; i < 20; i++) {
            browser.press(TAB);
            Object at = browser.run(
                    "const e = document.activeElement; return e.tagName + ' ' + (e.ariaLabel || e.textContent)");
            if ((tag + " " + label).equals(at)) {
                return;
            }
        }
        throw new AssertionError("there is no way by keyboard to " + label);
    }

    @Test
    void keepsFocusAndTextWhenRunsChange() throws Exception {
        RunningServer server = stage.start();
        try (Browser browser = browser(true)) {
            browser.open(server.url() + "/", 1280, "light");
            stage.write("mirrors: [{name: other}]\n");
            Waiting.until("the invalid file", () -> browser.shows("main", "configuration is invalid"));
            browser.run("document.querySelector('[role=alert]').isOld = true;"
                    + " document.querySelector('[aria-label=\"Run other\"]').focus()");
            stage.send(server, "POST", "/api/v1/mirrors/team/base/run");
            Waiting.until("the run", () -> browser.shows("main", "running"));

            assertThat(browser.run("return document.activeElement.ariaLabel")).isEqualTo("Run other");
            assertThat(browser.run("return document.querySelector('[role=alert]').isOld"))
                    .as("the alert is not announced again")
                    .isEqualTo(true);
            browser.type("input[type=search]", "tea");
            open.countDown();
            Waiting.until("the end", () -> browser.shows("main", "incomplete"));
            browser.press("m");
            assertThat(browser.run("return document.querySelector('input[type=search]').value"))
                    .isEqualTo("team");
        }
    }

    @Test
    void holdsNoConnectionOfHiddenPages() throws Exception {
        RunningServer server = stage.start();
        try (Browser browser = browser(true)) {
            for (int tab = 0; tab < 8; tab++) {
                if (tab > 0) {
                    browser.openTab();
                }
                browser.open(server.url() + "/", 1280, "light");
            }
            stage.send(server, "POST", "/api/v1/mirrors/other/run");
            open.countDown();
            stage.awaitRuns(server, "other", 1);

            browser.showTab(0);
            browser.run("window.dispatchEvent(new Event('focus'))");
            Waiting.until("the run in a tab that was hidden", () -> browser.shows("main", "incomplete"));
        }
    }

    @Test
    void showsMirrorsNamedLikeActions() throws Exception {
        stage.mirrors("{name: ci}", "{name: ci/run}");
        RunningServer server = stage.start();
        open.countDown();

        assertThat(stage.send(server, "GET", "/mirrors/ci/run").body()).contains("<h1>ci/run</h1>");
        assertThat(stage.send(server, "POST", "/mirrors/ci/run/run").statusCode())
                .isEqualTo(303);
        stage.awaitRuns(server, "ci/run", 1);
        assertThat(stage.send(server, "GET", "/mirrors/ci/stop").statusCode()).isEqualTo(404);
        assertThat(stage.send(server, "POST", "/mirrors/ci/run").statusCode()).isEqualTo(303);
        stage.awaitRuns(server, "ci", 1);
    }

    @Test
    void refusesFormsOfOtherSites() throws Exception {
        RunningServer server = stage.start();

        assertThat(stage.send(server, "POST", "/mirrors/other/run", "Origin", "https://evil.example.com")
                        .statusCode())
                .isEqualTo(403);
        assertThat(stage.send(server, "POST", "/mirrors/nothing/run").statusCode())
                .isEqualTo(404);
        assertThat(stage.send(server, "GET", "/runs/nothing").statusCode()).isEqualTo(404);
    }
}
