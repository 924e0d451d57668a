package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds which manifests of one repository can be deleted with some images: those of their trees and their referrers
 * that no other tag, no index and no subject needs.
 */
final class RepositorySearch {
    /** Tells a repository without tags of artifacts from one whose tags are unknown. */
    private static final String OTHER_TAG = "latest";

    private final Repository repository;
    private final Holdings holdings;
    private final int requestsInFlight;
    private final Trees trees;
    private final ReferrerLookup lookup;

    private final List<DueImage> present = new ArrayList<>();
    private final List<DueImage> missing = new ArrayList<>();
    private final List<Staying> staying = new ArrayList<>();
    private final SequencedMap<Digest, Manifest> manifests = new LinkedHashMap<>();
    private final Map<Digest, Set<Digest>> attached = new HashMap<>();
    private final Map<Digest, Set<String>> artifacts = new HashMap<>();
    private Trees.Reach kept = Trees.Reach.NOTHING;

    RepositorySearch(Store destination, RepositoryName name, int requestsInFlight) {
        this.repository = destination.repository(name);
        this.requestsInFlight = requestsInFlight;
        this.holdings = Holdings.read(destination, name, requestsInFlight);
        this.trees = new Trees(repository, requestsInFlight);
        this.lookup = ReferrerLookup.of(
                repository, holdings.artifacts().isEmpty() ? Set.of(OTHER_TAG) : holdings.artifacts());
    }

    /** @param pinned digests without a tag that must stay */
    RepositoryPlan plan(List<DueImage> due, Set<Digest> pinned) {
        due.forEach(this::find);
        present.removeIf(this::isUnreadable);
        Set<String> going = present.stream().map(image -> image.target().tag()).collect(Collectors.toSet());
        Set<Digest> roots = new HashSet<>(pinned);
        holdings.images().forEach((tag, digest) -> {
            if (!going.contains(tag)) {
                roots.add(digest);
            }
        });
        kept = trees.reach(roots);
        boolean isDone = false;
        while (!isDone) {
            collect();
            isDone = !keepsMore();
        }
        missing.removeIf(image -> {
            boolean isThere = manifests.containsKey(image.digest());
            if (isThere) {
                present.add(image); // An earlier run deleted its tag only.
            }
            return isThere;
        });
        Map<Boolean, List<DueImage>> byManifest =
                present.stream().collect(Collectors.partitioningBy(image -> manifests.containsKey(image.digest())));
        return new RepositoryPlan(
                holdings.images(),
                pinned,
                Objects.requireNonNull(byManifest.get(true)),
                withTag(Objects.requireNonNull(byManifest.get(false))),
                missing,
                staying,
                manifests,
                attached,
                artifacts,
                kept,
                trees);
    }

    private void find(DueImage image) {
        Optional<Digest> listed =
                Optional.ofNullable(holdings.images().get(image.target().tag()));
        Optional<Digest> found = listed.or(() -> repository
                .resolve(image.hasTag() ? image.target().tag() : image.digest().value())
                .map(Descriptor::digest));
        if (image.hasTag() && listed.isEmpty() && found.isPresent()) {
            throw new ContentException.Unsupported("the registry does not list the existing tag "
                    + image.target().tag()
                    + ", so nothing shows which tags need the same manifests; delete its images by other means");
        }
        if (found.isEmpty()) {
            missing.add(image);
        } else if (found.get().equals(image.digest())) {
            present.add(image);
        } else {
            staying.add(Staying.because(image, "the destination has " + found.get() + " there, not what was copied"));
        }
    }

    /** Nothing shows what belongs to an image whose manifest is damaged. */
    private boolean isUnreadable(DueImage image) {
        try {
            trees.manifest(image.digest());
            return false;
        } catch (ContentException.Corrupt | ContentException.Incomplete e) {
            staying.add(Staying.because(image, "its manifest is damaged: " + e.getMessage()));
            return true;
        }
    }

    private List<DueImage> withTag(List<DueImage> needed) {
        needed.stream()
                .filter(Predicate.not(DueImage::hasTag))
                .forEach(image -> staying.add(Staying.because(image, "another image needs it")));
        return needed.stream().filter(DueImage::hasTag).toList();
    }

    private void collect() {
        manifests.clear();
        attached.clear();
        artifacts.clear();
        List<Digest> roots = Stream.concat(present.stream(), missing.stream())
                .map(DueImage::digest)
                .toList();
        roots.forEach(this::addTree);
        addReferrers(roots);
    }

    private void addTree(Digest digest) {
        if (manifests.containsKey(digest) || kept.needs(digest)) {
            return;
        }
        Optional<Manifest> found = trees.manifest(digest);
        if (found.isEmpty() || isReferrerOfKept(found.get())) {
            return;
        }
        manifests.put(digest, found.get());
        found.get().children().stream()
                .filter(child -> MediaType.isManifest(child.mediaType()))
                .forEach(child -> addTree(child.digest()));
    }

    /** A manifest with a subject belongs to that subject, even if another one names it. */
    private boolean isReferrerOfKept(Manifest manifest) {
        return manifest.subject()
                .map(Descriptor::digest)
                .filter(subject -> !manifests.containsKey(subject))
                .filter(subject ->
                        kept.needs(subject) || trees.manifest(subject).isPresent())
                .isPresent();
    }

    /** An earlier run may have deleted a root and been killed before it deleted what belongs to it. */
    private void addReferrers(Collection<Digest> roots) {
        Set<Digest> done = new HashSet<>();
        List<Digest> subjects = Stream.concat(roots.stream(), manifests.keySet().stream())
                .filter(subject -> !kept.needs(subject))
                .distinct()
                .toList();
        while (!subjects.isEmpty()) {
            subjects.forEach(this::addReferrersOf);
            done.addAll(subjects);
            subjects = manifests.keySet().stream()
                    .filter(subject -> !done.contains(subject))
                    .toList();
        }
    }

    private void addReferrersOf(Digest subject) {
        for (String listed : ReferrerLookup.digests(lookup.list(subject), subject)) {
            Digest digest = new Digest(listed);
            // A list may name what is none of its referrers.
            if (trees.manifest(digest)
                    .flatMap(Manifest::subject)
                    .filter(named -> named.digest().equals(subject))
                    .isPresent()) {
                attach(digest, subject);
            }
        }
        List<String> tags = new ArrayList<>(DigestTags.ofArtifacts(subject));
        tags.add(DigestTags.ofReferrers(subject));
        tags.stream().filter(holdings.artifacts()::contains).forEach(tag -> {
            artifacts.computeIfAbsent(subject, _ -> new LinkedHashSet<>()).add(tag);
            holdings.resolved(repository, tag).ifPresent(digest -> attach(digest, subject));
        });
    }

    private void attach(Digest digest, Digest subject) {
        addTree(digest);
        attached.computeIfAbsent(subject, _ -> new LinkedHashSet<>()).add(digest);
    }

    /** Adds what the remaining tags of artifacts need, such as an SBOM of several images; returns whether it is planned. */
    private boolean keepsMore() {
        Set<String> going = artifacts.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        List<String> others = holdings.artifacts().stream()
                .filter(tag -> !going.contains(tag))
                .toList();
        if (manifests.isEmpty() || others.isEmpty()) {
            return false;
        }
        kept = kept.plus(trees.reach(
                holdings.resolved(repository, others, requestsInFlight).values()));
        return manifests.keySet().stream().anyMatch(kept::needs);
    }
}
