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

/**
 * Finds which manifests of one repository can be deleted with some images: those of their trees and their referrers
 * that no other tag, no index and no subject needs.
 */
final class RepositorySearch {
    private final Repository repository;
    private final Holdings holdings;
    private final int requestsInFlight;
    private final Trees trees;
    private final ReferrerLookup lookup;

    private final List<DueImage> present = new ArrayList<>();
    private final List<DueImage> missing = new ArrayList<>();
    private final List<Staying> staying = new ArrayList<>();
    private final SequencedMap<Digest, Manifest> manifests = new LinkedHashMap<>();
    private final Set<String> artifacts = new LinkedHashSet<>();
    private Trees.Reach kept = new Trees.Reach(Set.of(), Map.of());

    RepositorySearch(Store destination, RepositoryName name, int requestsInFlight) {
        this.repository = destination.repository(name);
        this.requestsInFlight = requestsInFlight;
        this.holdings = Holdings.read(destination, name, requestsInFlight);
        this.trees = new Trees(repository, requestsInFlight);
        this.lookup =
                ReferrerLookup.of(repository, holdings.artifacts().isEmpty() ? Set.of("latest") : holdings.artifacts());
    }

    /** @param pinned digests without a tag that must stay */
    RepositoryPlan plan(List<DueImage> due, Collection<Digest> pinned) {
        due.forEach(this::find);
        Set<String> going = present.stream().map(image -> image.target().tag()).collect(Collectors.toSet());
        Set<Digest> roots = new HashSet<>(pinned);
        holdings.images().forEach((tag, digest) -> {
            if (!going.contains(tag)) {
                roots.add(digest);
            }
        });
        kept = trees.reach(roots);
        present.forEach(image -> addTree(image.digest()));
        missing.forEach(image -> addTree(image.digest()));
        addReferrers();
        keepArtifacts();
        missing.removeIf(image -> {
            boolean isThere = manifests.containsKey(image.digest());
            if (isThere) {
                present.add(image); // An earlier run deleted its tag only.
            }
            return isThere;
        });
        Map<Boolean, List<DueImage>> byManifest =
                present.stream().collect(Collectors.partitioningBy(image -> manifests.containsKey(image.digest())));
        List<DueImage> tagOnly = withTag(Objects.requireNonNull(byManifest.get(false)));
        Map<Digest, Manifest> shared = new HashMap<>();
        tagOnly.forEach(
                image -> trees.manifest(image.digest()).ifPresent(manifest -> shared.put(image.digest(), manifest)));
        return new RepositoryPlan(
                holdings,
                Objects.requireNonNull(byManifest.get(true)),
                tagOnly,
                missing,
                staying,
                manifests,
                artifacts,
                shared,
                kept);
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
                    + ", so nothing shows which tags need the same manifests; delete its images with other means");
        }
        if (found.isEmpty()) {
            missing.add(image);
        } else if (found.get().equals(image.digest())) {
            present.add(image);
        } else {
            staying.add(Staying.because(image, "the destination has " + found.get() + " there, not what was copied"));
        }
    }

    private List<DueImage> withTag(List<DueImage> needed) {
        needed.stream()
                .filter(Predicate.not(DueImage::hasTag))
                .forEach(image -> staying.add(Staying.because(image, "another image needs it")));
        return needed.stream().filter(DueImage::hasTag).toList();
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

    /** What has a subject belongs to it, whoever else named it. */
    private boolean isReferrerOfKept(Manifest manifest) {
        return manifest.subject()
                .map(Descriptor::digest)
                .filter(subject -> !manifests.containsKey(subject))
                .filter(subject -> kept.needs(subject)
                        || repository.resolve(subject.value()).isPresent())
                .isPresent();
    }

    private void addReferrers() {
        List<Digest> subjects = new ArrayList<>(manifests.keySet());
        for (int i = 0; i < subjects.size(); i++) {
            Digest subject = subjects.get(i);
            int before = manifests.size();
            for (String digest : ReferrerLookup.digests(lookup.list(subject), subject)) {
                addTree(new Digest(digest));
            }
            List<String> tags = new ArrayList<>(DigestTags.ofArtifacts(subject));
            tags.add(DigestTags.ofReferrers(subject));
            tags.stream().filter(holdings.artifacts()::contains).forEach(tag -> {
                artifacts.add(tag);
                repository.resolve(tag).map(Descriptor::digest).ifPresent(this::addTree);
            });
            subjects.addAll(manifests.keySet().stream().skip(before).toList());
        }
    }

    /** The same SBOM may belong to several images. */
    private void keepArtifacts() {
        List<String> others = holdings.artifacts().stream()
                .filter(tag -> !artifacts.contains(tag))
                .toList();
        if (manifests.isEmpty() || others.isEmpty()) {
            return;
        }
        kept = kept.plus(trees.reach(
                Holdings.resolved(repository, others, requestsInFlight).values()));
        manifests.keySet().removeIf(kept::needs);
    }
}
