package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.LocalStore;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** All parts of a bundle, checked, as a store to read from. Thread-safe. */
public final class Bundle implements LocalStore {
    private final Contents contents;
    private final Map<Digest, BundleReader.Place> blobs;
    private final NavigableMap<RepositoryName, BundleRepository> repositories = new TreeMap<>();
    private final UnaryOperator<RepositoryName> full;
    private final List<Function<RepositoryName, Repository>> elsewhere = new CopyOnWriteArrayList<>();

    private Bundle(Contents contents, Map<Digest, BundleReader.Place> blobs, UnaryOperator<RepositoryName> full) {
        this.contents = contents;
        this.blobs = blobs;
        this.full = full;
        Map<Digest, RepositoryName> assumed = new HashMap<>();
        contents.assumed().forEach(blob -> assumed.put(blob.blob(), blob.repository()));
        contents.repositories()
                .forEach(each -> repositories.put(
                        full.apply(each.name()),
                        new BundleRepository(each, blobs, blob -> elsewhere(blob, assumed.get(blob.digest())))));
    }

    /**
     * Names a store that may have the blobs that the bundle lacks. A registry that does not mount across repositories needs
     * their bytes.
     *
     * @param names returns the repository there of a name in the ledger
     */
    public void readElsewhere(Store store, UnaryOperator<RepositoryName> names) {
        elsewhere.add(name -> store.repository(names.apply(name)));
    }

    private Optional<InputStream> elsewhere(Descriptor blob, @Nullable RepositoryName name) throws IOException {
        if (name == null) {
            return Optional.empty();
        }
        for (Function<RepositoryName, Repository> each : elsewhere) {
            try {
                return Optional.of(opened(each.apply(name).blob(blob).openAt(0)));
            } catch (ContentException.NotFound e) {
                // Maybe the next one has it.
            }
        }
        return Optional.empty();
    }

    /** Registries are asked only when the first byte is read. */
    private static InputStream opened(InputStream content) throws IOException {
        PushbackInputStream opened = new PushbackInputStream(content);
        int first = opened.read();
        if (first >= 0) {
            opened.unread(first);
        }
        return opened;
    }

    /**
     * Reads and checks every byte.
     *
     * @param files all parts, in any order
     * @throws ContentException if a file is not a whole, undamaged part, or if one is missing
     */
    public static Parts check(List<Path> files, Progress progress) {
        long bytes = 0;
        for (Path file : files) {
            try {
                bytes += Files.size(file);
            } catch (IOException e) {
                throw BundleReader.unreadable(file, e);
            }
            if (!Files.isRegularFile(file)) {
                throw BundleReader.unreadable(file, new IOException("it is not a regular file"));
            }
        }
        progress.bytes(bytes);
        NavigableMap<Integer, BundleReader.Checked> parts = new TreeMap<>();
        for (Path file : files) {
            BundleReader.Checked part = new BundleReader(file, progress).checked();
            ContentsJson.Read first =
                    (parts.isEmpty() ? part : parts.firstEntry().getValue()).contents();
            if (!part.contents().isOfSameBundle(first)) {
                throw new ContentException.Unsupported(Message.of(
                        Printable.of(file + " and " + files.getFirst() + " belong to different exports"),
                        "import one after the other"));
            }
            parts.putIfAbsent(part.contents().part().number(), part);
        }
        Map<Digest, BundleReader.Place> blobs = blobs(files.getFirst(), parts);
        ContentsJson.Read read = parts.firstEntry().getValue().contents();
        requireManifests(files.getFirst(), read.contents(), blobs);
        return new Parts(read, blobs);
    }

