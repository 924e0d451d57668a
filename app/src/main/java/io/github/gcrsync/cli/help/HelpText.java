package io.github.gcrsync.cli.help;

import java.util.Map;

/**
 * Wraps help at the terminal's width, only between words. Picocli would break a path at its hyphens, so it gets an
 * unlimited width.
 */
public final class HelpText {
    /** The width of a line that is not wrapped. */
    public static final int UNLIMITED = 2000;

    private static final int USUAL = 80;
    private static final int MIN = 20;

    private HelpText() {}

    /** Returns the terminal's width from COLUMNS, which the launcher sets; 80 without a terminal. */
    public static int columns(Map<String, String> environment) {
        try {
            int columns = Integer.parseInt(environment.getOrDefault("COLUMNS", ""));
            return columns < MIN ? USUAL : columns;
        } catch (NumberFormatException e) {
            return USUAL;
        }
    }

    /** Continuation lines start below the last column. A word longer than a line stays whole. */
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

    /** Columns are separated by two blanks or more, words by one. */
    private static int lastColumn(String line) {
        int gap = line.lastIndexOf("  ");
        return gap < 0 ? 0 : gap + 2;
    }
}
