package io.github.gcrsync.text;

/** Text from outside made fit for a terminal, a log or an error message. */
public final class Printable {
    private static final int LONGEST = 200;

    private Printable() {}

    /**
     * The text without control characters (no terminal escape survives) and without characters that reorder or hide
     * text, cut to a length a person reads.
     */
    public static String shortened(String text) {
        return of(text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
    }

    /** The text, whole, with each control, format, surrogate or line separator character shown as {@code ?}. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUnsafe(text.charAt(i))) {
                return replaced(text);
            }
        }
        return text;
    }

    private static String replaced(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> safe.appendCodePoint(isUnsafe(point) ? '?' : point));
        return safe.toString();
    }

    private static boolean isUnsafe(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
