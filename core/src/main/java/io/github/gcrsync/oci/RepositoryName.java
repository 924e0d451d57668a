package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import java.util.regex.Pattern;

/**
 * The name of a repository in its registry, e.g. {@code google-containers/pause}: the {@code <name>} grammar of the OCI
 * distribution specification ("Pulling manifests"). It has no dot segments, upper case or empty components, so it is
 * safe in URL paths and as a relative folder.
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
    /** Clients may assume that registry and name together have fewer than 256 characters (same section). */
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
     * Removes the namespace prefix; the namespace itself becomes its last component. The name must be under the
     * namespace or equal to it; the caller checks that.
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
