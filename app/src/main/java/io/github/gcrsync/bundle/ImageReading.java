package io.github.gcrsync.bundle;

import io.github.gcrsync.bundle.Contents.Image;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.CopyResult;
import io.github.gcrsync.copy.CopyTarget;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what images at a destination consist of, and notes which of them cannot be read. */
final class ImageReading {
    private final Store store;
    private final Function<ImageKey, RepositoryName> places;
    private final Export.Settings settings;
    private final Progress progress;
    private final Map<RepositoryName, Set<String>> tags = new ConcurrentHashMap<>();
    private final SortedMap<String, ContentException> failures = new TreeMap<>();

    /** @param places the repository of each image at the destination */
    ImageReading(Store store, Function<ImageKey, RepositoryName> places, Export.Settings settings, Progress progress) {
        this.store = store;
        this.places = places;
        this.settings = settings;
        this.progress = progress;
    }

    private Copier copier(ReferrerTypes referrers) {
        return new Copier(CopyOptions.defaults()
                .withBlobsInFlight(settings.requestsInFlight())
                .withStop(settings.stop())
                .withReferrers(referrers));
    }

    /**
     * Reads images without their blobs.
     *
     * @param mayBeGone whether an image that cannot be read is no failure
     * @return what they consist of, by their repositories in the ledger
     */
    SortedMap<RepositoryName, Collected> collected(List<Image> images, ReferrerTypes referrers, boolean mayBeGone) {
        Copier copier = copier(referrers);
        SortedMap<RepositoryName, Collected> all = new TreeMap<>();
        images.forEach(image -> all.computeIfAbsent(image.key().name(), _ -> new Collected()));
        Tasks.forEach(images, settings.requestsInFlight(), image -> {
            settings.stop().check();
            try {
                collect(image, Objects.requireNonNull(all.get(image.key().name())), copier, mayBeGone);
            } catch (CopyException e) {
                if (!isOfImage(e.reason())) {
                    throw e.reason();
                }
                if (!mayBeGone) {
                    note(image.key().toString(), e.reason());
                }
            }
            progress.imageRead();
        });
        return all;
    }

    private void collect(Image image, Collected into, Copier copier, boolean mayBeGone) {
        RepositoryName place = places.apply(image.key());
        Repository repository = store.repository(place);
        CopyTarget target = new CopyTarget(into.from(place), "", image.key().reference(), false, CopyListener.SILENT);
        CopyResult result = copier.copy(repository, image.digest().value(), List.of(target), tags(place, repository))
                .getFirst();
        switch (result) {
            case CopyResult.Stored stored -> {
                if (!mayBeGone) {
                    stored.referrers().failures().forEach(failure -> noteReferrer(image, failure));
                }
            }
            case CopyResult.Failed failed -> throw failed.reason();
            case CopyResult.Behind _ -> throw new IllegalStateException("cannot happen: one target");
        }
    }

    private void noteReferrer(Image image, CopiedReferrers.Failure failure) {
        ContentException reason = failure.reason().reason();
        if (!isOfImage(reason)) {
            throw reason;
        }
        note(
                failure.referrer().map(name -> image.key().name() + "@" + name).orElse(image.key() + ", referrers"),
                reason);
    }

    private Set<String> tags(RepositoryName place, Repository repository) {
        return tags.computeIfAbsent(place, _ -> {
            try (Stream<String> all = repository.tags()) {
                return all.collect(Collectors.toSet());
            } catch (ContentException e) {
                return Set.of(); // Some registries list no tags.
            }
        });
    }

    /** Whether other images may be read all the same. */
    static boolean isOfImage(ContentException reason) {
        return switch (reason) {
            case ContentException.NotFound _,
                    ContentException.Corrupt _,
                    ContentException.Incomplete _,
                    ContentException.Unsupported _ -> true;
            default -> false;
        };
    }

    synchronized void note(String what, ContentException reason) {
        failures.putIfAbsent(what, reason);
    }

    /** Returns what cannot be exported, with the reason. */
    synchronized SortedMap<String, ContentException> failures() {
        return new TreeMap<>(failures);
    }
}
