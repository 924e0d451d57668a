package io.github.gcrsync.docs;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An SVG picture of a terminal on which the lines of a session appear one after the other. */
final class TerminalPicture {
    private static final double COLUMN = 7.8;
    private static final int ROW = 19;
    private static final int MARGIN = 18;

    private static final Pattern TEXT = Pattern.compile("<text [^>]*>([^<]*)</text>");

    private TerminalPicture() {}

    /** @param label for readers who do not see the picture */
    static String draw(String label, String session) {
        List<String> lines = session.lines().toList();
        int columns = lines.stream().mapToInt(String::length).max().orElse(0);
        int width = (int) (columns * COLUMN) + 2 * MARGIN;
        int height = lines.size() * ROW + 2 * MARGIN;
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-label="%3$s">
                <style>
                  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dce3; white-space: pre; animation: appear .2s both; }
                  .command { fill: #4cc38a; font-weight: 600; }
                  @keyframes appear { from { opacity: 0; } }
                  @media (prefers-reduced-motion: reduce) { text { animation: none; } }
                </style>
                <rect width="%1$d" height="%2$d" rx="8" fill="#14171c"/>
                """.formatted(width, height, escaped(label)));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            // The length keeps columns in line, whatever font the reader has.
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" textLength=\"%.1f\" style=\"animation-delay:%.2fs\"%s>%s</text>%n",
                    MARGIN,
                    MARGIN + i * ROW + 14,
                    line.length() * COLUMN,
                    i * 0.12,
                    line.startsWith("$ ") ? " class=\"command\"" : "",
                    escaped(line)));
        }
        return svg.append("</svg>\n").toString();
    }

    /** The session that a picture shows. */
    static String session(String svg) {
        return TEXT.matcher(svg)
                .results()
                .map((MatchResult text) -> text.group(1))
                .map(line -> line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
                .collect(Collectors.joining("\n"));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
