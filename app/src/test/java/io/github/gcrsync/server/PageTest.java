package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the server, in a browser with and without scripts. */
final class PageTest {
    private static final String HOSTILE =
            "<script>document.title='owned'</script><img src=x onerror=document.title='owned'>";
    private static final List<String> PAGES = List.of("/", "/runs", "/catalog", "/mirrors/team/base", "/?q=nothing");

    @TempDir
    private Path folder;

    private ServerStage stage;
    private SampleImage refused;

    @BeforeEach
    void prepare() {
        stage = new ServerStage(folder);
        stage.stage().offer("web/frontend:1.0", 1);
        refused = stage.stage().offer("web/backend:1.0", 2);
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/web/backend/manifests/" + refused.digest())
                        .status(403, Json.text(Map.of("errors", List.of(Map.of("code", "DENIED", "message", HOSTILE)))))
                        .always());
        stage.mirrors("{name: other, schedule: 30 2 * * *}", "{name: team/base}");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Browser browser(boolean scripts) throws IOException {
        Path profile = Files.createDirectories(folder.resolve("browser"));
        return scripts ? Browser.start(profile) : Browser.withoutScripts(profile);
    }

    private static boolean shows(Browser browser, String words) {
        try {
            return browser.text("main").contains(words);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void showsRunAsItHappens() throws Exception {
        RunningServer server = stage.start();
        try (Browser browser = browser(true)) {
            browser.open(server.url() + "/", 1280, "light");
            browser.type("input[type=search]", "base\uE007");
            Waiting.until("the mirror", () -> shows(browser, "team/base") && !shows(browser, "other"));
            browser.click("[aria-label='Run team/base']");

            Waiting.until("the end of the run", () -> shows(browser, "incomplete"));
            assertThat(browser.text("main"))
                    .contains("web/backend:1.0", "What to do: log in to the source as a user that may pull")
                    .contains("<script>document.title='owned'</script>");
            assertThat(browser.run("return document.title")).isEqualTo("Run of team/base - gcrsync");

            Waiting.until("the catalog", () -> service(server, "/catalog").contains("web/frontend"));
            browser.open(server.url() + "/catalog", 1280, "light");
            browser.type("input[type=search]", "front\uE007");
            Waiting.until("the image", () -> shows(browser, "1 image"));
            String digest = stage.stage().destination().manifestDigest("team/base/web/frontend", "1.0");
            assertThat(browser.text(".command code"))
                    .isEqualTo(
                            "docker pull " + stage.stage().destination().host() + "/team/base/web/frontend@" + digest);
            browser.click("button.copy");
            Waiting.until("the copy", () -> shows(browser, "Copied"));
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
        RunningServer server = stage.start();
        stage.send(server, "POST", "/api/v1/mirrors/team/base/run");
        stage.awaitRuns(server, "team/base", 1);
        Waiting.until("the catalog", () -> service(server, "/catalog").contains("web/frontend"));
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
