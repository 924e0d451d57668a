package io.github.gcrsync.bundle;

import io.github.gcrsync.bundle.Contents.Assumed;
import io.github.gcrsync.bundle.Contents.Image;
import io.github.gcrsync.bundle.Contents.Named;
import io.github.gcrsync.bundle.Contents.OfRepository;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes what a mirror's destination holds, as its ledger says, into bundles. */
public final class Export {
    private final Store store;
    private final ImageReading reading;
    private final Settings settings;
    private final Progress progress;

    /**
     * @param mirror its folder in the ledger
     * @param source of the mirror, as its ledger records it
     * @param commit of the ledger
     * @param images that the ledger records, all of them included, sorted by their keys
     * @param base what the other side has; empty for a complete bundle
     * @param maxSize of a part, in bytes
     * @param requestsInFlight while manifests are read
     */
    public record Settings(
            String mirror,
            String source,
            Optional<String> commit,
            List<Image> images,
            Optional<Base> base,
            OptionalLong maxSize,
            int requestsInFlight,
            StopSignal stop) {}

    /**
     * @param files the parts
     * @param included number of images with their manifests
     * @param failures images that are skipped, and referrers that are skipped of their images, with the reason
     */
    public record Result(
            List<Written> files, int included, int unchanged, SortedMap<String, ContentException> failures) {
        /** @param sha256 of the file, in hexadecimal digits */
        public record Written(Path file, long size, String sha256) {}
    }

