package io.github.gcrsync.cli.help;

import java.util.Map;

/**
 * Lines of help, wrapped at the terminal's width, between words only: picocli, which would break a path at its hyphens, lays
 * them out on lines without an end.
 */
public final class HelpText {
    /** Columns of a line without an end. */
    public static final int ENDLESS = 2000;

    private static final int USUAL = 80;
    private static final int LEAST = 20;

    private HelpText() {}

    /** Of the terminal, as the launcher has found out and COLUMNS says; 80 without one. */
    public static int columns(Map<String, String> environment) {
        try {
            int columns = Integer.parseInt(environment.getOrDefault("COLUMNS", ""));
            return columns < LEAST ? USUAL : columns;
        } catch (NumberFormatException e) {
            return USUAL;
        }
    }

    /** What does not fit stands below the last column of the line; a word that is longer than a line stays whole. */
    public static String wrapped(String line, int columns) {
        String rest = line.stripTrailing();
        int indent = Math.min(lastColumn(rest), columns / 2);
        StringBuilder text = new StringBuilder();
        while (rest.length() > columns) {
            int end = rest.lastIndexOf(' ', columns);
            if (end < 0 || rest.substring(0, end).isBlank()) {
                end = rest.indexOf(' ', columns);
            }
            if (end < 0) {
                break;
            }
            text.append(rest.substring(0, end).stripTrailing()).append('\n');
            rest = " ".repeat(indent) + rest.substring(end).stripLeading();
        }
        return text + rest;
    }

    /** Two blanks or more are between columns, one is between words. */
    private static int lastColumn(String line) {
        int gap = line.lastIndexOf("  ");
        return gap < 0 ? 0 : gap + 2;
    }
}
