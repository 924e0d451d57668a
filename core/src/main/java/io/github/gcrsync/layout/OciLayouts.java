package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.LocalStore;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.content.TagLookup;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder with one OCI image layout per repository, {@code folder/a} and {@code folder/b/c}. Layouts share equal blobs
 * by hard links. Thread-safe; other processes may write the same layouts.
 */
public final class OciLayouts implements LocalStore {
    private final Path folder;
    private final BlobCheck check;
    private final SharedBlobs shared;
    private final Map<RepositoryName, LayoutRepository> opened = new ConcurrentHashMap<>();

    private OciLayouts(Path folder, BlobCheck check) {
        this.folder = folder.toAbsolutePath().normalize();
        this.check = check;
        this.shared = new SharedBlobs(this::existing);
    }

    /** Opens a folder; checks blobs only by size. Creates nothing before the first write. */
    public static OciLayouts at(Path folder) {
        return new OciLayouts(folder, new BlobCheck(false));
    }

    /** Opens a folder; verifies blobs by digest, reading each file once. */
    public static OciLayouts hashing(Path folder) {
        return new OciLayouts(folder, new BlobCheck(true));
    }

    /**
     * Opens a folder that is one image layout, as other tools mean {@code oci:DIR}; checks blobs only by size. The first
     * write creates it.
     */
    public static Repository layout(Path folder) {
        return alone(folder);
    }

    /**
     * Opens a folder to read from: a folder of image layouts, or a single one. What is missing or damaged in it is an
     * error, unless a run of gcrsync has noted that the original lacked it.
     *
     * @param name of the repository of a single layout; default: the folder's name
     */
    public static Store source(Path folder, Optional<RepositoryName> name) {
        return new LayoutSource(folder.toAbsolutePath().normalize(), name);
    }

    /** Opens a folder that is one image layout, to read from; see {@link #source}. */
    public static Repository sourceLayout(Path folder) {
        return LayoutSource.repository(
                LayoutFolder.alone(folder.toAbsolutePath().normalize()));
    }

    /** Whether the folder is one image layout, even if its marker is missing. */
    public static boolean isLayout(Path folder) {
        return LayoutFolder.isLayout(folder);
    }

    /**
     * Returns the tag of the only image in a folder that is one image layout, or its digest if it has no tag.
     *
     * @throws io.github.gcrsync.content.ContentException.NotFound if the folder holds no image, or several
     */
    public static String onlyImage(Path folder) {
        return new OnlyImage(folder.toAbsolutePath().normalize())
                .tagOrDigest(alone(folder).entries());
    }

    private static LayoutRepository alone(Path folder) {
        BlobCheck check = new BlobCheck(false);
        return new LayoutRepository(
                LayoutFolder.alone(folder.toAbsolutePath().normalize()), new SharedBlobs(List::of), check);
    }

    /** The first write creates the repository. */
    @Override
    public Repository repository(RepositoryName name) {
        return opened(name);
    }

    private LayoutRepository opened(RepositoryName name) {
        return opened.computeIfAbsent(
                name, ignored -> new LayoutRepository(new LayoutFolder(folder, name), shared, check));
    }

    /**
     * Returns the existing repositories, sorted; skips folders behind symbolic links.
     *
     * @throws io.github.gcrsync.content.ContentException.Unreachable if a folder cannot be listed
     */
    public Stream<RepositoryName> repositories() {
        return repositories((parent, e) -> {
            throw LayoutErrors.unreachable("cannot list", parent, e);
        });
    }

    /** Like {@link #repositories}, but skips folders that nobody may read, and those deleted meanwhile. */
    Stream<RepositoryName> readable() {
        return repositories((parent, e) -> {
            boolean isSkipped = e instanceof NoSuchFileException || e instanceof AccessDeniedException;
            if (!isSkipped || parent.equals(folder)) {
                throw LayoutErrors.unreachable("cannot list", parent, e);
            }
        });
    }

    private Stream<RepositoryName> repositories(BiConsumer<Path, IOException> failed) {
        List<RepositoryName> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            collect(folder, "", found, failed);
        }
        return found.stream().sorted();
    }

    @Override
    public Listing list(Predicate<RepositoryName> wanted) {
        return new Listing(
                repositories().filter(wanted).map(this::listed).toList(),
                List.of(),
                List.of(),
                repositories().filter(wanted.negate()).toList());
    }

    @Override
    public Listing list(Collection<RepositoryName> names) {
        Set<RepositoryName> existing = repositories().collect(Collectors.toSet());
        return new Listing(
                names.stream()
                        .filter(existing::contains)
                        .sorted()
                        .map(this::listed)
                        .toList(),
                List.of(),
                names.stream()
                        .filter(name -> !existing.contains(name))
                        .sorted()
                        .map(name -> new Listing.Failure(
                                name, new ContentException.NotFound(folder + " has no repository " + name)))
                        .toList());
    }

    private Listing.ListedRepository listed(RepositoryName name) {
        return new Listing.ListedRepository(
                name,
                repository(name)
                        .tags()
                        .map(tag -> new Listing.ListedTag(tag, Optional.empty()))
                        .toList());
    }

    /** Names the digests in the index, also of damaged images: their tags exist. */
    @Override
    public TagDetails details(RepositoryName name) {
        Map<String, Listing.ListedTag> tags = new HashMap<>();
        opened(name).listedTags().forEach(tag -> tags.put(tag.tag(), tag));
        return TagLookup.resolved(repository(name), TagDetails.of(TagDetails.Way.FOLDER, tags), List::forEach);
    }

    /** Whether the folder exists or can be created, and is writable. */
    @Override
    public boolean answers() {
        Path existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return Files.isDirectory(existing) && Files.isWritable(existing);
    }

    private void collect(Path parent, String prefix, List<RepositoryName> found, BiConsumer<Path, IOException> failed) {
        boolean isLayout = LayoutFolder.isLayout(parent);
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
            for (Path child : children) {
                String name = prefix + child.getFileName();
                boolean isPart = isLayout && child.getFileName().toString().equals(LayoutFolder.BLOBS);
                if (!isPart && RepositoryName.isValid(name) && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    if (LayoutFolder.isLayout(child)) {
                        found.add(new RepositoryName(name));
                    }
                    collect(child, name + "/", found, failed);
                }
            }
        } catch (IOException e) {
            failed.accept(parent, e);
        }
    }

    private List<LayoutFolder> existing() {
        return repositories().map(name -> new LayoutFolder(folder, name)).toList();
    }
}
