package io.github.gcrsync.bundle;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The paths in a bundle. An extracted bundle has a folder of image layouts in {@code images}. */
final class BundleLayout {
    static final String CONTENTS = "bundle.json";
    static final String TABLE = "CONTENTS.txt";
    static final String SUMS = "SHA256SUMS";

    /** Of a file that is held in memory: about 500,000 images. */
    static final int LONGEST_TEXT = 128 << 20;
    /** Of a part. */
    static final int MOST_ENTRIES = 200_000;

    private static final String IMAGES = "images/";
    private static final String MARKER = "/oci-layout";
    private static final String INDEX = "/index.json";
    private static final Pattern BLOB = Pattern.compile("images/(.+)/blobs/(sha256|sha512)/([0-9a-f]+)");
    private static final Pattern OTHER = Pattern.compile("images/(.+)/(oci-layout|index\\.json)");

    private BundleLayout() {}

    static String marker(RepositoryName name) {
        return IMAGES + name + MARKER;
    }

    static String index(RepositoryName name) {
        return IMAGES + name + INDEX;
    }

    static String blob(RepositoryName name, Digest digest) {
        return IMAGES + name + "/blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    /** Returns the digest in the path of a blob. */
    static Optional<Digest> digest(String path) {
        Matcher parts = BLOB.matcher(path);
        return parts.matches() && RepositoryName.isValid(parts.group(1))
                ? Digest.parse(parts.group(2) + ":" + parts.group(3))
                : Optional.empty();
    }

    /** Returns the repository in a path; empty if it has none. */
    static Optional<String> repository(String path) {
        return Stream.of(BLOB, OTHER)
                .map(form -> form.matcher(path))
                .filter(Matcher::matches)
                .map(parts -> parts.group(1))
                .findFirst();
    }

    /** Whether a bundle has a path like this that is no blob. */
    static boolean isOther(String path) {
        Matcher parts = OTHER.matcher(path);
        return path.equals(CONTENTS)
                || path.equals(TABLE)
                || path.equals(SUMS)
                || (parts.matches() && RepositoryName.isValid(parts.group(1)));
    }
}
