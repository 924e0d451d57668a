package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of image layouts, or one layout, as others may read it: only content within the folder, so symbolic links
 * that leave it lead nowhere. Names that do not exist cost no memory. Thread-safe; other processes may write the same
 * layouts.
 */
public final class ServedFolder {
    private static final int MOST_OPENED = 256;

    private final Path root;
    /** The name of the folder itself, if it is a layout. */
    private final Optional<RepositoryName> own;

    private final BlobCheck check = new BlobCheck(false);
    /** Those read last, with their indexes. */
    private final Map<RepositoryName, LayoutRepository> opened =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<RepositoryName, LayoutRepository> eldest) {
                    return size() > MOST_OPENED;
                }
            });

    private ServedFolder(Path root, Optional<RepositoryName> own) {
        this.root = root;
        this.own = own;
    }

    /**
     * Opens the folder. If it is one image layout, its repository is named like the folder, in lower case.
     *
     * @throws ContentException.NotFound if there is no such folder
     * @throws ContentException.Unsupported if it is a layout whose name is not a repository name
     */
    public static ServedFolder at(Path folder) {
        String shown = Printable.of(folder.toString());
        if (!Files.isDirectory(folder)) {
            throw new ContentException.NotFound(shown + " is not a folder");
        }
        try {
            Path root = folder.toRealPath();
            if (!LayoutFolder.isLayout(root)) {
                return new ServedFolder(root, Optional.empty());
            }
            String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName())
                    .toLowerCase(Locale.ROOT);
            if (!RepositoryName.isValid(name)) {
                throw new ContentException.Unsupported(
                        shown
                                + " is one image layout, and its folder is not named like a repository; rename it, or serve the folder above it");
            }
            return new ServedFolder(root, Optional.of(new RepositoryName(name)));
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", folder, e);
        }
    }

    /** Returns the existing repositories that can be read, sorted; walks the folder. */
    public List<RepositoryName> repositories() {
        return Stream.concat(own.stream(), OciLayouts.at(root).readable())
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns the readable names directly below this one that are or lead to repositories, sorted; walks this part of the folder. */
    public List<String> children(RepositoryName parent) {
        return inside(root.resolve(parent.value())).stream()
                .flatMap(folder -> OciLayouts.at(folder).readable())
                .map(name -> name.value().split("/", 2)[0])
                .distinct()
                .sorted()
                .toList();
    }

    public boolean has(RepositoryName name) {
        LayoutFolder layout = layout(name);
        return LayoutFolder.isLayout(layout.path())
                && inside(layout.path()).isPresent()
                && (!Files.exists(layout.index()) || inside(layout.index()).isPresent());
    }

    /**
     * Returns the repository's tags, sorted.
     *
     * @throws ContentException.NotFound if there is no such repository
     */
    public List<String> tags(RepositoryName name) {
        return repository(name).tags().toList();
    }

    /**
     * Finds a manifest, without looking whether the layout has the content that it names.
     *
     * @throws ContentException.NotFound if there is no such repository
     */
    public Optional<Descriptor> manifest(RepositoryName name, String tagOrDigest) {
        return repository(name)
                .entry(tagOrDigest)
                .filter(manifest -> blob(name, manifest.digest()).isPresent());
    }

    /**
     * Returns the manifests of tags, without those that the layout does not describe as such.
     *
     * @throws ContentException.NotFound if there is no such repository
     */
    public Map<String, Descriptor> manifests(RepositoryName name, List<String> tags) {
        LayoutRepository repository = repository(name);
        Map<String, Descriptor> found = new TreeMap<>();
        for (String tag : tags) {
            try {
                repository.entry(tag).ifPresent(manifest -> found.put(tag, manifest));
            } catch (ContentException.Unsupported e) {
                // An invalid entry, which is no manifest; reading it reports the error.
            }
        }
        return found;
    }

    /**
     * Checks the file of a manifest that {@link #manifest} found.
     *
     * @throws ContentException.Corrupt if the file does not match the descriptor
     */
    public void verify(RepositoryName name, Descriptor manifest) {
        repository(name).verify(manifest);
    }

    /**
     * Returns the manifests that refer to this one, which need not exist.
     *
     * @throws ContentException.NotFound if there is no such repository
     */
    public List<Descriptor> referrers(RepositoryName name, Digest subject) {
        return repository(name).referrers(subject);
    }

    /** Returns the file of a blob or manifest; empty if there is none. */
    public Optional<Path> blob(RepositoryName name, Digest digest) {
        return inside(layout(name).blob(digest)).filter(Files::isRegularFile);
    }

    private LayoutRepository repository(RepositoryName name) {
        if (!has(name)) {
            throw new ContentException.NotFound("no repository " + name);
        }
        return opened.computeIfAbsent(
                name, ignored -> new LayoutRepository(layout(name), new SharedBlobs(List::of), check));
    }

    private LayoutFolder layout(RepositoryName name) {
        return own.equals(Optional.of(name)) ? LayoutFolder.alone(root) : new LayoutFolder(root, name);
    }

    /** Returns where a file really is, unless it is missing or outside the folder. */
    private Optional<Path> inside(Path file) {
        try {
            return Optional.of(file.toRealPath()).filter(real -> real.startsWith(root));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
