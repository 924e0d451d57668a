package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Reads the manifests of one repository at the destination, and checks what they name; each digest once. */
final class Trees {
    /** As deep as the copy goes. */
    private static final int DEEPEST = 8;

    private final Site site;
    private final String place;
    private final Repository repository;
    private final Once<Key, Tree> trees = new Once<>();
    private final Once<Digest, Optional<Problem>> blobs = new Once<>();

    private record Key(Digest digest, Optional<Platforms> platforms) {}

    Trees(Site site, RepositoryName name) {
        this.site = site;
        this.place = site.rule().destination().address(name);
        this.repository = site.store().repository(name);
    }

    Tree of(Digest manifest, Origin origin) {
        return of(manifest, origin, 0);
    }

    private Tree of(Digest manifest, Origin origin, int depth) {
        return trees.get(new Key(manifest, origin.platforms()), () -> checked(manifest, origin, depth));
    }

    private Tree checked(Digest digest, Origin origin, int depth) {
        try {
            Manifest manifest = repository.manifest(digest.value());
            site.counts().manifest(manifest.descriptor().size());
            if (depth > DEEPEST) {
                throw new ContentException.Unsupported(
                        "indexes are nested more than " + DEEPEST + " levels deep in " + digest);
            }
            return new Walk(origin, depth, digest).tree(manifest);
        } catch (ContentException.NotFound | ContentException.Incomplete e) {
            return Tree.absent(e);
        } catch (ContentException.Corrupt e) {
            return Tree.unreadable(Problem.of(Kind.DAMAGED_MANIFEST, digest, e));
        } catch (RuntimeException e) {
            return Tree.unreadable(site.failures().unchecked(e));
        }
    }

    /** Goes through what one manifest names. */
    private final class Walk {
        private final Origin origin;
        private final int depth;
        private final List<Digest> manifests = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();

        Walk(Origin origin, int depth, Digest manifest) {
            this.origin = origin;
            this.depth = depth;
            manifests.add(manifest);
        }

        Tree tree(Manifest manifest) {
            switch (manifest) {
                case Manifest.Image image -> new LinkedHashSet<>(image.blobs()).forEach(this::blob);
                case Manifest.Index index ->
                    origin.platforms().orElse(Platforms.ALL).among(index.manifests()).stream()
                            .distinct()
                            .forEach(this::child);
            }
            return new Tree(
                    Optional.empty(),
                    Optional.of(Tree.Referrer.of(manifest, site.rule().referrers())),
                    manifests,
                    problems);
        }

        private void blob(Descriptor blob) {
            if (!MediaType.isForeign(blob.mediaType())) {
                blobProblem(blob).ifPresent(problems::add);
            }
        }

        private Optional<Problem> blobProblem(Descriptor blob) {
            return blobs.get(blob.digest(), () -> site.blobs().problem(place, repository, blob));
        }

        private void child(Descriptor child) {
            if (MediaType.isForeign(child.mediaType())) {
                return;
            }
            if (!isManifest(child)) {
                blobProblem(child)
                        .flatMap(problem -> problem.kind() == Kind.MISSING_BLOB
                                ? needed(child, problem, false)
                                : Optional.of(problem))
                        .ifPresent(problems::add);
                return;
            }
            Tree tree = of(child.digest(), origin, depth + 1);
            manifests.addAll(tree.manifests());
            problems.addAll(tree.problems());
            tree.absent()
                    .flatMap(reason -> needed(
                            child,
                            Problem.of(Kind.MISSING_CHILD, child.digest(), reason),
                            // A folder notes itself which manifests of an index the source lacked.
                            site.store().isLocal() && reason instanceof ContentException.NotFound))
                    .ifPresent(problems::add);
        }

        /** An index may name any content: BuildKit caches name layers. */
        private boolean isManifest(Descriptor child) {
            if (MediaType.isManifest(child.mediaType())) {
                return true;
            }
            try {
                return repository.resolve(child.digest().value()).isPresent();
            } catch (ContentException.Incomplete e) {
                return true;
            } catch (RuntimeException e) {
                problems.add(site.failures().unchecked(e));
                return false;
            }
        }

        /** Returns the problem unless the destination need not have the child. */
        private Optional<Problem> needed(Descriptor child, Problem problem, boolean isNoted) {
            AtSource.Need need = isNoted || origin.platforms().isEmpty()
                    ? AtSource.Need.NOT_NEEDED
                    : site.source().need(child, origin);
            return switch (need) {
                case NEEDED -> Optional.of(problem);
                case NOT_NEEDED -> {
                    site.counts().sparse();
                    yield Optional.empty();
                }
                case UNKNOWN ->
                    Optional.of(Problem.of(
                            Kind.UNCHECKED,
                            child.digest(),
                            "the destination does not have " + child.digest()
                                    + ", and the source cannot say whether it had it"));
            };
        }
    }
}
