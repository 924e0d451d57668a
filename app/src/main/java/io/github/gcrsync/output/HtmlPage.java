package io.github.gcrsync.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Writes the report of a sync as one self-contained page; with an overview if it has several mirrors. */
final class HtmlPage {
    private HtmlPage() {}

    static String of(BatchRecord batch) {
        Html page = new Html();
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                // Protects against injected content: the page loads nothing and sends nothing.
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                        + " style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>gcrsync: ")
                .text(title(batch))
                .raw("</title>\n<style>\n" + resource("report.css") + "</style>\n</head>\n<body>\n<main>\n");
        if (!batch.isSingle()) {
            overview(batch, page);
        }
        for (int i = 0; i < batch.results().size(); i++) {
            if (batch.results().get(i) instanceof RunRecord run) {
                page.raw("<section id=\"mirror-" + i + "\">\n");
                new HtmlReport(run, page).write();
                page.raw("</section>\n");
            }
        }
        page.raw("</main>\n<script>\n" + resource("report.js") + "</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private static String title(BatchRecord batch) {
        return batch.results().stream().map(BatchRecord.Result::label).collect(Collectors.joining(", "));
    }

    private static void overview(BatchRecord batch, Html page) {
        page.raw(
                "<h1>Mirrors</h1>\n<div class=\"card\"><table class=\"overview\"><thead><tr><th>Mirror</th><th>Result</th>"
                        + "<th class=\"n\">copied</th><th class=\"n\">up to date</th><th class=\"n\">failed</th></tr></thead><tbody>\n");
        for (int i = 0; i < batch.results().size(); i++) {
            page.raw("<tr><td>");
            switch (batch.results().get(i)) {
                case RunRecord run -> {
                    page.raw("<a href=\"#mirror-" + i + "\">").text(run.label()).raw("</a></td>");
                    page.element("td", HtmlReport.isGood(run) ? "good" : "bad", HtmlReport.verdict(run))
                            .element("td", "n", run.report().copied().size() + "")
                            .element("td", "n", run.report().plan().upToDate() + "")
                            .element("td", "n", run.report().failed().size() + "");
                }
                case BatchRecord.NotStarted notStarted ->
                    page.text(notStarted.label())
                            .raw("</td>")
                            .element("td", "bad", "could not start: " + notStarted.reason())
                            .raw("<td></td><td></td><td></td>");
            }
            page.raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n");
    }

    static String resource(String name) {
        try (InputStream in = HtmlPage.class.getResourceAsStream("/io/github/gcrsync/output/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
