package gcrsync.output;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The transfers of a run over time: a lane for each that was under way at once, a bar for each image. */
final class HtmlTimeline {
    /** More bars than pixels help nobody, and make a page slow. */
    private static final int MOST_BARS = 3000;

    private static final int LANE = 14;
    private static final int WIDTH = 1000;

    private final List<Timeline.Span> spans;
    private final long end;

    HtmlTimeline(List<Timeline.Span> spans) {
        this.spans = spans.stream().limit(MOST_BARS).toList();
        this.end = this.spans.stream()
                .mapToLong(span -> span.end().toMillis())
                .max()
                .orElse(0);
    }

    void to(Html page) {
        if (spans.isEmpty()) {
            return;
        }
        StringBuilder legend = new StringBuilder();
        for (Timeline.Outcome outcome : Timeline.Outcome.values()) {
            if (spans.stream().anyMatch(span -> span.outcome() == outcome)) {
                legend.append("<i class=\"")
                        .append(name(outcome))
                        .append("\"></i>")
                        .append(name(outcome));
            }
        }
        Html bars = new Html();
        int lanes = draw(bars);
        page.raw("<h2>Transfers over time</h2>\n<div class=\"card\">\n")
                .raw("<svg role=\"img\" aria-label=\"Images over time\" preserveAspectRatio=\"none\" viewBox=\"0 0 "
                        + WIDTH + " " + lanes * LANE + "\" height=\"" + lanes * LANE + "\">\n")
                .raw(bars.toString())
                .raw("</svg>\n<div class=\"axis\"><span>0</span><span class=\"legend\">" + legend + "</span><span>")
                .text(Sizes.duration(Duration.ofMillis(end)))
                .raw("</span></div>\n</div>\n");
    }

    /** The lanes that were needed. */
    private int draw(Html bars) {
        List<Long> free = new ArrayList<>();
        double scale = (double) WIDTH / Math.max(1, end);
        for (Timeline.Span span : spans) {
            long start = span.start().toMillis();
            int lane = 0;
            while (lane < free.size() && free.get(lane) > start) {
                lane++;
            }
            if (lane == free.size()) {
                free.add(0L);
            }
            free.set(lane, span.end().toMillis());
            double width = Math.max(1.5, (span.end().toMillis() - start) * scale - 0.8);
            bars.raw(String.format(
                            Locale.ROOT,
                            "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"><title>",
                            name(span.outcome()),
                            Math.min(start * scale, WIDTH - width),
                            lane * LANE + 2,
                            width,
                            LANE - 4))
                    .text(span.image() + ", " + Sizes.duration(span.end().minus(span.start())))
                    .raw("</title></rect>\n");
        }
        return free.size();
    }

    private static String name(Timeline.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
