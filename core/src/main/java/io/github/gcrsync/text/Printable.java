package io.github.gcrsync.text;

/** Makes untrusted text safe for terminals, logs and error messages. */
public final class Printable {
    private static final int LONGEST = 200;

    private Printable() {}

    /**
     * Replaces control characters (no terminal escape survives) and characters that reorder or hide text by {@code ?},
     * and cuts the text to a readable length.
     */
    public static String shortened(String text) {
        return of(text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
    }

    /** Replaces each control, format, surrogate or line separator character by {@code ?}; keeps the length. */
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
