package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sides;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Deletes what is planned of one repository: tags first, so that nobody pulls an image that is half deleted. An image
 * counts as deleted once its manifest is; until then the next run tries again. Then it looks again, and puts back what a
 * sync of another machine needs by now.
 */
final class RepositoryDeletion {
    private final Store destination;
    private final Sides sides;
    private final int requestsInFlight;
    private final RepositoryName name;
    private final Repository repository;
    private final RepositoryPlan plan;

    private final List<DueImage> whole = new ArrayList<>();
    private final List<DueImage> tags = new ArrayList<>();
    private final List<Staying> staying = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Set<Digest> gone = new HashSet<>();
    private boolean isRefused;
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
        Set<Digest> protectedRoots = new HashSet<>();
        Set<String> untagged = new HashSet<>();
        for (DueImage image : plan.whole()) {
            if (image.hasTag()) {
                switch (deleteTag(image)) {
                    case DONE -> untagged.add(image.target().tag());
                    case REFUSED -> protectedRoots.add(image.digest());
                    case IMPOSSIBLE -> {} // It goes with its manifest.
                }
            }
        }
        for (DueImage image : plan.tagOnly()) {
            switch (deleteTag(image)) {
                case DONE -> tags.add(image);
                case REFUSED -> {}
                case IMPOSSIBLE ->
                    staying.add(Staying.because(
                            image,
                            "its manifest belongs to another image too, and the registry deletes manifests only, with all their tags"));
            }
        }
        Set<Digest> kept = trees(protectedRoots);
        if (kept.isEmpty()) {
            plan.artifacts().forEach(repository::deleteTag);
        }
        plan.manifests().keySet().stream().filter(digest -> !kept.contains(digest)).forEach(this::delete);
        for (DueImage image : plan.whole()) {
            if (gone.contains(image.digest())
                    || (isRefused && untagged.contains(image.target().tag()))) {
                whole.add(image);
            }
        }
        if (!gone.isEmpty() || !tags.isEmpty()) {
            lookAgain();
            freed = repository.deleteUnusedBlobs();
        }
    }

    private enum Result {
        DONE,
        /** The registry protects this tag. Its manifest must stay, too: deleting that would take the tag along. */
        REFUSED,
        /** The registry deletes no tags. */
        IMPOSSIBLE
    }

    private Result deleteTag(DueImage image) {
        try {
            return repository.deleteTag(image.target().tag()) ? Result.DONE : Result.IMPOSSIBLE;
        } catch (ContentException e) {
            sides.check(Side.DESTINATION, e);
            failures.add(new Failure(image.name(), Side.DESTINATION, e));
            return Result.REFUSED;
        }
    }

    /** Returns the planned manifests that these name, with themselves. */
    private Set<Digest> trees(Set<Digest> roots) {
        Set<Digest> all = new HashSet<>(roots);
        // Each manifest comes before those that it names.
        plan.manifests().forEach((digest, manifest) -> {
            if (all.contains(digest)) {
                manifest.children().forEach(child -> all.add(child.digest()));
            }
        });
        plan.manifests().forEach((digest, manifest) -> manifest.subject()
                .filter(subject -> all.contains(subject.digest()))
                .ifPresent(_ -> all.add(digest)));
        return all;
    }

    private void delete(Digest manifest) {
        if (isRefused) {
            return;
        }
        try {
            if (repository.deleteManifest(manifest)) {
                gone.add(manifest);
            } else {
                isRefused = true;
            }
        } catch (ContentException e) {
            sides.check(Side.DESTINATION, e);
            failures.add(new Failure(name + "@" + manifest, Side.DESTINATION, e));
        }
    }

    /**
     * A registry may delete a manifest with one of its tags, whatever the specification says; and a sync may have stored
     * an image that needs a manifest which it found here before it was deleted.
     */
    private void lookAgain() {
        Map<String, Digest> now =
                Holdings.read(destination, name, requestsInFlight).images();
        tags.forEach(image -> restore(image, now));
        Set<Digest> others = new HashSet<>(now.values());
        others.removeAll(plan.kept().manifests());
        Trees.Reach needed = new Trees(repository, requestsInFlight).reach(others);
        for (Manifest manifest : plan.manifests().sequencedValues().reversed()) {
            Digest digest = manifest.descriptor().digest();
            if (gone.contains(digest) && needed.needs(digest)) {
                repository.putManifest(digest.value(), manifest);
            }
        }
    }

    private void restore(DueImage image, Map<String, Digest> now) {
        Manifest manifest = Objects.requireNonNull(plan.shared().get(image.digest()));
        if (repository.resolve(image.digest().value()).isEmpty()) {
            repository.putManifest(image.digest().value(), manifest);
        }
        plan.before().images().forEach((tag, digest) -> {
            if (digest.equals(image.digest()) && !plan.isGoing(tag) && !now.containsKey(tag)) {
                repository.putManifest(tag, manifest);
            }
        });
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

    /** Returns the number of deleted manifests. */
    int manifests() {
        return gone.size();
    }

    /** Whether the registry deletes neither tags nor manifests. */
    boolean isRefused() {
        return isRefused && gone.isEmpty() && whole.isEmpty() && tags.isEmpty();
    }

    long freed() {
        return freed;
    }
}
