package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.Leftovers;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;

/**
 * The paths of one repository's image layout, and the creation of its folders. A layout {@code b} may contain the
 * folder of a layout {@code b/c} beside its own parts.
 */
final class LayoutFolder {
    static final String MARKER = "oci-layout";
    static final String INDEX = "index.json";
    static final String BLOBS = "blobs";
    static final String ABSENCE_NOTE = "absent-";
    private static final String REMEDY = "copy the image into the folder again, or the whole folder from where it came";
    /** Contains the lock and unfinished files. No component of a repository name starts with a dot. */
    private static final String WORK = ".gcrsync";

    private static final Set<String> PARTS = Set.of(MARKER, INDEX, BLOBS);
    private static final byte[] MARKER_CONTENT =
            "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    private final Path root;
    private final Path path;
    private final boolean isSource;
    private boolean created;

    LayoutFolder(Path root, RepositoryName name) {
        this(root, root.resolve(name.value()), false);
    }

    private LayoutFolder(Path root, Path path, boolean isSource) {
        this.root = root;
        this.path = path;
        this.isSource = isSource;
    }

    /** A folder that is one layout, without others below a common folder. */
    static LayoutFolder alone(Path path) {
        return new LayoutFolder(path, path, false);
    }

    /** The same folder, to be read only: what it lacks is an error, and it needs no marker, as for skopeo. */
    LayoutFolder asSource() {
        return new LayoutFolder(root, path, true);
    }

    boolean isSource() {
        return isSource;
    }

    /** Another layout below the common folder. */
    LayoutFolder beside(RepositoryName name) {
        return new LayoutFolder(root, name);
    }

    /** The repository's name; empty for a layout without others. */
    Optional<RepositoryName> name() {
        return Optional.of(String.join("/", components()))
                .filter(RepositoryName::isValid)
                .map(RepositoryName::new);
    }

    Path path() {
        return path;
    }

    Path index() {
        return path.resolve(INDEX);
    }

    Path blobs(String algorithm) {
        return path.resolve(BLOBS).resolve(algorithm);
    }

    Path blob(Digest digest) {
        return blobs(digest.algorithm()).resolve(digest.hex());
    }

    Path work() {
        return path.resolve(WORK);
    }

    /** Checks that the folder of a source exists: a disk that is gone must not look like an empty one. */
    void requireRoot() {
        if (isSource && !Files.isDirectory(root)) {
            throw new ContentException.Unreachable(
                    Message.of("there is no folder " + root, "check the path, and whether its disk is mounted"),
                    new NoSuchFileException(root.toString()));
        }
    }

    /** Checks that a source without an index was never a layout. */
    void requireNoIndex() {
        requireRoot();
        if (isSource && isMarked(path)) {
            throw new ContentException.Incomplete(withRemedy(index() + " is missing"));
        }
    }

    /** The file which says that an index names a manifest that the original of this layout lacked. */
    Path absenceNote(Digest digest) {
        return work().resolve(ABSENCE_NOTE + digest.algorithm() + "-" + digest.hex());
    }

    /** Whether the layout lacks the manifest because its original lacked it. */
    boolean isAbsentOnPurpose(Digest manifest) {
        return !Files.exists(blob(manifest)) && Files.exists(absenceNote(manifest));
    }

    /** Returns the error for missing content. */
    ContentException missing(Digest digest, String what) {
        return isSource && !isAbsentOnPurpose(digest)
                ? incomplete(digest, ": no such " + what)
                : new ContentException.NotFound(placeOf(digest) + ": no such " + what);
    }

    /** Returns the error for an image without all its content. */
    ContentException incomplete(Digest digest, String what) {
        return new ContentException.Incomplete(error(digest, what));
    }

    /** Returns the error for a file whose content does not match its name. */
    ContentException damaged(Digest digest) {
        return new ContentException.Corrupt(error(digest, ": the file is damaged, it does not match its digest"));
    }

    private Message error(Digest digest, String what) {
        return withRemedy(placeOf(digest) + what);
    }

