package io.github.gcrsync.prune;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.Claims;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.MirrorRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What ledgers record in the repositories from which images are deleted, apart from these. */
final class Needs {
    private final Claims claims;
    private final Map<RepositoryName, Set<Digest>> own;

    private Needs(Claims claims, Map<RepositoryName, Set<Digest>> own) {
        this.claims = claims;
        this.own = own;
    }

    static Needs of(MirrorRule rule, Ledger ledger, List<DueImage> due) {
        DestinationNames names = rule.names();
        Set<RepositoryName> repositories =
                due.stream().map(image -> image.target().repository()).collect(Collectors.toSet());
        Set<String> going = due.stream().map(DueImage::name).collect(Collectors.toSet());
        Map<RepositoryName, Set<Digest>> own = new HashMap<>();
        ledger.recorded().filter(image -> !going.contains(image.image())).forEach(image -> {
            try {
                RepositoryName to = names.of(image.name(), image.reference()).repository();
                if (repositories.contains(to)) {
                    own.computeIfAbsent(to, _ -> new HashSet<>()).add(image.stored());
                }
            } catch (IllegalArgumentException e) {
                return; // It has no valid name at the destination, so it is not there.
            }
        });
        return new Needs(Claims.of(ledger, names, repositories), own);
    }

    /** Returns the folder of another ledger that records the image at the same name. */
    Optional<String> holder(DueImage image) {
        return claims.holder(image.target());
    }

    /** Returns the digests of the other images in the repository that a ledger records. */
    Set<Digest> digests(RepositoryName repository) {
        Set<Digest> digests = new HashSet<>(own.getOrDefault(repository, Set.of()));
        digests.addAll(claims.digests(repository));
        return digests;
    }
}
