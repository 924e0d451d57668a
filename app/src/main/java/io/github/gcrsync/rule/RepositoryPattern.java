package io.github.gcrsync.rule;

/**
 * A pattern for whole names of repositories; a leading {@code !} excludes what it matches.
 *
 * @param isExclude whether it excludes
 */
public record RepositoryPattern(NamePattern pattern, boolean isExclude) {
    /** @throws IllegalArgumentException if the text between slashes is not a regular expression */
    public static RepositoryPattern parse(String text) {
        boolean isExclude = text.startsWith("!");
        return new RepositoryPattern(NamePattern.parse(isExclude ? text.substring(1) : text), isExclude);
    }

    public boolean matches(String name) {
        return pattern.matches(name);
    }

    @Override
    public String toString() {
        return (isExclude ? "!" : "") + pattern;
    }
}
