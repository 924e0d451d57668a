package io.github.gcrsync.ledger;

import io.github.gcrsync.text.Printable;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The paths of a mirror's files in the metadata repository.
 *
 * @param folder the namespace, or another name that the user chose
 */
public record NamespaceFiles(String folder) {
    public static final String IMAGE_LIST = "ImageList";
    public static final String README = "README.md";
    public static final String IMAGE_DIGESTS = "ImageDigests";
    public static final String SEEN = "Seen";

    private static final int LONGEST = 255;
    private static final Pattern FORM = Pattern.compile("[a-z0-9_-][a-z0-9._-]*+(/[a-z0-9_-][a-z0-9._-]*+)*+");

    /** The grammar excludes path traversal, git's own folder and the previews of the command test. */
    public NamespaceFiles {
        if (!isValid(folder)) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "not a folder for a mirror in the metadata repository: " + Printable.shortened(folder),
                    "use lower-case letters, digits, dots, dashes and underscores, no part beginning with a dot");
        }
    }

    public static boolean isValid(String folder) {
        return folder.length() <= LONGEST && FORM.matcher(folder).matches();
    }

    /** Whether a file of this name, without its folder, has the digests of a destination. */
    public static boolean isImageDigests(String fileName) {
        return fileName.equals(IMAGE_DIGESTS)
                || (fileName.startsWith(IMAGE_DIGESTS + ".") && fileName.length() > IMAGE_DIGESTS.length() + 1);
    }

    /** Returns the files next to this ImageDigests; empty if its folder cannot be that of a mirror. */
    public static Optional<NamespaceFiles> ofImageDigests(String path) {
        return Optional.of(path.substring(0, Math.max(0, path.lastIndexOf('/'))))
                .filter(NamespaceFiles::isValid)
                .map(NamespaceFiles::new);
    }

    public String imageList() {
        return folder + "/" + IMAGE_LIST;
    }

    public String readme() {
        return folder + "/" + README;
    }

    public String imageDigests() {
        return folder + "/" + IMAGE_DIGESTS;
    }

    public String seen() {
        return folder + "/" + SEEN;
    }

    /** Returns the path for the digests of a further destination. */
    public String imageDigests(String destinationName) {
        return imageDigests() + "." + destinationName;
    }
}