    /** Adds the remedy for a damaged source; a run repairs its destination itself. */
    Message withRemedy(String message) {
        return isSource ? Message.of(message, REMEDY) : Message.of(message);
    }

    /** Names a tag or digest in errors. */
    String placeOf(Object tagOrDigest) {
        return "oci:" + path + (tagOrDigest instanceof Digest ? "@" : ":") + tagOrDigest;
    }

    /** Whether the folder is an image layout, even if its marker is missing. */
    static boolean isLayout(Path folder) {
        return isMarked(folder)
                || (Files.isRegularFile(folder.resolve(INDEX), LinkOption.NOFOLLOW_LINKS)
                        && Files.isDirectory(folder.resolve(BLOBS), LinkOption.NOFOLLOW_LINKS));
    }

    /** Whether the folder is marked as an image layout. */
    static boolean isMarked(Path folder) {
        return Files.isRegularFile(folder.resolve(MARKER), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * @throws ContentException.Incomplete if the marker is missing, so that other tools do not recognize the layout;
     *     the next write repairs it
     */
    void requireMarker() {
        if (!isSource && !isMarked(path)) {
            throw new ContentException.Incomplete(path.resolve(MARKER) + " is missing");
        }
    }

    /** Creates missing folders of the layout, once per process. {@link #mark} writes the marker last. */
    synchronized void make() {
        if (created) {
            return;
        }
        refuseReservedName();
        try {
            Files.createDirectories(root);
            Path folder = root;
            for (String component : components()) {
                folder = makeChild(folder, component);
            }
            makeChild(path, WORK);
            Path blobs = makeChild(path, BLOBS);
            makeChild(blobs, "sha256");
            makeChild(blobs, "sha512");
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot create the image layout", path, e);
        }
        checkVersion();
        new Leftovers(Clock.systemUTC()).removeFrom(work());
        created = true;
    }

    /** Marks the folder as an image layout; call it when everything else is written. */
    void mark() {
        if (isMarked(path)) {
            return;
        }
        try (TempFile file = TempFile.in(work())) {
            file.write(MARKER_CONTENT, MARKER_CONTENT.length);
            file.moveTo(path.resolve(MARKER));
            TempFile.syncFolder(path);
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot write", path.resolve(MARKER), e);
        }
    }

    /** @throws ContentException.Unsupported if the folder contains an image layout of an unknown version */
    void checkVersion() {
        Path marker = path.resolve(MARKER);
        byte[] content;
        try {
            content = BoundedFile.read(marker, 64 << 10);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", marker, e);
        }
        try {
            Object version = Json.tree(content) instanceof Map<?, ?> fields ? fields.get("imageLayoutVersion") : null;
            if (version instanceof String text && text.startsWith("1.")) {
                return;
            }
        } catch (JacksonException e) {
            throw new ContentException.Corrupt(marker + " is not valid JSON", e);
        }
        throw new ContentException.Unsupported(marker + " does not declare an image layout of version 1");
    }

    private void refuseReservedName() {
        List<String> components = components();
        for (int i = 0; i < components.size(); i++) {
            if (PARTS.contains(components.get(i)) && (i > 0 || isLayout(root))) {
                throw new ContentException.Unsupported("a folder of image layouts cannot contain a repository named "
                        + String.join("/", components) + ": \"" + components.get(i)
                        + "\" is a part of the enclosing image layout");
            }
        }
    }

    /** The folders below the root that lead to the layout: the components of the repository's name. */
    private List<String> components() {
        return path.equals(root)
                ? List.of()
                : StreamSupport.stream(root.relativize(path).spliterator(), false)
                        .map(Path::toString)
                        .toList();
    }

    /** Refuses symbolic links, through which a layout could be written anywhere. */
    private static Path makeChild(Path parent, String child) throws IOException {
        Path folder = parent.resolve(child);
        try {
            Files.createDirectory(folder);
            TempFile.syncFolder(parent);
        } catch (FileAlreadyExistsException e) {
            if (Files.isSymbolicLink(folder)) {
                throw new ContentException.Unsupported(
                        folder + " is a symbolic link; image layouts are not written through links");
            }
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
        return folder;
    }
}
