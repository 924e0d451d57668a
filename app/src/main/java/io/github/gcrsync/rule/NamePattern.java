package io.github.gcrsync.rule;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A glob, or a regular expression between slashes. It always matches the whole name. In a glob, {@code *} matches any
 * characters except a slash, {@code **} any characters, and {@code ?} one character except a slash.
 *
 * @param text as the user wrote it
 */
public record NamePattern(String text, Pattern pattern) {
    /** @throws IllegalArgumentException if the text between slashes is not a regular expression */
    public static NamePattern parse(String text) {
        boolean isExpression = text.length() > 1 && text.startsWith("/") && text.endsWith("/");
        try {
            return new NamePattern(
                    text, Pattern.compile(isExpression ? text.substring(1, text.length() - 1) : expression(text)));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    text + " is not a regular expression: " + e.getDescription() + " at character " + e.getIndex(), e);
        }
    }

    private static String expression(String glob) {
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                expression.append(".*");
                i++;
            } else {
                expression.append(
                        switch (c) {
                            case '*' -> "[^/]*";
                            case '?' -> "[^/]";
                            default -> Pattern.quote(String.valueOf(c));
                        });
            }
        }
        return expression.toString();
    }

    public boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NamePattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text.isEmpty() ? "\"\"" : text;
    }
}
