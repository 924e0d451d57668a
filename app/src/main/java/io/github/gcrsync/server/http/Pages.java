package io.github.gcrsync.server.http;

import io.github.gcrsync.output.Html;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.server.Catalog;
import io.github.gcrsync.server.MirrorStatus;
import io.github.gcrsync.server.Run;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.server.fleet.Fleet;
import io.github.gcrsync.state.WaitingImage;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pages for people: complete without scripts, which only refresh them. */
final class Pages {
    private static final String MIRROR = "/mirrors/";
    private static final Pattern ACTION = Pattern.compile(MIRROR + "(?<name>.+)/(?<action>run|stop)");
    private static final int RECENT = 10;
    private static final int RUNS_OF_PAGE = 50;

    private final Service service;
    private final CatalogPages catalog;
    private final Optional<Fleet> fleet;

    Pages(Service service, Catalog catalog, Optional<Fleet> fleet) {
        this.service = service;
        this.fleet = fleet;
        this.catalog = new CatalogPages(catalog);
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
            return page(call, catalog.answer(call));
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
        Optional<Fleet.State> workers = fleet.flatMap(Fleet::state);
        FleetPart part = new FleetPart(page);
        if (fleet.isPresent()) {
            part.alerts(workers);
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
        html.raw("</tbody></table></div>\n");
        workers.ifPresent(part::all);
        html.raw("<h2>Recent runs</h2>\n");
        page.runs(recent(all(), RECENT));
        return page.toString();
    }

    private static long failed(MirrorStatus mirror) {
        boolean couldStart =
                mirror.last().filter(run -> run.state() == Run.State.FAILED).isEmpty();
        return couldStart ? mirror.failed() : Math.max(1, mirror.failed());
    }

    private void row(Page page, MirrorStatus mirror) {
        Html html = page.html();
        html.raw("<tr><td>");
        page.mirrorLink(mirror.name());
        html.element("div", "soft", mirror.mirror().source());
        mirror.oldestWaiting().ifPresent(image -> html.element("div", "soft", "oldest: " + words(image)));
        VerifyWords.of(mirror)
                .ifPresent(words -> html.element("div", VerifyWords.drifts(mirror) ? "bad" : "soft", words));
        html.raw("</td>");
        html.raw("<td>")
                .element("span", "state " + mirror.state(), mirror.state())
                .raw("</td><td data-column=\"last run\">");
        mirror.last().ifPresentOrElse(run -> page.result(run), () -> html.element("span", "soft", "never"));
        html.raw("</td><td data-column=\"next run\">");
        mirror.next().ifPresentOrElse(page::time, () -> html.element("span", "soft", "on request"));
        html.raw("</td>");
        page.number("waiting", mirror.waiting() + "", false);
        page.number("failed", failed(mirror) + "", failed(mirror) > 0);
        html.raw("<td>");
        page.action(mirror);
        html.raw("</td></tr>\n");
    }

    private static String words(WaitingImage image) {
        return image.image() + ", waiting since " + Page.words(image.since());
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
        mirror.oldestWaiting().ifPresent(image -> page.detail("oldest waiting image", words(image)));
        mirror.verified().forEach(result -> page.detail("verified at " + result.destination(), VerifyWords.of(result)));
        page.detail("skipped runs", mirror.skipped() + "");
        html.raw("</tbody></table></div>\n<p><a href=\"/catalog?mirror=")
                .text(URLEncoder.encode(mirror.name(), StandardCharsets.UTF_8))
                .raw("\">All mirrored images</a></p>\n");
        mirror.counted()
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
        html.raw("</p>\n<p class=\"soft\">");
        page.mirrorLink(run.mirror());
        html.raw(", started ");
        page.time(run.started());
        run.ended().ifPresent(at -> {
            html.raw(", ended ");
            page.time(at);
        });
        html.text(run.trigger() == Run.Trigger.SCHEDULE ? ", by its schedule" : ", on request")
                .raw("</p>\n");
        run.error()
                .ifPresent(words -> html.raw("<div class=\"failure\">")
                        .element("div", "what", run.state() == Run.State.FAILED ? "could not start" : "incomplete")
                        .element("p", "", words)
                        .raw("</div>\n"));
        service.progress(run.id()).ifPresent(progress -> page.progress(progress, run.images()));
        html.raw("<div class=\"tiles\">");
        run.images().forEach((outcome, count) -> {
            if (count > 0 || outcome.equals("copied") || outcome.equals("failed")) {
                boolean isBad = outcome.equals("failed") || outcome.equals("held");
                page.tile(count + "", Page.spaced(outcome), isBad && count > 0);
            }
        });
        page.tile(Sizes.bytes(run.bytes()), "pulled");
        html.raw("</div>\n");
        service.progress(run.id()).ifPresent(progress -> page.failures(progress.failures()));
        service.history().report(run.id()).ifPresent(report -> new ReportParts(page).all(report));
        return page.toString();
    }
}
