package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.OtherLedger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.Selection.Selected;
import io.github.gcrsync.rule.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Images that the ledgers of other namespaces record in the repositories that this run writes to. Without this check,
 * two namespaces with one destination would keep overwriting each other's images.
 */
public final class Claims {
    private final DestinationNames names;
    private final Map<Place, List<Claim>> claims = new HashMap<>();
    private final SortedSet<String> unreadable = new TreeSet<>();

    private record Place(String address, String tag) {
        @Override
        public String toString() {
            return address + (tag.indexOf(':') < 0 ? ":" : "@") + tag;
        }
    }

    /** @param path of the image at its source */
    private record Claim(String folder, String path, Digest digest, Attributes attributes) {
        /** Whether the other mirror does not need the image either: it has been gone or unselected since before this time. */
        boolean isLeft(Instant before) {
            return Stream.of(attributes.gone(), attributes.unselected())
                    .flatMap(Optional::stream)
                    .anyMatch(since -> !since.isAfter(before));
        }
    }

    private Claims(DestinationNames names) {
        this.names = names;
    }

    static Claims of(Ledger ledger, DestinationNames names, Selection selection) {
        Claims claims = new Claims(names);
        List<OtherLedger> others = ledger.others();
        if (!others.isEmpty()) {
            Set<String> wanted = claims.addresses(selection);
            others.forEach(other -> claims.add(other, wanted));
        }
        return claims;
    }

    /** @param repositories at the destination; what is recorded in others is not read */
    public static Claims of(Ledger ledger, DestinationNames names, Set<RepositoryName> repositories) {
        Claims claims = new Claims(names);
        Set<String> wanted = repositories.stream().map(names::address).collect(Collectors.toSet());
        ledger.others().forEach(other -> claims.add(other, wanted));
        return claims;
    }

    /** Returns the folders of ledgers that cannot be read: what they record is unknown. */
    public SortedSet<String> unreadable() {
        return Collections.unmodifiableSortedSet(unreadable);
    }

    /**
     * Returns the folder of another ledger that records an image of this name, with any digest.
     *
     * @param before since when images that are gone or unselected do not count
     */
    public Optional<String> holder(Target target, Instant before) {
        Place place = new Place(names.address(target.repository()), target.tag());
        return claims.getOrDefault(place, List.of()).stream()
                .filter(claim -> !claim.isLeft(before))
                .map(Claim::folder)
                .findFirst();
    }

    /** Returns the digests that other ledgers record in the repository, like {@link #holder}. */
    public Set<Digest> digests(RepositoryName repository, Instant before) {
        String address = names.address(repository);
        return claims.entrySet().stream()
                .filter(each -> each.getKey().address().equals(address))
                .flatMap(each -> each.getValue().stream())
                .filter(claim -> !claim.isLeft(before))
                .map(claim -> claim.attributes().as().orElse(claim.digest()))
                .collect(Collectors.toSet());
    }

    /** Returns the conflict if another namespace's image has the same destination name and another digest. */
    Optional<ContentException.Conflict> against(CopyTask image, Source source) {
        if (claims.isEmpty()) {
            return Optional.empty();
        }
        Place place = new Place(names.address(image.to()), image.toTag());
        return claims.getOrDefault(place, List.of()).stream()
                .filter(claim -> !claim.digest().equals(image.digest()))
                .findFirst()
                .map(claim -> new ContentException.Conflict(
                        "%s belongs to %s, which the ledger of %s records there with %s; %s/%s is %s"
                                .formatted(
                                        place,
                                        claim.path(),
                                        claim.folder(),
                                        claim.digest(),
                                        source,
                                        image.image(),
                                        image.digest())));
    }

    /** Returns the addresses of all repositories that a complete run would write to. */
    private Set<String> addresses(Selection selection) {
        Set<RepositoryName> repositories = new HashSet<>();
        for (Selected repository : selection.repositories()) {
            Optional<RepositoryName> common = names.common(repository.name());
            if (common.isPresent()) {
                repositories.add(common.get());
            } else {
                Function<String, Target> targets = names.of(repository.name());
                for (ListedTag tag : repository.tags()) {
                    target(targets, tag.tag()).map(Target::repository).ifPresent(repositories::add);
                }
            }
        }
        Set<String> addresses = new HashSet<>();
        repositories.forEach(repository -> addresses.add(names.address(repository)));
        return addresses;
    }

    private void add(OtherLedger other, Set<String> wanted) {
        Optional<DestinationNames> known =
                DestinationNames.parse(other.destination(), other.registry(), other.namespace());
        if (known.isEmpty()) {
            unreadable.add(other.folder());
            return;
        }
        DestinationNames at = known.get();
        if (!names.mayMeet(at)) {
            return;
        }
        String path = other.namespace().map(namespace -> namespace + "/").orElse("");
        boolean isRead = other.rows(
                name -> at.common(name).map(at::address).map(wanted::contains).orElse(true),
                (name, tag, digest, attributes) -> target(at.of(name), tag).ifPresent(target -> {
                    String address = at.address(target.repository());
                    if (wanted.contains(address)) {
                        claims.computeIfAbsent(new Place(address, target.tag()), _ -> new ArrayList<>(1))
                                .add(new Claim(other.folder(), path + ImageKey.text(name, tag), digest, attributes));
                    }
                }));
        if (!isRead) {
            unreadable.add(other.folder());
        }
    }

    private static Optional<Target> target(Function<String, Target> targets, String tag) {
        try {
            return Optional.of(targets.apply(tag));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // No valid name at the destination, so nothing can be there.
        }
    }
}
