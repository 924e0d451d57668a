package io.github.gcrsync.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.testkit.Daemon;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A headless Chromium with one page, spoken to by WebDriver (W3C) and, for what that lacks, the DevTools protocol. */
public final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** What every element of a WebDriver answer is called. */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Daemon driver;
    private final String session;

    private Browser(Daemon driver, Map<String, Object> preferences, Path profile) throws IOException {
        this.driver = driver;
        List<String> flags = List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile);
        Map<String, Object> options = Map.of("args", flags, "prefs", preferences);
        Map<?, ?> opened = (Map<?, ?>) answer(
                "POST",
                "/session",
                Map.of("capabilities", Map.of("alwaysMatch", Map.of("goog:chromeOptions", options))));
        this.session = "/session/" + Objects.requireNonNull(opened).get("sessionId");
    }

    /** @param folder an empty one for all that the browser writes */
    public static Browser start(Path folder) throws IOException {
        return start(folder, Map.of());
    }

    /** One that runs no page's scripts. */
    public static Browser withoutScripts(Path folder) throws IOException {
        return start(folder, Map.of("profile.managed_default_content_settings.javascript", 2));
    }

    private static Browser start(Path folder, Map<String, Object> preferences) throws IOException {
        String program = Program.require("chromedriver").name();
        Daemon driver = Daemon.start(folder, port -> List.of(program, "--port=" + port));
        try {
            return new Browser(driver, preferences, folder.resolve("profile"));
        } catch (IOException | RuntimeException e) {
            driver.close();
            throw e;
        }
    }

    /** Shows the page as it is on a screen of this width. */
    public void open(Path page, int width, String scheme) throws IOException {
        open(page.toUri().toString(), width, scheme);
    }

    /** Shows a page of a server. */
    public void open(String url, int width, String scheme) throws IOException {
        devTools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        devTools(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        answer("POST", session + "/url", Map.of("url", url));
    }

    /** The upper left part of the page, as a PNG file. */
    public byte[] picture(int width, int height) throws IOException {
        Map<?, ?> shot = (Map<?, ?>) devTools(
                "Page.captureScreenshot",
                Map.of("format", "png", "clip", Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        return Base64.getDecoder().decode((String)
                Objects.requireNonNull(Objects.requireNonNull(shot).get("data")));
    }

    private @Nullable Object devTools(String command, Map<String, Object> parameters) throws IOException {
        return answer("POST", session + "/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
    }

    /** What the script, a function's body, gives back. */
    @Nullable
    public Object run(String script) throws IOException {
        return answer("POST", session + "/execute/sync", Map.of("script", script, "args", List.of()));
    }

    /** The text that a reader sees of the first such element. */
    public String text(String selector) throws IOException {
        return String.valueOf(answer("GET", element(selector) + "/text", Map.of()));
    }

    /** Whether the reader sees these words; false while the page changes. */
    public boolean shows(String selector, String words) {
        try {
            return text(selector).contains(words);
        } catch (IOException e) {
            return false;
        }
    }

    /** Presses keys where the focus is. */
    public void press(String keys) throws IOException {
        Map<?, ?> found = (Map<?, ?>) answer("GET", session + "/element/active", Map.of());
        String active = session + "/element/" + Objects.requireNonNull(found).get(ELEMENT);
        answer("POST", active + "/value", Map.of("text", keys));
    }

    /** Opens another tab and shows it. */
    public void openTab() throws IOException {
        Map<?, ?> tab = (Map<?, ?>) answer("POST", session + "/window/new", Map.of("type", "tab"));
        Object handle = Objects.requireNonNull(Objects.requireNonNull(tab).get("handle"));
        answer("POST", session + "/window", Map.of("handle", handle));
    }

    /** Shows a tab, the first of which has number 0. */
    public void showTab(int number) throws IOException {
        List<?> tabs = (List<?>) Objects.requireNonNull(answer("GET", session + "/window/handles", Map.of()));
        answer("POST", session + "/window", Map.of("handle", Objects.requireNonNull(tabs.get(number))));
    }

    public boolean isShown(String selector) throws IOException {
        return Boolean.TRUE.equals(answer("GET", element(selector) + "/displayed", Map.of()));
    }

    public void type(String selector, String text) throws IOException {
        answer("POST", element(selector) + "/value", Map.of("text", text));
    }

    public void click(String selector) throws IOException {
        answer("POST", element(selector) + "/click", Map.of());
    }

    /** Selects all and deletes it, as a person does. */
    void clear(String selector) throws IOException {
        String control = "\uE009";
        String release = "\uE000";
        String delete = "\uE017";
        type(selector, control + "a" + release + delete);
    }

    private String element(String selector) throws IOException {
        Map<?, ?> found =
                (Map<?, ?>) answer("POST", session + "/element", Map.of("using", "css selector", "value", selector));
        return session + "/element/" + Objects.requireNonNull(found).get(ELEMENT);
    }

    private @Nullable Object answer(String method, String path, Map<String, Object> body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + driver.host() + path))
                .timeout(PATIENCE);
        request = method.equals("POST")
                ? request.POST(HttpRequest.BodyPublishers.ofString(Json.text(body)))
                : request.method(method, HttpRequest.BodyPublishers.noBody());
        try {
            var response = client.send(request.build(), BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException(method + " " + path + ": " + new String(response.body(), UTF_8));
            }
            return Objects.requireNonNull((Map<?, ?>) Json.tree(response.body()))
                    .get("value");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            answer("DELETE", session, Map.of());
        } finally {
            client.close();
            driver.close();
        }
    }
}
