package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sides;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Executes the plan for one repository: tags first, so that nobody pulls an image that is half deleted, then
 * manifests from the top. An image counts as deleted once its manifest is; until then the next run tries again. Others
 * may write to the repository meanwhile, so each step looks before it deletes, and at the end what turns out to be needed
 * is put back.
 */
final class RepositoryDeletion {
    /** A tag that is stored in between is deleted with its manifest, by registries that delete manifests with all tags. */
    private static final Duration LONGEST_UNSEEN = Duration.ofSeconds(1);

    private final Store destination;
    private final Sides sides;
    private final int requestsInFlight;
    private final RepositoryName name;
    private final Repository repository;
    private final RepositoryPlan plan;

    private final Set<String> untagged = new HashSet<>();
    private final List<DueImage> whole = new ArrayList<>();
    private final List<DueImage> tags = new ArrayList<>();
    private final List<Staying> staying = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Set<Digest> gone = new HashSet<>();
    /** What others need by now. */
    private final Set<Digest> needed = new HashSet<>();
    /** What belongs to an image that could not be deleted; the next run tries again. */
    private final Set<Digest> left = new HashSet<>();

    /** Digests by tag, as they were seen last. */
    private final Map<String, Digest> before = new HashMap<>();

    private long lookedNanos;
    private long longestUnseen;
    private boolean deletesManifests = true;
    private long freed;

    RepositoryDeletion(Pruning.Places places, RepositoryName name, RepositoryPlan plan) {
        this.destination = places.destination();
        this.sides = places.sides();
        this.requestsInFlight = places.requestsInFlight();
        this.name = name;
        this.repository = destination.repository(name);
        this.plan = plan;
    }

    void run() {
        try {
            plan.whole().stream().filter(DueImage::hasTag).forEach(this::deleteTag);
            plan.tagOnly().forEach(this::deleteTag);
            before.putAll(plan.before());
            keepWhatOthersNeed();
            plan.manifests().keySet().forEach(this::delete);
            if (!gone.isEmpty() || !untagged.isEmpty()) {
                putBackWhatIsNeeded();
            }
        } finally {
            count();
        }
        boolean isChanged =
                !gone.isEmpty() || !untagged.isEmpty() || !plan.missing().isEmpty();
        if (destination.isLocal() && failures.isEmpty() && isChanged) {
            freed = repository.deleteUnusedBlobs();
        }
    }

    private void deleteTag(DueImage image) {
        String tag = image.target().tag();
        try {
            Optional<Digest> now = repository.resolve(tag).map(Descriptor::digest);
            if (now.isPresent() && !now.get().equals(image.digest())) {
                staying.add(Staying.because(image, "the tag has been moved to " + now.get()));
                keep(image.digest());
            } else if (repository.deleteTag(tag)) {
                untagged.add(tag);
            } else if (plan.tagOnly().contains(image)) {
                staying.add(
                        Staying.because(
                                image,
                                "its manifest belongs to another image too, and the registry deletes manifests only, with all their tags"));
            }
        } catch (ContentException e) {
            failed(image.name(), e);
            // The registry may protect the tag: deleting its manifest would delete the tag too.
            leave(image.digest());
        }
    }

    private void failed(String what, ContentException reason) {
        sides.check(Side.DESTINATION, reason);
        failures.add(new Failure(what, Side.DESTINATION, reason));
    }

    private void keep(Digest manifest) {
        needed.addAll(plan.closure(List.of(manifest)));
    }

    private void leave(Digest manifest) {
        left.addAll(plan.closure(List.of(manifest)));
    }

    /** Looks at all tags once more, before manifests are deleted. */
    private void keepWhatOthersNeed() {
        long began = System.nanoTime();
        Holdings now = Holdings.read(destination, name, requestsInFlight);
        Set<String> going = new HashSet<>();
        plan.artifacts().values().forEach(going::addAll);
        plan.going().entrySet().stream()
                .filter(planned ->
                        Objects.equals(planned.getValue(), now.images().get(planned.getKey())))
                .forEach(planned -> going.add(planned.getKey()));
        Set<Digest> roots = now.roots(repository, going, requestsInFlight);
        roots.removeAll(plan.kept().manifests());
        Trees.Reach others = new Trees(repository, requestsInFlight).reach(roots);
        plan.manifests().keySet().stream().filter(others::needs).toList().forEach(this::keep);
        before.putAll(now.images());
        lookedNanos = System.nanoTime();
        // A repository with ten thousand tags must not be read all the time.
        longestUnseen = Math.max(LONGEST_UNSEEN.toNanos(), 10 * (lookedNanos - began));
    }

