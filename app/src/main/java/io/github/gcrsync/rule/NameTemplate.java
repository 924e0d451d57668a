package io.github.gcrsync.rule;

import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Printable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The destination name of an image, below the destination's path; default {@code {repository}:{tag}}. Placeholders:
 * registry (the colon of a port becomes a dash), namespace (the source's path), repository (relative to the source),
 * repository.last (its last component) and tag. A template without a colon keeps the tag.
 */
public record NameTemplate(String repository, String tag) {
    public static final NameTemplate DEFAULT = new NameTemplate("{repository}", "{tag}");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final Set<String> KNOWN = Set.of("registry", "namespace", "repository", "repository.last", "tag");

    /** A repository and a tag. */
    public record Name(String repository, String tag) {}

    /** @throws IllegalArgumentException if the text is not a valid template; the message says why */
    public static NameTemplate parse(String text) {
        Matcher placeholders = PLACEHOLDER.matcher(text);
        while (placeholders.find()) {
            if (!KNOWN.contains(placeholders.group(1))) {
                throw new IllegalArgumentException(
                        "{" + Printable.shortened(placeholders.group(1))
                                + "} is not a placeholder; use {registry}, {namespace}, {repository}, {repository.last} and {tag}");
            }
        }
        if (!hasRepository(text)) {
            throw new IllegalArgumentException("without {repository} all images would get the same name");
        }
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new NameTemplate(text, "{tag}")
                : new NameTemplate(text.substring(0, colon), text.substring(colon + 1));
    }

    /**
     * Whether two tags of one repository always get different names, so that only different repositories can collide.
     */
    public boolean keepsTags() {
        return tag.equals("{tag}") && hasRepository(repository);
    }

    private static boolean hasRepository(String text) {
        return text.contains("{repository}") || text.contains("{repository.last}");
    }

    /** Whether images of different repositories always get different names, except at a destination without levels. */
    boolean separatesRepositories() {
        return tag.equals("{tag}") && repository.contains("{repository}");
    }

    /** Whether all tags of one repository go to one destination repository, under their own names. */
    public boolean isByRepository() {
        return tag.equals("{tag}") && !repository.contains("{tag}");
    }

    /** @throws IllegalArgumentException if the template needs what the source does not have */
    void check(Source source) {
        String text = toString();
        if (source.path().isEmpty() && text.contains("{namespace}")) {
            throw new IllegalArgumentException(
                    "the name template " + this + " contains {namespace}, and the source " + source + " has no path");
        }
        if (source.registry().isEmpty() && text.contains("{registry}")) {
            throw new IllegalArgumentException(
                    "the name template " + this + " contains {registry}, and the source " + source + " is a folder");
        }
    }

    /** Returns the name of one image. The caller must check that it is valid. */
    public Name name(Source source, RepositoryName relative, String imageTag) {
        String name = relative.value();
        Map<String, String> values = new HashMap<>(ofSource(source));
        values.put("repository", name);
        values.put("repository.last", name.substring(name.lastIndexOf('/') + 1));
        values.put("tag", imageTag);
        return new Name(filled(repository, values), filled(tag, values).replace('/', '_'));
    }

    /**
     * Returns the part before the first placeholder that depends on the image: the common prefix of all repositories.
     */
    public String prefix(Source source) {
        int image = Math.min(indexOf("{repository"), indexOf("{tag}"));
        return filled(repository.substring(0, image), ofSource(source));
    }

    private static Map<String, String> ofSource(Source source) {
        return Map.of(
                "registry",
                source.registry().orElse("").replace(':', '-'),
                "namespace",
                source.path().map(RepositoryName::value).orElse(""));
    }

    private int indexOf(String placeholder) {
        int index = repository.indexOf(placeholder);
        return index < 0 ? repository.length() : index;
    }

    private static String filled(String template, Map<String, String> values) {
        return PLACEHOLDER.matcher(template).replaceAll(found -> Matcher.quoteReplacement(values.get(found.group(1))));
    }

    @Override
    public String toString() {
        return repository + ":" + tag;
    }
}
