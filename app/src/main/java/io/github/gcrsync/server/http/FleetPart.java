package io.github.gcrsync.server.http;

import io.github.gcrsync.output.Html;
import io.github.gcrsync.server.fleet.Fleet;
import io.github.gcrsync.text.Sizes;
import java.util.Optional;

/** The workers and their tasks on a page. */
final class FleetPart {
    private final Page page;
    private final Html html;

    FleetPart(Page page) {
        this.page = page;
        this.html = page.html();
    }

    /** What somebody must do first. */
    void alerts(Optional<Fleet.State> state) {
        if (state.isEmpty()) {
            alert(
                    "The database cannot be used.",
                    "Mirrors cannot run, and reports cannot be read, until it can be reached again; see the log of the server.");
        } else if (state.get().lacksWorkers()) {
            int tasks = state.get().queued() + state.get().running();
            alert(
                    "No worker is running, and " + Sizes.count(tasks, "task") + (tasks == 1 ? " waits." : " wait."),
                    "Start one with the file and the database of this server: gcrsync worker --config FILE --database URL");
        }
    }

    private void alert(String what, String next) {
        html.raw("<div class=\"failure\" role=\"alert\">")
                .element("div", "what", what)
                .element("p", "", next)
                .raw("</div>\n");
    }

    void all(Fleet.State state) {
        html.raw("<h2>Workers</h2>\n");
        if (state.workers().isEmpty()) {
            html.raw("<p class=\"soft\">No worker is running.</p>\n");
        } else {
            html.raw("<div class=\"card wide\"><table><thead><tr><th scope=\"col\">Worker</th>"
                    + "<th scope=\"col\">Running since</th><th scope=\"col\">Last seen</th>"
                    + "<th scope=\"col\" class=\"n\">Tasks</th></tr></thead><tbody>\n");
            state.workers().forEach(this::row);
            html.raw("</tbody></table></div>\n");
        }
        if (!state.tasks().isEmpty()) {
            html.raw(
                    "<div class=\"card wide\"><table><thead><tr><th scope=\"col\">Tasks of mirror</th>"
                            + "<th scope=\"col\" class=\"n\">Queued</th><th scope=\"col\" class=\"n\">Running</th></tr></thead><tbody>\n");
            state.tasks().forEach(this::row);
            html.raw("</tbody></table></div>\n");
        }
    }

    private void row(Fleet.Worker worker) {
        html.raw("<tr><td>").text(worker.name());
        worker.tasks()
                .forEach(task -> html.element(
                        "div", "soft", task.mirror().map(name -> name + ": ").orElse("") + task.repository()));
        html.raw("</td><td data-column=\"running since\">");
        page.time(worker.since());
        html.raw("</td><td data-column=\"last seen\">");
        page.time(worker.seen());
        html.raw("</td>");
        page.number("tasks", worker.tasks().size() + "", false);
        html.raw("</tr>\n");
    }

    private void row(Fleet.Tasks tasks) {
        html.raw("<tr>").element("td", "", tasks.mirror());
        page.number("queued", tasks.queued() + "", false);
        page.number("running", tasks.running() + "", false);
        html.raw("</tr>\n");
    }
}