    /** @param places the repository of each image at the destination */
    public Export(Store store, Function<ImageKey, RepositoryName> places, Settings settings, Progress progress) {
        this.store = store;
        this.reading = new ImageReading(store, places, settings, progress);
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Writes the bundle. A damaged image is skipped.
     *
     * @throws ContentException if the destination or the disk cannot be used
     * @throws IOException if the bundle cannot be written
     */
    public Result to(Path file) throws IOException {
        Map<ImageKey, Image> before = new HashMap<>();
        settings.base().ifPresent(base -> base.images().forEach(image -> before.put(image.key(), image)));
        List<Image> wanted = settings.images().stream()
                .filter(image -> !isUnchanged(image, before))
                .toList();
        progress.reading(before.size() + wanted.size());
        Map<Digest, Assumed> known = known(before);
        SortedMap<RepositoryName, Collected> collected = reading.collected(wanted, ReferrerTypes.ALL, false);
        while (true) {
            Contents contents = contents(collected, wanted, known);
            try {
                List<Result.Written> files =
                        new BundleWriter(store, settings, progress).write(file, contents, collected, known.keySet());
                int included = contents.included().size();
                return new Result(files, included, settings.images().size() - wanted.size(), reading.failures());
            } catch (DamagedBlobException e) {
                // The table of contents comes first, so all is written again without what needs damaged blobs.
                damaged(collected, known.keySet()).forEach((blob, reason) -> drop(blob, reason, collected, wanted));
            }
        }
    }

    private SortedMap<Digest, ContentException> damaged(Map<RepositoryName, Collected> collected, Set<Digest> known) {
        SortedMap<Digest, ContentException> damaged = new TreeMap<>();
        Set<Digest> checked = new HashSet<>(known);
        for (Collected repository : collected.values()) {
            repository.blobs().forEach((digest, blob) -> {
                settings.stop().check();
                if (checked.add(digest)) {
                    reasonAgainst(blob).ifPresent(reason -> damaged.put(digest, reason));
                }
            });
        }
        return damaged;
    }

    private Optional<ContentException> reasonAgainst(Collected.Blob blob) {
        try (InputStream content =
                store.repository(blob.place()).blob(blob.descriptor()).openAt(0)) {
            content.transferTo(OutputStream.nullOutputStream());
            return Optional.empty();
        } catch (ContentException e) {
            if (!ImageReading.isOfImage(e)) {
                throw e;
            }
            return Optional.of(e);
        } catch (IOException e) {
            throw new ContentException.Unreachable(
                    "cannot read " + blob.descriptor().digest() + ": " + e.getMessage(), e);
        }
    }

    private void drop(
            Digest blob, ContentException reason, Map<RepositoryName, Collected> collected, List<Image> wanted) {
        collected.forEach((name, repository) -> {
            Set<Digest> dropped = repository.dropThoseWith(blob);
            List<Image> images = wanted.stream()
                    .filter(image -> image.key().name().equals(name) && dropped.contains(image.digest()))
                    .toList();
            images.forEach(image -> reading.note(image.key().toString(), reason));
            if (images.isEmpty()) {
                dropped.forEach(referrer -> reading.note(name + "@" + referrer, reason));
            }
        });
    }

    private static boolean isUnchanged(Image image, Map<ImageKey, Image> before) {
        Image old = before.get(image.key());
        return old != null && image.isSame(old);
    }

    /**
     * What images had that are gone since then counts as unknown, and so do the referrers of images that have others now:
     * it is exported again.
     */
    private Map<Digest, Assumed> known(Map<ImageKey, Image> before) {
        Set<Image> unchanged = settings.images().stream()
                .filter(image -> isUnchanged(image, before))
                .map(image -> Objects.requireNonNull(before.get(image.key())))
                .collect(Collectors.toSet());
        Map<Digest, Assumed> known = new HashMap<>();
        note(reading.collected(List.copyOf(unchanged), ReferrerTypes.ALL, true), known);
        List<Image> others = before.values().stream()
                .filter(image -> !unchanged.contains(image))
                .toList();
        note(reading.collected(others, ReferrerTypes.NONE, true), known);
        return known;
    }

    private static void note(Map<RepositoryName, Collected> collected, Map<Digest, Assumed> known) {
        collected.forEach((name, each) -> each.blobs()
                .forEach((digest, blob) -> known.putIfAbsent(
                        digest, new Assumed(digest, blob.descriptor().size(), name))));
    }

    private static boolean isIn(Map<RepositoryName, Collected> collected, Image image) {
        Collected repository = collected.get(image.key().name());
        return repository != null && repository.holds(image.digest());
    }

    private Contents contents(
            SortedMap<RepositoryName, Collected> collected, List<Image> wanted, Map<Digest, Assumed> known) {
        Set<ImageKey> included = wanted.stream()
                .filter(image -> isIn(collected, image))
                .map(Image::key)
                .collect(Collectors.toSet());
        List<OfRepository> repositories = new ArrayList<>();
        SortedMap<Digest, Assumed> assumed = new TreeMap<>();
        collected.forEach((name, each) -> {
            if (!each.manifests().isEmpty()) {
                repositories.add(new OfRepository(name, named(each)));
            }
            each.blobs().keySet().stream()
                    .map(known::get)
                    .filter(Objects::nonNull)
                    .forEach(blob -> assumed.put(blob.blob(), blob));
        });
        Set<String> skipped = reading.failures().keySet();
        return new Contents(
                settings.mirror(),
                settings.source(),
                settings.commit(),
                settings.base().flatMap(Base::commit),
                settings.images().stream()
                        // An image that cannot be exported is not expected on the other side.
                        .filter(image -> included.contains(image.key())
                                || !skipped.contains(image.key().toString()))
                        .map(image -> new Image(
                                image.key(), image.digest(), image.referrers(), included.contains(image.key())))
                        .toList(),
                repositories,
                List.copyOf(assumed.values()));
    }

    private static List<Named> named(Collected repository) {
        Map<Digest, List<String>> tags = new HashMap<>();
        repository
                .tagged()
                .forEach((tag, digest) ->
                        tags.computeIfAbsent(digest, _ -> new ArrayList<>()).add(tag));
        return repository.manifests().stream()
                .map(Manifest::descriptor)
                .map(manifest -> new Named(manifest, tags.getOrDefault(manifest.digest(), List.of())))
                .toList();
    }
}
