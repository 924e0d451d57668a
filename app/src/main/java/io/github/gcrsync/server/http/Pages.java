package io.github.gcrsync.server.http;

import io.github.gcrsync.output.Html;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.server.Catalog;
import io.github.gcrsync.server.CatalogImage;
import io.github.gcrsync.server.MirrorStatus;
import io.github.gcrsync.server.Run;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pages for people: complete without scripts, which only refresh them. */
final class Pages {
    private static final String MIRROR = "/mirrors/";
    private static final Pattern ACTION = Pattern.compile(MIRROR + "(?<name>.+)/(?<action>run|stop)");
    private static final int RECENT = 10;
    private static final int RUNS_OF_PAGE = 50;
    private static final int IMAGES_OF_PAGE = 100;

    private final Service service;
    private final Catalog catalog;

    Pages(Service service, Catalog catalog) {
        this.service = service;
        this.catalog = catalog;
    }

    /** Answers if the path is that of a page; returns whether it is. */
    boolean answers(Call call) throws IOException {
        String path = call.path();
        if (!call.isRead()) {
            Matcher action = ACTION.matcher(path);
            if (action.matches()) {
                act(call, action.group("name"), action.group("action").equals("run"));
            }
            return action.matches();
        }
        if (path.equals("/server.css")) {
            call.answer(200, "text/css", Reports.css() + Resources.text("server.css"));
        } else if (path.equals("/server.js")) {
            call.answer(200, "text/javascript", Resources.text("server.js"));
        } else if (path.equals("/")) {
            call.answer(200, "text/html", overview(call.parameter("q")));
        } else if (path.equals("/runs")) {
            call.answer(200, "text/html", runs(call.parameter("page")));
        } else if (path.equals("/catalog")) {
            call.answer(200, "text/html", catalog(call.parameter("mirror"), call.parameter("q")));
        } else if (path.startsWith("/runs/")) {
            return page(call, run(path.substring("/runs/".length())));
        } else if (path.startsWith(MIRROR)) {
            return page(call, mirror(path.substring(MIRROR.length())));
        } else {
            return false;
        }
        return true;
    }

    private static boolean page(Call call, Optional<String> page) throws IOException {
        if (page.isEmpty()) {
            return false;
        }
        call.answer(200, "text/html", page.get());
        return true;
    }

    /** A form of a page: afterwards, the browser shows what came of it. */
    private void act(Call call, String mirror, boolean begins) throws IOException {
        if (service.mirrors().stream().noneMatch(status -> status.name().equals(mirror))) {
            call.error(404, "there is no mirror '" + mirror + "'");
            return;
        }
        Optional<String> run = begins
                ? switch (service.run(mirror, Run.Trigger.REQUEST)) {
                    case Service.Answer.Queued(String id) -> Optional.of(id);
                    case Service.Answer.Busy(String id) -> Optional.of(id);
                    case Service.Answer.Unknown(), Service.Answer.Closing() -> Optional.<String>empty();
                }
                : service.stop(mirror);
        call.seeOther(run.map(id -> "/runs/" + id).orElse(MIRROR + mirror));
    }

    private String overview(String words) {
        Page page = new Page("Mirrors", "/");
        Html html = page.html();
        for (String error : service.errors()) {
            html.raw("<div class=\"failure\" role=\"alert\">")
                    .element("div", "what", "The changed configuration is invalid; the earlier one stays in use.")
                    .element("p", "", error)
                    .raw("</div>\n");
        }
        List<MirrorStatus> all = service.mirrors();
        long running =
                all.stream().filter(mirror -> mirror.current().isPresent()).count();
        long failing = all.stream().filter(mirror -> failed(mirror) > 0).count();
        html.raw("<div class=\"tiles\">");
        page.tile(all.size() + "", "mirrors");
        page.tile(running + "", "running");
        page.tile(failing + "", "with failures", failing > 0);
        service.quotas().forEach((host, left) -> page.tile(left + "", "pulls left at " + host));
        html.raw("</div>\n");
        page.search("/", "Search mirrors", words);
        html.raw(
                "<div class=\"card wide\"><table><thead><tr><th scope=\"col\">Mirror</th><th scope=\"col\">State</th>"
                        + "<th scope=\"col\">Last run</th><th scope=\"col\">Next run</th><th scope=\"col\" class=\"n\">Waiting</th>"
                        + "<th scope=\"col\" class=\"n\">Failed</th><th scope=\"col\"><span class=\"hidden\">Action</span></th></tr></thead><tbody>\n");
        all.stream()
                .filter(mirror ->
                        Page.holds(mirror.name() + " " + mirror.mirror().source(), words))
                .forEach(mirror -> row(page, mirror));
        html.raw("</tbody></table></div>\n<h2>Recent runs</h2>\n");
        page.runs(recent(all(), RECENT));
        return page.toString();
    }

