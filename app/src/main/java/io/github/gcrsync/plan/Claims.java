package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Images that the ledgers of other namespaces record in the repositories that this run writes to. Without this check,
 * two namespaces with one destination would keep overwriting each other's images.
 */
public final class Claims {
    private final DestinationNames names;
    private final Map<Place, List<Claim>> claims = new HashMap<>();

    private record Place(String address, String tag) {
        @Override
        public String toString() {
            return address + (tag.indexOf(':') < 0 ? ":" : "@") + tag;
        }
    }

    /** @param path of the image at its source */
    private record Claim(String folder, String path, Digest digest) {}

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

    /** Returns the folder of another ledger that records an image of this name, with any digest. */
    public Optional<String> holder(Target target) {
        Place place = new Place(names.address(target.repository()), target.tag());
        return claims.getOrDefault(place, List.of()).stream().map(Claim::folder).findFirst();
    }

    /** Returns the digests that other ledgers record in the repository. */
    public Set<Digest> digests(RepositoryName repository) {
        String address = names.address(repository);
        return claims.entrySet().stream()
                .filter(each -> each.getKey().address().equals(address))
                .flatMap(each -> each.getValue().stream())
                .map(Claim::digest)
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
        Optional<DestinationNames> theirs = DestinationNames.parse(
                        other.destination(), other.registry(), other.namespace())
                .filter(names::mayMeet);
        if (theirs.isEmpty()) {
            return;
        }
        DestinationNames at = theirs.get();
        String path = other.namespace().map(namespace -> namespace + "/").orElse("");
        other.rows(
                name -> at.common(name).map(at::address).map(wanted::contains).orElse(true),
                (name, tag, digest) -> target(at.of(name), tag).ifPresent(target -> {
                    String address = at.address(target.repository());
                    if (wanted.contains(address)) {
                        claims.computeIfAbsent(new Place(address, target.tag()), _ -> new ArrayList<>(1))
                                .add(new Claim(other.folder(), path + ImageKey.text(name, tag), digest));
                    }
                }));
    }

    private static Optional<Target> target(Function<String, Target> targets, String tag) {
        try {
            return Optional.of(targets.apply(tag));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // No valid name at the destination, so nothing can be there.
        }
    }
}