    private void delete(Digest manifest) {
        if (!deletesManifests || needed.contains(manifest) || left.contains(manifest)) {
            return;
        }
        if (System.nanoTime() - lookedNanos > longestUnseen) {
            keepWhatOthersNeed();
            if (needed.contains(manifest)) {
                return;
            }
        }
        try {
            if (repository.deleteManifest(manifest)) {
                gone.add(manifest);
                plan.artifacts().getOrDefault(manifest, Set.of()).forEach(this::deleteArtifactTag);
            } else {
                deletesManifests = false;
            }
        } catch (ContentException e) {
            failed(name + "@" + manifest, e);
            leave(manifest);
        }
    }

    private void deleteArtifactTag(String tag) {
        try {
            repository.deleteTag(tag);
        } catch (ContentException e) {
            failed(name + ":" + tag, e);
            repository.resolve(tag).map(Descriptor::digest).ifPresent(this::leave);
        }
    }

    /**
     * A registry may delete a manifest with one of its tags, or what a deleted index names, whatever the specification
     * says; and a sync of another machine may have stored an image that needs a manifest which it found here.
     */
    private void putBackWhatIsNeeded() {
        Holdings now = Holdings.read(destination, name, requestsInFlight);
        Map<String, Digest> going = plan.going();
        Set<Digest> ofTags = plan.tagOnly().stream().map(DueImage::digest).collect(Collectors.toSet());
        before.forEach((tag, digest) -> {
            boolean isOurs = gone.contains(digest) || ofTags.contains(digest);
            if (isOurs && !going.containsKey(tag) && !now.images().containsKey(tag)) {
                plan.trees().known(digest).ifPresent(manifest -> {
                    putBack(List.of(digest));
                    repository.putManifest(tag, manifest);
                });
            }
        });
        untagged.removeIf(tag -> Objects.equals(now.images().get(tag), going.get(tag))); // Others pushed it again.
        Set<Digest> roots = now.roots(repository, Set.of(), requestsInFlight);
        Trees.Reach others = new Trees(repository, requestsInFlight).reach(roots);
        List<Digest> lost = Stream.of(
                        gone.stream().filter(others::needs),
                        gone.stream()
                                .flatMap(digest -> plan.trees().known(digest).stream())
                                .flatMap(manifest -> manifest.children().stream())
                                .map(Descriptor::digest)
                                .filter(plan.kept()::needs),
                        plan.tagOnly().stream().map(DueImage::digest),
                        plan.pinned().stream())
                .flatMap(each -> each)
                .distinct()
                .toList();
        putBack(lost);
    }

    /** Stores those that are missing again, what they name first. */
    private void putBack(Collection<Digest> digests) {
        for (Digest digest : digests) {
            Optional<Manifest> manifest = plan.trees().known(digest);
            if (manifest.isPresent() && repository.resolve(digest.value()).isEmpty()) {
                putBack(manifest.get().children().stream()
                        .map(Descriptor::digest)
                        .toList());
                repository.putManifest(digest.value(), manifest.get());
            }
        }
    }

    private void count() {
        for (DueImage image : plan.whole()) {
            if (gone.contains(image.digest())
                    || (!deletesManifests && untagged.contains(image.target().tag()))) {
                whole.add(image);
            } else if (needed.contains(image.digest())
                    && !left.contains(image.digest())
                    && untagged.contains(image.target().tag())) {
                tags.add(image); // Somebody needs the manifest by now.
            }
        }
        plan.tagOnly().stream()
                .filter(image -> untagged.contains(image.target().tag()))
                .forEach(tags::add);
    }

    /** Returns the images that are deleted with their manifests. */
    List<DueImage> whole() {
        return whole;
    }

    /** Returns the images of which the tag is deleted. */
    List<DueImage> tags() {
        return tags;
    }

    List<Staying> staying() {
        return staying;
    }

    List<Failure> failures() {
        return failures;
    }

    Set<Digest> manifests() {
        return gone;
    }

    /** Whether the registry deletes neither tags nor manifests. */
    boolean isImpossible() {
        return !deletesManifests && gone.isEmpty() && untagged.isEmpty();
    }

    /** Returns the space that a folder has freed; empty for a registry. */
    Optional<Long> freed() {
        return destination.isLocal() ? Optional.of(freed) : Optional.empty();
    }
}
