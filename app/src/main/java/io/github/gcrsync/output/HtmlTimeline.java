package io.github.gcrsync.output;

import io.github.gcrsync.text.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Draws the transfers of a run over time: a bar per image, in as many lanes as images were in flight at once. */
final class HtmlTimeline {
    /** More bars than pixels do not help, and they make a page slow. */
    private static final int MAX_BARS = 3000;

    private static final List<Long> STEPS = Stream.of(
                    LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500),
                    LongStream.of(1, 2, 5, 10, 15, 30).map(seconds -> seconds * 1000),
                    LongStream.of(1, 2, 5, 10, 15, 30).map(minutes -> minutes * 60_000),
                    LongStream.of(1, 2, 6, 12, 24, 48, 120).map(hours -> hours * 3_600_000))
            .flatMap(LongStream::boxed)
            .toList();

    private static final int MAX_MARKS = 5;
    private static final int LANE = 14;
    private static final int WIDTH = 1000;

    private final List<Timeline.Span> spans;
    private final int undrawn;
    private final long end;

    HtmlTimeline(List<Timeline.Span> all) {
        this.spans = all.stream().limit(MAX_BARS).toList();
        this.undrawn = all.size() - spans.size();
        this.end = Math.max(
                1, spans.stream().mapToLong(span -> span.end().toMillis()).max().orElse(0));
    }

    void to(Html page) {
        if (spans.isEmpty()) {
            return;
        }
        Html bars = new Html();
        int height = draw(bars) * LANE;
        long step = step();
        long[] marks = LongStream.iterate(0, at -> at <= end, at -> at + step).toArray();
        page.raw("<h2>Transfers over time</h2>\n<div class=\"card\">\n")
                .raw("<svg role=\"img\" aria-label=\"Images over time\" preserveAspectRatio=\"none\" viewBox=\"0 0 "
                        + WIDTH + " " + height + "\" height=\"" + height + "\">\n");
        for (long mark : marks) {
            page.raw(String.format(
                    Locale.ROOT,
                    "<path class=\"mark\" vector-effect=\"non-scaling-stroke\" d=\"M%.1f 0V%d\"/>%n",
                    mark * (double) WIDTH / end,
                    height));
        }
        page.raw(bars.toString()).raw("</svg>\n<div class=\"axis\">");
        for (long mark : marks) {
            page.raw(String.format(
                    Locale.ROOT, "<span style=\"left:%.2f%%\">%s</span>", mark * 100.0 / end, label(mark)));
        }
        page.raw("</div>\n<div class=\"legend\">");
        Arrays.stream(Timeline.Outcome.values())
                .filter(outcome -> spans.stream().anyMatch(span -> span.outcome() == outcome))
                .map(HtmlTimeline::name)
                .forEach(name -> page.raw("<i class=\"" + name + "\"></i>" + name + " "));
        page.text("· " + Sizes.duration(Duration.ofMillis(end)) + " in all"
                        + (undrawn == 0 ? "" : "; the " + undrawn + " that started last are not drawn"))
                .raw("</div>\n</div>\n");
    }

    /** Milliseconds between marks, a round number. */
    private long step() {
        return STEPS.stream()
                .filter(step -> end / step <= MAX_MARKS)
                .findFirst()
                .orElse(end);
    }

    private static String label(long millis) {
        if (millis == 0) {
            return "0";
        }
        if (millis % 1000 != 0) {
            return millis + " ms";
        }
        long seconds = millis / 1000;
        return seconds % 3600 == 0 ? seconds / 3600 + " h" : seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }

    /** Returns the number of lanes. */
    private int draw(Html bars) {
        List<Long> free = new ArrayList<>();
        double scale = (double) WIDTH / end;
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
            int height = height(span.outcome());
            bars.raw(String.format(
                            Locale.ROOT,
                            "<rect class=\"%s\" vector-effect=\"non-scaling-stroke\" x=\"%.1f\" y=\"%d\""
                                    + " width=\"%.1f\" height=\"%d\" rx=\"2\"><title>",
                            name(span.outcome()),
                            Math.min(start * scale, WIDTH - width),
                            lane * LANE + (LANE - height) / 2,
                            width,
                            height))
                    .text(span.image() + ", " + Sizes.duration(span.end().minus(span.start())))
                    .raw("</title></rect>\n");
        }
        return free.size();
    }

    /** Bars also differ in height, for readers who cannot tell the colors apart. */
    private static int height(Timeline.Outcome outcome) {
        return switch (outcome) {
            case COPIED -> LANE - 4;
            case FAILED -> LANE - 2;
            case HELD -> LANE - 7;
            case GONE -> LANE - 10;
        };
    }

    private static String name(Timeline.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