    private static Map<Digest, BundleReader.Place> blobs(Path file, NavigableMap<Integer, BundleReader.Checked> parts) {
        int all = parts.firstEntry().getValue().contents().part().of();
        Map<Digest, BundleReader.Place> blobs = new HashMap<>();
        for (int i = 1; i <= all; i++) {
            BundleReader.Checked part = parts.get(i);
            if (part == null) {
                throw new ContentException.Unsupported(
                        Message.of("part " + i + " of " + all + " is missing", "name all parts of the export"));
            }
            blobs.putAll(part.blobs());
            if (!blobs.keySet().containsAll(part.linked())) {
                throw BundleReader.damaged(file, "part " + i + " has a link to a blob that is missing");
            }
        }
        return blobs;
    }

    private static void requireManifests(Path file, Contents contents, Map<Digest, BundleReader.Place> blobs) {
        Set<ImageKey> here = new HashSet<>();
        Map<ImageKey, Digest> tagged = new HashMap<>();
        for (Contents.OfRepository repository : contents.repositories()) {
            for (Contents.Named named : repository.manifests()) {
                Descriptor manifest = named.manifest();
                BundleReader.Place place = blobs.get(manifest.digest());
                if (place == null || place.size() != manifest.size()) {
                    throw BundleReader.damaged(file, "it lists a manifest that is not there, " + manifest.digest());
                }
                here.add(new ImageKey(repository.name(), manifest.digest().value()));
                named.tags().forEach(tag -> tagged.put(new ImageKey(repository.name(), tag), manifest.digest()));
            }
        }
        for (Contents.Image image : contents.included()) {
            ImageKey key = image.key();
            if (!here.contains(new ImageKey(key.name(), image.digest().value()))
                    || !(ImageKey.isDigest(key.reference())
                            || Optional.ofNullable(tagged.get(key))
                                    .filter(image.digest()::equals)
                                    .isPresent())) {
                throw BundleReader.damaged(file, "it lists an image that is not there, " + key);
            }
        }
    }

    /** The checked parts of a bundle. */
    public static final class Parts {
        private final ContentsJson.Read read;
        private final Map<Digest, BundleReader.Place> blobs;

        private Parts(ContentsJson.Read read, Map<Digest, BundleReader.Place> blobs) {
            this.read = read;
            this.blobs = blobs;
        }

        public Contents contents() {
            return read.contents();
        }

        /** @param full returns the name in the store of a name in the ledger */
        public Bundle store(UnaryOperator<RepositoryName> full) {
            return new Bundle(read.contents(), blobs, full);
        }
    }

    public Contents contents() {
        return contents;
    }

    /** Whether the bundle has the blob. */
    public boolean has(Digest blob) {
        return blobs.containsKey(blob);
    }

    /** It brings what is new. */
    @Override
    public boolean isPart() {
        return true;
    }

    @Override
    public Repository repository(RepositoryName name) {
        BundleRepository known = repositories.get(name);
        return known != null
                ? known
                : new BundleRepository(new Contents.OfRepository(name, List.of()), Map.of(), _ -> Optional.empty());
    }

    @Override
    public Listing list(Predicate<RepositoryName> wanted) {
        return new Listing(
                repositories.keySet().stream().filter(wanted).map(this::listed).toList(),
                List.of(),
                List.of(),
                repositories.keySet().stream().filter(wanted.negate()).toList());
    }

    @Override
    public Listing list(Collection<RepositoryName> names) {
        return new Listing(
                names.stream()
                        .filter(repositories::containsKey)
                        .sorted()
                        .map(this::listed)
                        .toList(),
                List.of(),
                names.stream()
                        .filter(name -> !repositories.containsKey(name))
                        .sorted()
                        .map(name -> new Listing.Failure(
                                name, new ContentException.NotFound("the bundle has no repository " + name)))
                        .toList());
    }

    private ListedRepository listed(RepositoryName name) {
        return new ListedRepository(
                name,
                repository(name)
                        .tags()
                        .map(tag -> new ListedTag(tag, Optional.empty()))
                        .toList());
    }

    @Override
    public boolean answers() {
        return true;
    }

    @Override
    public String toString() {
        return "bundle of " + contents.mirror() + " as " + full;
    }
}
