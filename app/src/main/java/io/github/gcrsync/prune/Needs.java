package io.github.gcrsync.prune;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.Claims;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.MirrorRule;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** What ledgers record in the repositories from which images are to be deleted, apart from these. */
final class Needs {
    private final Claims claims;
    private final Instant left;
    private final Map<RepositoryName, Set<Digest>> own;
    private final Map<Target, String> names;

    private Needs(Claims claims, Instant left, Map<RepositoryName, Set<Digest>> own, Map<Target, String> names) {
        this.claims = claims;
        this.left = left;
        this.own = own;
        this.names = names;
    }

    /** @param left since when images of other mirrors that are gone or unselected do not count */
    static Needs of(MirrorRule rule, Ledger ledger, List<DueImage> due, Instant left) {
        DestinationNames names = rule.names();
        Set<RepositoryName> repositories =
                due.stream().map(image -> image.target().repository()).collect(Collectors.toSet());
        Set<String> going = due.stream().map(DueImage::name).collect(Collectors.toSet());
        Map<RepositoryName, Set<Digest>> digests = new HashMap<>();
        Map<Target, String> images = new HashMap<>();
        ledger.recorded().filter(image -> !going.contains(image.image())).forEach(image -> {
            try {
                Target to = names.of(image.name(), image.reference());
                if (repositories.contains(to.repository())) {
                    digests.computeIfAbsent(to.repository(), _ -> new HashSet<>())
                            .add(image.stored());
                    images.put(to, image.image());
                }
            } catch (IllegalArgumentException e) {
                return; // It has no valid name at the destination, so it is not there.
            }
        });
        return new Needs(Claims.of(ledger, names, repositories), left, digests, images);
    }

    /** Returns the folders of ledgers that cannot be read. */
    SortedSet<String> unreadable() {
        return claims.unreadable();
    }

    /** Returns why the name at the destination belongs to another image, too; empty if it does not. */
    Optional<String> holder(DueImage image) {
        return Optional.ofNullable(names.get(image.target()))
                .map(other -> other + " has the same name at the destination")
                .or(() -> claims.holder(image.target(), left)
                        .map(folder -> "the ledger of " + folder + " records it too"));
    }

    /** Returns the digests of the other images in the repository that a ledger records. */
    Set<Digest> digests(RepositoryName repository) {
        Set<Digest> digests = new HashSet<>(own.getOrDefault(repository, Set.of()));
        digests.addAll(claims.digests(repository, left));
        return digests;
    }
}
