package io.github.gcrsync.config;

/** Parses counts. */
public final class Numbers {
    private Numbers() {}

    /** @throws IllegalArgumentException if the text is not a number from 1 to 999999 */
    public static int positive(String text) {
        if (!text.matches("\\d{1,6}") || Integer.parseInt(text) == 0) {
            throw new IllegalArgumentException("'" + text + "' is not a number from 1 to 999999");
        }
        return Integer.parseInt(text);
    }

    /**
     * Parses -1 for no limit, or a positive number.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static int limit(String text) {
        if (text.equals("-1")) {
            return -1;
        }
        try {
            return positive(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", or -1 for no limit", e);
        }
    }
}
