package io.github.gcrsync.rule;

import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Printable;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a source image is called at the destination, below its path: {@code {repository}:{tag}} unless the user says
 * otherwise. Placeholders: registry (a port's colon becomes a dash), namespace, repository (relative to the namespace),
 * tag. A template without a colon keeps the tag.
 */
public record NameTemplate(String repository, String tag) {
    public static final NameTemplate DEFAULT = new NameTemplate("{repository}", "{tag}");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final Set<String> KNOWN = Set.of("registry", "namespace", "repository", "tag");

    /** A repository and a tag in it. */
    public record Name(String repository, String tag) {}

    /** @throws IllegalArgumentException with what is wrong, if the text is no template */
    public static NameTemplate parse(String text) {
        Matcher placeholders = PLACEHOLDER.matcher(text);
        while (placeholders.find()) {
            if (!KNOWN.contains(placeholders.group(1))) {
                throw new IllegalArgumentException("{" + Printable.shortened(placeholders.group(1))
                        + "} is no placeholder; there are {registry}, {namespace}, {repository} and {tag}");
            }
        }
        if (!text.contains("{repository}")) {
            throw new IllegalArgumentException("without {repository} all images would get one name");
        }
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new NameTemplate(text, "{tag}")
                : new NameTemplate(text.substring(0, colon), text.substring(colon + 1));
    }

    /** Whether two tags of one repository could get the same name, so that each image's name has to be looked at. */
    public boolean keepsTags() {
        return tag.equals("{tag}") && repository.contains("{repository}");
    }

    /** Whether all tags of one repository get into one repository, under their own names. */
    public boolean isByRepository() {
        return tag.equals("{tag}") && !repository.contains("{tag}");
    }

    /** The name of one image; whether it is a valid one is for the caller to check. */
    public Name name(String registry, RepositoryName namespace, RepositoryName relative, String imageTag) {
        Map<String, String> values = Map.of(
                "registry", registry.replace(':', '-'),
                "namespace", namespace.value(),
                "repository", relative.value(),
                "tag", imageTag);
        return new Name(filled(repository, values), filled(tag, values).replace('/', '_'));
    }

    /** What every repository's name begins with: the template as far as it does not depend on the image. */
    public String beginning(String registry, RepositoryName namespace) {
        int image = Math.min(indexOf("{repository}"), indexOf("{tag}"));
        return filled(
                repository.substring(0, image),
                Map.of("registry", registry.replace(':', '-'), "namespace", namespace.value()));
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
