package io.github.gcrsync.output;

import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.run.Moved;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.text.Sizes;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * Writes the report of one run as a part of a page: totals, failures, timeline, repositories. Scripts only add search.
 */
final class HtmlReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final RunRecord run;
    private final RunReport report;
    private final Html page;

    HtmlReport(RunRecord run, Html page) {
        this.run = run;
        this.report = run.report();
        this.page = page;
    }

    void write() {
        head();
        tiles();
        failures();
        new HtmlTimeline(run.spans()).to(page);
        repositories();
        details();
    }

    private void head() {
        boolean good = isGood(run);
        String verdict = verdict(run);
        page.element("div", "verdict " + (good ? "good" : "bad"), verdict)
                .raw("\n<h1>")
                .text(run.title())
                .raw(" → ")
                .text(run.destination())
                .raw("</h1>\n")
                .element("div", "soft", "started " + TIME.format(run.started()))
                .raw("\n");
        run.share()
                .ifPresent(share -> page.element("div", "soft", share.words()).raw("\n"));
        report.abandoned().ifPresent(reason -> note("gave up", reason));
        report.unrecorded().ifPresent(reason -> note("not recorded", reason));
    }

    static boolean isGood(RunRecord run) {
        RunReport report = run.report();
        return report.failures().isEmpty()
                && report.quarantined().isEmpty()
                && report.referrers().incomplete().isEmpty()
                && report.abandoned().isEmpty()
                && report.unrecorded().isEmpty();
    }

    static String verdict(RunRecord run) {
        int failed = run.report().failed().size();
        int held = run.report().held().size();
        String bad = (failed > 0 ? failed + " failed" : "")
                + (failed > 0 && held > 0 ? ", " : "")
                + (held > 0 ? held + " held" : "");
        return isGood(run) ? "all done" : bad.isEmpty() ? "needs attention" : bad;
    }

    private void note(String what, String reason) {
        page.raw("<div class=\"failure\">")
                .element("div", "what", what)
                .element("p", "", reason)
                .raw("</div>\n");
    }

    private void tiles() {
        Moved moved = report.moved();
        page.raw("<div class=\"tiles\">\n");
        tile(report.copied().size() + "", "copied");
        tile(report.plan().upToDate() + "", "up to date");
        optional(report.referrers().signatures(), "signatures");
        optional(report.referrers().others(), "attestations, SBOMs and others");
        optional(report.referrers().added().size(), "with later signatures");
        optional(report.referrers().incomplete().size(), "without all referrers");
        optional(report.plan().kept(), "moved, kept as mirrored");
        optional(report.plan().toAdopt().size(), "already there, recorded");
        optional(report.plan().excluded().count(), "excluded");
        optional(report.plan().tooYoung().size(), "held back, too young");
        optional(report.gone().size(), "gone at the source");
        optional(report.skipped().size(), "for other platforms");
        optional(report.lost().size(), "gone at both sides");
        optional(report.plan().marks().gone(), "recorded, gone at the source");
        optional(report.plan().marks().unselected(), "recorded, no longer selected");
        optional(report.plan().waiting().size(), "waiting for the next run");
        optional(report.unfinished(), "not finished");
        optional(report.postponed(), "over the source's quota");
        optional(report.quarantined().size(), "in quarantine");
        if (!report.held().isEmpty()) {
            tile(report.held().size() + "", "held", " bad");
        }
        tile(report.failed().size() + "", "failed", report.failed().isEmpty() ? "" : " bad");
        tile(Sizes.bytes(moved.bytes()), run.destinationName().isPresent() ? "sent" : "pulled");
        tile(Sizes.bytes(moved.saved()), "saved");
        tile(moved.mounted() + "", "blobs mounted");
        tile(run.requests().total() + "", "requests");
        tile(Sizes.duration(run.took()), "duration");
        page.raw("</div>\n");
    }

    private void optional(int images, String name) {
        if (images > 0) {
            tile(images + "", name);
        }
    }

    private void tile(String value, String name) {
        tile(value, name, "");
    }

    private void tile(String value, String name, String more) {
        page.raw("<div class=\"tile" + more + "\">")
                .element("b", "", value)
                .element("span", "", name)
                .raw("</div>\n");
    }

    private void failures() {
        if (report.failures().isEmpty()) {
            return;
        }
        page.raw("<h2>Failures</h2>\n");
        for (Failure failure : report.failures()) {
            page.raw("<div class=\"failure\"><div class=\"what\">")
                    .text(failure.what())
                    .element("span", "side", Advice.side(failure))
                    .raw("</div>")
                    .element("p", "", String.valueOf(failure.reason().getMessage()))
                    .element("p", "next", "What to do: " + Advice.on(failure))
                    .raw("</div>\n");
        }
    }

    /** The changes in one repository. */
    private static final class Row {
        private final List<CopyTask> copied = new ArrayList<>();
        private final List<Failure> failed = new ArrayList<>();
        private int adopted;
        private int gone;

        private int count(boolean held) {
            return (int)
                    failed.stream().filter(failure -> failure.isHeld() == held).count();
        }
    }

    private record Column(String name, ToIntFunction<Row> count) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("copied", row -> row.copied.size()),
            new Column("already there", row -> row.adopted),
            new Column("gone", row -> row.gone),
            new Column("held", row -> row.count(true)),
            new Column("failed", row -> row.count(false)));

    private void repositories() {
        Map<String, Row> rows = rows();
        List<Column> columns = columns(rows.values());
        page.raw("<h2>Repositories with changes</h2>\n<div class=\"card repositories\">\n")
                .raw("<input type=\"search\" placeholder=\"Search repositories, tags, digests\""
                        + " aria-label=\"Search\" hidden>\n<table><thead><tr><th>Repository</th>");
        columns.forEach(column -> page.element("th", "n", column.name()));
        page.raw("</tr></thead><tbody>\n");
        rows.forEach((name, row) -> repository(name, row, columns));
        page.raw("</tbody></table>\n<p class=\"none soft\"" + (rows.isEmpty() ? "" : " hidden") + ">"
                + (rows.isEmpty() ? "Nothing changed." : "Nothing matches.") + "</p>\n</div>\n");
    }

    private Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        report.copied().forEach(task -> row(rows, task).copied.add(task));
        report.plan().toAdopt().forEach(task -> row(rows, task).adopted++);
        report.gone().forEach(image -> rows.computeIfAbsent(repository(image), _ -> new Row()).gone++);
        report.failures().forEach(failure -> {
            rows.computeIfAbsent(repository(failure.what()), _ -> new Row())
                    .failed
                    .add(failure);
        });
        return rows;
    }

    /** Returns NAME of NAME, NAME:TAG and NAME@DIGEST. */
    private static String repository(String image) {
        return image.split("[:@]", 2)[0];
    }

    /** Omits empty columns: on a phone the names need the space. */
    private static List<Column> columns(Collection<Row> rows) {
        return COLUMNS.stream()
                .filter(column -> rows.stream().anyMatch(row -> column.count().applyAsInt(row) > 0))
                .toList();
    }

    private static Row row(Map<String, Row> rows, CopyTask task) {
        return rows.computeIfAbsent(task.name().toString(), _ -> new Row());
    }

    private void repository(String name, Row row, List<Column> columns) {
        page.raw("<tr><td>");
        if (row.copied.isEmpty() && row.failed.isEmpty()) {
            page.element("div", "plain", name);
        } else {
            page.raw("<details>").element("summary", "", name).raw("<ul>");
            row.failed.forEach(this::failed);
            row.copied.forEach(task -> page.raw("<li>")
                    .text(task.tag() + " (" + task.reason() + ") ")
                    .element("code", "", task.digest().toString())
                    .raw("</li>"));
            page.raw("</ul></details>");
        }
        page.raw("</td>");
        for (Column column : columns) {
            int count = column.count().applyAsInt(row);
            boolean bad = count > 0 && List.of("failed", "held").contains(column.name());
            page.element("td", bad ? "n bad" : "n", count == 0 ? "·" : count + "");
        }
        page.raw("</tr>\n");
    }

    private void failed(Failure failure) {
        String name = repository(failure.what());
        String tag = name.equals(failure.what()) ? "its tags" : failure.what().substring(name.length() + 1);
        page.raw("<li class=\"bad\">")
                .text(tag + (failure.isHeld() ? " (held, " : " (failed, ") + Advice.side(failure) + ") ")
                .element("span", "soft", String.valueOf(failure.reason().getMessage()))
                .raw("</li>");
    }

    private void details() {
        Moved moved = report.moved();
        page.raw("<h2>Details</h2>\n<div class=\"card\"><table><tbody>\n");
        run.requests()
                .byHost()
                .forEach((host, count) ->
                        detail("requests to " + host + " (" + run.requests().role(host) + ")", count + ""));
        detail("blobs uploaded", moved.uploaded() + "");
        detail("blobs mounted instead of uploaded", moved.mounted() + ", " + Sizes.bytes(moved.mountedBytes()));
        detail(
                "blobs already at the destination",
                moved.alreadyThere() + ", " + Sizes.bytes(moved.alreadyThereBytes()));
        Excluded excluded = report.plan().excluded();
        excluded.rules()
                .forEach(
                        rule -> detail("excluded: " + rule, excluded.count(rule) + ": " + Examples.of(excluded, rule)));
        report.gone().forEach(image -> detail("gone at the source", image));
        report.skipped().forEach(image -> detail("for other platforms", image));
        report.referrers().added().forEach(task -> detail("later signatures or SBOMs", task.image()));
        report.referrers()
                .incomplete()
                .forEach(image -> image.referrers()
                        .failures()
                        .forEach(failure -> detail(image.image() + ", " + image.words(), failure.message())));
        report.lost().forEach(image -> detail("lost", image.image()));
        report.quarantined()
                .forEach(suspect -> detail(
                        "in quarantine: " + suspect.image(),
                        suspect.reason() + "; failed in " + suspect.runs() + " runs in a row"));
        detail("metadata repository", run.metadata());
        report.published().flatMap(published -> published.commit()).ifPresent(commit -> detail("commit", commit));
        detail("exit code", run.exitCode() + "");
        detail("created by", run.program());
        page.raw("</tbody></table></div>\n");
    }

    private void detail(String name, String value) {
        page.raw("<tr>").element("td", "soft", name).element("td", "", value).raw("</tr>\n");
    }
}
