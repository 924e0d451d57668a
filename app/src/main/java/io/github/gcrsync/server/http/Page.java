package io.github.gcrsync.server.http;

import io.github.gcrsync.output.Html;
import io.github.gcrsync.server.MirrorStatus;
import io.github.gcrsync.server.Progress;
import io.github.gcrsync.server.Run;
import io.github.gcrsync.text.Sizes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A page with the frame that all share, and the parts that several use. */
final class Page {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Map<String, String> LINKS = new LinkedHashMap<>();

    static {
        LINKS.put("/", "Mirrors");
        LINKS.put("/runs", "Runs");
        LINKS.put("/catalog", "Catalog");
    }

    private final Html html = new Html();

    Page(String title, String current) {
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .text(title + " - gcrsync")
                .raw("</title>\n<link rel=\"stylesheet\" href=\"/server.css\">\n")
                .raw(
                        "<link rel=\"icon\" href=\"data:,\">\n<script src=\"/server.js\" defer></script>\n</head>\n<body>\n")
                .raw(
                        "<a class=\"skip\" href=\"#main\">Skip to content</a>\n<header><nav aria-label=\"Pages\"><b>gcrsync</b>");
        LINKS.forEach((path, name) -> html.raw(
                        " <a href=\"" + path + "\"" + (path.equals(current) ? " aria-current=\"page\"" : "") + ">")
                .text(name)
                .raw("</a>"));
        html.raw("</nav></header>\n<main id=\"main\" tabindex=\"-1\">\n<h1>")
                .text(title)
                .raw("</h1>\n");
    }

    Html html() {
        return html;
    }

    /** Whether the text contains all words. */
    static boolean holds(String text, String words) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String word : words.toLowerCase(Locale.ROOT).split("\\s+")) {
            if (!lower.contains(word)) {
                return false;
            }
        }
        return true;
    }

    static String words(Instant at) {
        return TIME.format(at);
    }

    /** Separates the words of a name such as {@code upToDate}. */
    static String spaced(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    /** A link to the page of a mirror, whose name needs no encoding. */
    void mirrorLink(String name) {
        html.raw("<a href=\"/mirrors/").text(name).raw("\">").text(name).raw("</a>");
    }

    void time(Instant at) {
        html.raw("<time datetime=\"" + at + "\">").text(words(at)).raw("</time>");
    }

    void tile(String value, String name) {
        tile(value, name, false);
    }

    void tile(String value, String name, boolean bad) {
        html.raw("<div class=\"tile" + (bad ? " bad" : "") + "\">")
                .element("b", "", value)
                .element("span", "", name)
                .raw("</div>\n");
    }

    void detail(String name, String value) {
        html.raw("<tr>").element("th", "soft", name).element("td", "", value).raw("</tr>\n");
    }

    /** A number in a table, which a phone shows with the name of its column. */
    void number(String column, String value, boolean bad) {
        html.raw("<td class=\"" + (bad ? "n bad" : "n") + "\" data-column=\"" + column + "\">")
                .text(value)
                .raw("</td>");
    }

    void search(String path, String label, String words) {
        search(path, label, words, Map.of());
    }

    /** @param others parameters that stay */
    void search(String path, String label, String words, Map<String, String> others) {
        html.raw("<form role=\"search\" action=\"" + path + "\"><input type=\"search\" name=\"q\" aria-label=\"")
                .text(label)
                .raw("\" placeholder=\"")
                .text(label)
                .raw("\" value=\"")
                .text(words)
                .raw("\">");
        others.forEach((name, value) -> {
            if (!value.isEmpty()) {
                html.raw("<input type=\"hidden\" name=\"" + name + "\" value=\"")
                        .text(value)
                        .raw("\">");
            }
        });
        html.raw("<button>Search</button></form>\n");
    }

    /** A button that runs the mirror, or stops its run. */
    void action(MirrorStatus mirror) {
        boolean runs = mirror.current().isPresent();
        form(mirror.name(), runs ? "stop" : "run", runs ? "Stop" : "Run");
    }

    void form(String mirror, String action, String label) {
        html.raw("<form method=\"post\" class=\"action\" action=\"/mirrors/")
                .text(mirror)
                .raw("/" + action + "\"><button aria-label=\"")
                .text(label + " " + mirror)
                .raw("\">" + label + "</button></form>");
    }

    /** A link to a run, with its result. */
    void result(Run run) {
        html.raw("<a class=\"" + (isGood(run) ? "good" : "bad") + "\" href=\"/runs/")
                .text(run.id())
                .raw("\">")
                .text(run.state().word())
                .raw("</a> ")
                .raw("<div class=\"soft\">");
        time(run.ended().orElse(run.started()));
        html.raw("</div>");
    }

    private static boolean isGood(Run run) {
        return !run.hasEnded() || run.state() == Run.State.DONE;
    }

    void runs(List<Run> runs) {
        if (runs.isEmpty()) {
            html.raw("<p class=\"soft\">No runs yet.</p>\n");
            return;
        }
        html.raw(
                "<div class=\"card wide\"><table><thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Mirror</th>"
                        + "<th scope=\"col\">Result</th><th scope=\"col\" class=\"n\">Copied</th>"
                        + "<th scope=\"col\" class=\"n\">Failed</th><th scope=\"col\" class=\"n\">Took</th></tr></thead><tbody>\n");
        for (Run run : runs) {
            html.raw("<tr><td><a href=\"/runs/").text(run.id()).raw("\">");
            time(run.started());
            html.raw("</a></td><td>");
            mirrorLink(run.mirror());
            html.raw("</td>")
                    .element("td", isGood(run) ? "" : "bad", run.state().word());
            number("copied", run.count("copied") + "", false);
            number("failed", run.count("failed", "held") + "", run.count("failed", "held") > 0);
            number(
                    "took",
                    run.ended()
                            .map(end -> Sizes.duration(Duration.between(run.started(), end)))
                            .orElse(""),
                    false);
            html.raw("</tr>\n");
        }
        html.raw("</tbody></table></div>\n");
    }

    void progress(Progress progress, Map<String, Long> images) {
        long done = images.values().stream().mapToLong(Long::longValue).sum();
        long all = Math.max(progress.toCopy(), done);
        html.raw("<p><progress aria-label=\"Images\" max=\"" + Math.max(1, all) + "\" value=\"" + done
                        + "\"></progress> ")
                .text(done + " of " + Sizes.count(all, "image"))
                .raw("</p>\n");
    }

    void failures(List<Progress.Failure> failures) {
        if (!failures.isEmpty()) {
            html.raw("<h2>Failures</h2>\n");
        }
        for (Progress.Failure failure : failures) {
            html.raw("<div class=\"failure\"><div class=\"what\">")
                    .text(failure.image())
                    .raw(" ")
                    .element("span", "side", failure.side())
                    .raw("</div>")
                    .element("p", "", failure.message())
                    .element("p", "next", "What to do: " + failure.advice())
                    .raw("</div>\n");
        }
    }

    @Override
    public String toString() {
        return html + "</main>\n</body>\n</html>\n";
    }
}
