package io.github.gcrsync.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.output.Html;
import io.github.gcrsync.server.Progress;
import io.github.gcrsync.text.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows parts of a report of the history. */
final class ReportParts {
    private static final int MOST_IMAGES = 500;

    private final Page page;

    ReportParts(Page page) {
        this.page = page;
    }

    void all(String report) {
        List<Progress.Failure> failures = new ArrayList<>();
        Map<String, List<String>> lists = new LinkedHashMap<>();
        for (Map<?, ?> result : results(report)) {
            for (Map<?, ?> failure : maps(result.get("failures"))) {
                failures.add(new Progress.Failure(
                        text(failure, "image"),
                        text(failure, "side"),
                        text(failure, "message"),
                        text(failure, "advice")));
            }
            for (Map<?, ?> image : maps(result.get("copied"))) {
                lists.computeIfAbsent("Copied", _ -> new ArrayList<>())
                        .add(text(image, "image") + " to " + text(image, "to"));
            }
        }
        page.failures(failures);
        quarantine(report);
        lists.forEach(this::images);
    }

    /** Lists the images in quarantine. */
    void quarantine(String report) {
        List<String> images = new ArrayList<>();
        for (Map<?, ?> result : results(report)) {
            for (Map<?, ?> suspect : maps(result.get("quarantined"))) {
                images.add(text(suspect, "image") + ": " + text(suspect, "reason") + "; failed in "
                        + text(suspect, "runs") + " runs in a row");
            }
        }
        if (!images.isEmpty()) {
            images("In quarantine", images);
        }
    }

    private void images(String title, List<String> images) {
        Html html = page.html().element("h2", "", title).raw("\n<ul class=\"card images\">\n");
        images.stream()
                .limit(MOST_IMAGES)
                .forEach(image -> html.element("li", "", image).raw("\n"));
        if (images.size() > MOST_IMAGES) {
            html.element("li", "soft", "and " + (images.size() - MOST_IMAGES) + " more in the report of the API");
        }
        html.raw("</ul>\n");
    }

    /** Returns the results of the mirrors, or of the only one. */
    private static List<Map<?, ?>> results(String report) {
        return Json.tree(report.getBytes(UTF_8)) instanceof Map<?, ?> fields
                ? fields.containsKey("mirrors") ? maps(fields.get("mirrors")) : List.of(fields)
                : List.of();
    }

    private static List<Map<?, ?>> maps(@Nullable Object list) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (list instanceof List<?> all) {
            for (Object each : all) {
                if (each instanceof Map<?, ?> map) {
                    maps.add(map);
                }
            }
        }
        return maps;
    }

    private static String text(Map<?, ?> fields, String name) {
        return String.valueOf(fields.get(name));
    }
}
