package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import java.util.regex.Pattern;

/**
 * A repository's name within its registry, e.g. {@code google-containers/pause}: the {@code <name>} grammar of the OCI
 * distribution specification ("Pulling manifests"). It has no dot segments, no upper case and no empty component, so it
 * is safe as a URL path and as a relative folder.
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
    /** The specification lets a client assume that registry and name together stay under 256 characters. */
    private static final int LONGEST = 255;

    private static final Pattern FORM = Pattern.compile(
            "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+)*+");

    /** @throws IllegalArgumentException if the value is not a repository name */
    public RepositoryName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a repository name: " + Printable.shortened(value));
        }
    }

    public static boolean isValid(String value) {
        return value.length() <= LONGEST && FORM.matcher(value).matches();
    }

    public RepositoryName resolve(String child) {
        return new RepositoryName(value + "/" + child);
    }

    public boolean isUnder(RepositoryName namespace) {
        return value.startsWith(namespace.value + "/");
    }

    /**
     * The name without the namespace in front of it; of the namespace itself, its last component. The caller has checked that it is
     * one of them.
     */
    public RepositoryName relativeTo(RepositoryName namespace) {
        int from = equals(namespace) ? value.lastIndexOf('/') : namespace.value.length();
        return new RepositoryName(value.substring(from + 1));
    }

    @Override
    public int compareTo(RepositoryName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