    private static long failed(MirrorStatus mirror) {
        return mirror.last()
                .map(run -> run.state() == Run.State.FAILED ? 1 : run.count("failed", "quarantined"))
                .orElse(0L);
    }

    private void row(Page page, MirrorStatus mirror) {
        Html html = page.html();
        html.raw("<tr><td><a href=\"/mirrors/")
                .text(mirror.name())
                .raw("\">")
                .text(mirror.name())
                .raw("</a>");
        html.element("div", "soft", mirror.mirror().source());
        mirror.incompleteSince().ifPresent(at -> html.element("div", "bad", "images wait since " + Page.words(at)));
        html.raw("</td>");
        html.raw("<td>")
                .element("span", "state " + mirror.state(), mirror.state())
                .raw("</td><td data-column=\"last run\">");
        mirror.last().ifPresentOrElse(run -> page.result(run), () -> html.element("span", "soft", "never"));
        html.raw("</td><td data-column=\"next run\">");
        mirror.next().ifPresentOrElse(page::time, () -> html.element("span", "soft", "on request"));
        html.raw("</td>");
        page.number("waiting", mirror.last().map(Run::waiting).orElse(0L) + "", false);
        page.number("failed", failed(mirror) + "", failed(mirror) > 0);
        html.raw("<td>");
        page.action(mirror);
        html.raw("</td></tr>\n");
    }

    private List<Run> all() {
        List<Run> all = new ArrayList<>(service.active());
        all.addAll(service.history().runs());
        return all;
    }

    private static List<Run> recent(List<Run> runs, int most) {
        return runs.stream().limit(most).toList();
    }

    private String runs(String number) {
        int shown = number.matches("[0-9]{1,4}") ? Math.max(1, Integer.parseInt(number)) : 1;
        List<Run> all = all();
        Page page = new Page("Runs", "/runs");
        page.runs(all.stream()
                .skip((long) (shown - 1) * RUNS_OF_PAGE)
                .limit(RUNS_OF_PAGE)
                .toList());
        page.html().raw("<nav class=\"pages\" aria-label=\"More runs\">");
        if (shown > 1) {
            page.html().raw("<a rel=\"prev\" href=\"/runs?page=" + (shown - 1) + "\">Newer</a> ");
        }
        if (all.size() > shown * RUNS_OF_PAGE) {
            page.html().raw("<a rel=\"next\" href=\"/runs?page=" + (shown + 1) + "\">Older</a>");
        }
        page.html().raw("</nav>\n");
        return page.toString();
    }

    private Optional<String> mirror(String name) {
        return service.mirrors().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .map(this::mirror);
    }

