package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.LocalStore;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * A folder to read from. It has one image layout for each repository, or is a single layout. A single layout may also
 * have others below it, as the repository {@code a} has if there is {@code a/b}.
 */
final class LayoutSource implements LocalStore {
    private final Path folder;
    private final Optional<RepositoryName> given;
    private final Map<RepositoryName, LayoutRepository> opened = new ConcurrentHashMap<>();

    LayoutSource(Path folder, Optional<RepositoryName> given) {
        this.folder = folder;
        this.given = given;
    }

    static LayoutRepository repository(LayoutFolder layout) {
        BlobCheck check = new BlobCheck(false);
        return new LayoutRepository(layout.asSource(), new SharedBlobs(List::of), check);
    }

    @Override
    public Repository repository(RepositoryName name) {
        return opened(name);
    }

    private LayoutRepository opened(RepositoryName name) {
        return opened.computeIfAbsent(
                name,
                each -> repository(
                        single().filter(each::equals).isPresent()
                                ? LayoutFolder.alone(folder)
                                : new LayoutFolder(folder, each)));
    }

    /** Returns the name of the repository if the folder itself is a layout. */
    private Optional<RepositoryName> single() {
        return LayoutFolder.isLayout(folder) ? given.or(this::named) : Optional.empty();
    }

    private Optional<RepositoryName> named() {
        return new Location.Folder(folder).name().or(() -> {
            throw new ContentException.Unsupported(Message.of(
                    "the name of the folder " + folder + " cannot be that of a repository",
                    "set --name, or rename the folder"));
        });
    }

    @Override
    public Listing list(Predicate<RepositoryName> wanted) {
        List<RepositoryName> names = names();
        if (names.isEmpty()) {
            throw new ContentException.NotFound(Message.of(
                    "oci:" + folder + " holds no OCI image layout", "check the path, and whether its disk is mounted"));
        }
        return listing(
                names.stream().filter(wanted).toList(),
                List.of(),
                names.stream().filter(wanted.negate()).toList());
    }

    @Override
    public Listing list(Collection<RepositoryName> names) {
        Set<RepositoryName> existing = Set.copyOf(names());
        return listing(
                names.stream().filter(existing::contains).sorted().toList(),
                names.stream()
                        .filter(name -> !existing.contains(name))
                        .sorted()
                        .map(name -> new Listing.Failure(
                                name, new ContentException.NotFound("oci:" + folder + " has no repository " + name)))
                        .toList(),
                List.of());
    }

    private List<RepositoryName> names() {
        LayoutFolder.alone(folder).asSource().requireRoot();
        List<RepositoryName> names =
                new ArrayList<>(OciLayouts.at(folder).repositories().toList());
        single().ifPresent(name -> {
            if (names.contains(name)) {
                throw new ContentException.Unsupported(Message.of(
                        "oci:" + folder + " is the repository " + name + ", and contains another one of this name",
                        "set --name"));
            }
            names.add(name);
        });
        names.sort(null);
        return names;
    }

    private Listing listing(List<RepositoryName> names, List<Listing.Failure> missing, List<RepositoryName> others) {
        List<Listing.ListedRepository> repositories = new ArrayList<>();
        List<String> invalid = new ArrayList<>();
        List<Listing.Failure> failures = new ArrayList<>(missing);
        for (RepositoryName name : names) {
            try {
                Index index = opened(name).entries();
                repositories.add(new Listing.ListedRepository(name, opened(name).listedTags()));
                index.unreachable().forEach(image -> invalid.add(name + ":" + image));
                if (index.isWithoutTags() && single().filter(name::equals).isPresent()) {
                    throw new ContentException.Unsupported(Message.of(
                            "oci:" + folder + " holds only images without a tag",
                            "give them one with gcrsync copy, or name them by digest"));
                }
            } catch (ContentException e) {
                failures.add(new Listing.Failure(name, e));
            }
        }
        return new Listing(repositories, invalid, failures, others);
    }

    @Override
    public boolean answers() {
        return Files.isDirectory(folder) && Files.isReadable(folder);
    }
}
