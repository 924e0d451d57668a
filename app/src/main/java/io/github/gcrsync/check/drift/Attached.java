package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Refs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks the signatures and other referrers that the ledger records for an image. */
final class Attached {
    /** What sigstore's bundles declare. */
    private static final String PREDICATE = "dev.sigstore.bundle.predicateType";

    private static final String SIGNS = "https://sigstore.dev/cosign/sign/v1";
    private static final Pattern SIGNATURES =
            Pattern.compile("notary\\.signature|cosign\\.artifact\\.sig|sigstore\\.bundle");

    private final Site site;
    private final ReferrerTypes types;
    private final Repository repository;
    private final Trees trees;
    private final Once<RepositoryName, ReferrerLookup> lookup = new Once<>();
    private final RepositoryName name;

    Attached(Site site, RepositoryName name, Trees trees) {
        this.site = site;
        this.types = site.rule().referrers();
        this.repository = site.store().repository(name);
        this.name = name;
        this.trees = trees;
    }

    /**
     * @param refs of which there are some
     * @param tree of the image
     */
    List<Problem> problems(CopyTask image, Refs refs, Tree tree, Origin origin) {
        if (types.areNone()) {
            return List.of();
        }
        try {
            Walk walk = new Walk(origin.ofReferrers());
            walk.follow(subjects(image, tree));
            return walk.problems(image, refs, tree);
        } catch (RuntimeException e) {
            return List.of(site.failures().unchecked(e));
        }
    }

    /** Returns the manifests of the image, also those that are missing: what belongs to them may exist all the same. */
    private static List<Digest> subjects(CopyTask image, Tree tree) {
        return Stream.concat(
                        tree.manifests().stream(),
                        tree.problems().stream()
                                .filter(problem ->
                                        problem.kind() == Kind.MISSING_CHILD || problem.kind() == Kind.DAMAGED_MANIFEST)
                                .flatMap(problem -> problem.digest().stream()))
                // A rewritten index loses what belongs to the original.
                .filter(manifest -> image.as().isEmpty() || !manifest.equals(image.stored()))
                .toList();
    }

    private ReferrerLookup lookup() {
        return lookup.get(name, () -> ReferrerLookup.of(site.destination().repository(name), Set.of()));
    }

    private static Kind kind(boolean isSignature) {
        return isSignature ? Kind.MISSING_SIGNATURE : Kind.MISSING_REFERRER;
    }

    /** Collects what belongs to one image, level by level. */
    private final class Walk {
        private final Origin origin;
        private final Set<Digest> seen = new HashSet<>();
        private final SortedSet<Digest> present = new TreeSet<>();
        private final List<Problem> problems = new ArrayList<>();
        private final Map<Digest, Problem> absent = new LinkedHashMap<>();

        Walk(Origin origin) {
            this.origin = origin;
        }

        void follow(Collection<Digest> subjects) {
            Set<Digest> level = new LinkedHashSet<>(subjects);
            while (!level.isEmpty() && present.size() <= ReferrerList.MOST) {
                seen.addAll(level);
                Set<Digest> next = new LinkedHashSet<>();
                level.forEach(subject -> look(subject, next));
                next.removeAll(seen);
                level = next;
            }
        }

        private void look(Digest subject, Set<Digest> next) {
            for (Descriptor listed : lookup().list(subject).referrers()) {
                if (!listed.digest().equals(subject)) {
                    Tree tree = trees.of(listed.digest(), origin);
                    tree.absent().ifPresent(reason -> absent(listed, reason));
                    boolean isOther = tree.referrer()
                            .filter(found -> !found.subject().equals(Optional.of(subject)))
                            .isPresent();
                    if (!isOther) {
                        found(listed.digest(), tree, next);
                    }
                }
            }
            for (String tag : lookup().artifactTags(subject)) {
                tagged(tag).ifPresent(digest -> {
                    Tree tree = trees.of(digest, origin);
                    tree.absent()
                            .ifPresent(reason ->
                                    absent.put(digest, Problem.of(kind(tag.endsWith(".sig")), digest, reason)));
                    found(digest, tree, next);
                });
            }
        }

        private Optional<Digest> tagged(String tag) {
            try {
                return site.digest(repository, tag);
            } catch (ContentException.NotFound | ContentException.Incomplete | ContentException.Corrupt e) {
                return Optional.empty(); // Too few are found then.
            }
        }

        private void absent(Descriptor listed, ContentException reason) {
            boolean isSignature = SIGNATURES
                            .matcher(listed.artifactType().orElse(""))
                            .find()
                    && listed.annotations().getOrDefault(PREDICATE, SIGNS).equals(SIGNS);
            absent.put(listed.digest(), Problem.of(kind(isSignature), listed.digest(), reason));
        }

        private void found(Digest digest, Tree tree, Set<Digest> next) {
            boolean isUnwanted =
                    tree.referrer().filter(found -> !found.isWanted()).isPresent();
            if (tree.absent().isEmpty() && !isUnwanted && present.add(digest)) {
                problems.addAll(tree.problems());
                next.addAll(tree.manifests());
            }
        }

        List<Problem> problems(CopyTask image, Refs refs, Tree tree) {
            boolean isKnown =
                    Stream.concat(problems.stream(), tree.problems().stream()).allMatch(Problem::isDrift);
            if (isKnown && refs.isOf(types) && refs.among(present).isEmpty()) {
                problems.addAll(missing(image, refs));
            }
            return problems;
        }

        /** The source is asked only if the destination lacks some, or has others than are recorded. */
        private Collection<Problem> missing(CopyTask image, Refs refs) {
            Map<Digest, Problem> missing = new LinkedHashMap<>(absent);
            String unnamed = "the source does not name them any more";
            try {
                Map<String, Manifest> lacking =
                        site.source().asked(() -> site.comparison().lacking(image));
                for (Manifest each : lacking.values()) {
                    Digest digest = each.descriptor().digest();
                    if (!present.contains(digest)) {
                        missing.putIfAbsent(
                                digest,
                                Problem.of(
                                        kind(ReferrerTypes.isSignature(each)),
                                        digest,
                                        "the destination does not have it"));
                    }
                }
            } catch (ContentException e) {
                unnamed = "the source cannot name them: " + e.getMessage();
            }
            // The source may have others that were never mirrored.
            SortedSet<Digest> candidates = new TreeSet<>(present);
            candidates.addAll(missing.keySet());
            refs.among(candidates).ifPresent(missing.keySet()::retainAll);
            List<Problem> all = new ArrayList<>(missing.values());
            int others = refs.count() - present.size() - missing.size();
            if (others > 0) {
                all.add(new Problem(
                        Kind.MISSING_REFERRER,
                        Optional.empty(),
                        others + " of " + refs.count() + (refs.count() == 1 ? " referrer" : " referrers")
                                + (others == 1 ? " is" : " are") + " missing; " + unnamed));
            }
            return all;
        }
    }
}