    private String mirror(MirrorStatus mirror) {
        Page page = new Page(mirror.name(), "/");
        Html html = page.html();
        html.raw("<p>")
                .element("span", "state " + mirror.state(), mirror.state())
                .raw(" ");
        page.action(mirror);
        html.raw("</p>\n<div class=\"card\"><table><tbody>\n");
        page.detail("source", mirror.mirror().source());
        mirror.mirror().destinations().forEach(to -> page.detail("destination", to));
        page.detail("schedule", mirror.mirror().scheduleText().orElse("on request"));
        mirror.next().ifPresent(at -> page.detail("next run", Page.words(at)));
        mirror.incompleteSince().ifPresent(at -> page.detail("images wait since", Page.words(at)));
        page.detail("skipped runs", mirror.skipped() + "");
        html.raw("</tbody></table></div>\n<p><a href=\"/catalog?mirror=")
                .text(URLEncoder.encode(mirror.name(), StandardCharsets.UTF_8))
                .raw("\">All mirrored images</a></p>\n");
        mirror.last()
                .flatMap(run -> service.history().report(run.id()))
                .ifPresent(report -> new ReportParts(page).quarantine(report));
        html.raw("<h2>Runs</h2>\n");
        page.runs(recent(
                all().stream().filter(run -> run.mirror().equals(mirror.name())).toList(), RUNS_OF_PAGE));
        return page.toString();
    }

    private Optional<String> run(String id) {
        return service.run(id).map(this::run);
    }

    private String run(Run run) {
        Page page = new Page("Run of " + run.mirror(), "/runs");
        Html html = page.html();
        html.raw("<p>")
                .element("span", "state " + run.state().word(), run.state().word())
                .raw(" ");
        if (!run.hasEnded()) {
            page.form(run.mirror(), "stop", "Stop");
        }
        html.raw("</p>\n<p class=\"soft\"><a href=\"/mirrors/")
                .text(run.mirror())
                .raw("\">")
                .text(run.mirror())
                .raw("</a>, started ");
        page.time(run.started());
        run.ended().ifPresent(at -> {
            html.raw(", ended ");
            page.time(at);
        });
        html.text(run.trigger() == Run.Trigger.SCHEDULE ? ", by its schedule" : ", on request")
                .raw("</p>\n");
        run.error()
                .ifPresent(words -> html.raw("<div class=\"failure\">")
                        .element("div", "what", "could not start")
                        .element("p", "", words)
                        .raw("</div>\n"));
        service.progress(run.id()).ifPresent(progress -> page.progress(progress, run.images()));
        html.raw("<div class=\"tiles\">");
        run.images().forEach((outcome, count) -> {
            if (count > 0 || outcome.equals("copied") || outcome.equals("failed")) {
                page.tile(count + "", Page.spaced(outcome), outcome.equals("failed") && count > 0);
            }
        });
        page.tile(Sizes.bytes(run.bytes()), "pulled");
        html.raw("</div>\n");
        service.progress(run.id()).ifPresent(progress -> page.failures(progress.failures()));
        service.history().report(run.id()).ifPresent(report -> new ReportParts(page).all(report));
        return page.toString();
    }

    private String catalog(String mirror, String words) {
        Page page = new Page("Catalog", "/catalog");
        Html html = page.html();
        page.search("/catalog", "Search images, tags, digests", words, Map.of("mirror", mirror));
        Catalog.Found found = catalog.search(mirror, words, IMAGES_OF_PAGE);
        html.element(
                        "p",
                        "soft",
                        found.count() > found.images().size()
                                ? "the first " + found.images().size() + " of " + found.count() + " images"
                                : Sizes.count(found.count(), "image"))
                .raw("\n");
        found.images().forEach(image -> image(page, image));
        return page.toString();
    }

    private static void image(Page page, CatalogImage image) {
        Html html = page.html();
        html.raw("<article class=\"card image\"><h2>").text(image.address()).raw("</h2>\n<p class=\"soft\">");
        html.text("mirror ")
                .raw("<a href=\"/mirrors/")
                .text(image.mirror())
                .raw("\">")
                .text(image.mirror());
        html.raw("</a>, since ");
        page.time(image.since());
        if (!image.moved().equals(image.since())) {
            html.raw(", moved ");
            page.time(image.moved());
        }
        html.raw("</p>\n<p>").element("code", "", image.digest()).raw("</p>\n");
        html.raw("<p class=\"command\">").element("code", "pull", image.command());
        html.raw(" <button type=\"button\" class=\"copy\" hidden>Copy</button></p></article>\n");
    }
}
