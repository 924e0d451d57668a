package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Refs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks images of one repository at the destination. */
final class RepositoryCheck {
    private final Site site;
    private final Store store;
    private final RepositoryName name;
    private final Set<String> tags;
    private final Repository repository;
    private final Trees trees;
    private final Attached attached;
    private final Once<RepositoryName, Optional<TagDetails>> listed = new Once<>();

    /** @param tags that will be checked */
    RepositoryCheck(Site site, RepositoryName name, Set<String> tags) {
        this.site = site;
        this.store = site.store();
        this.name = name;
        this.tags = tags;
        this.repository = store.repository(name);
        this.trees = new Trees(site, name);
        this.attached = new Attached(site, name, trees);
    }

    List<Problem> problems(Recorded row, CopyTask image, Origin origin) {
        try {
            Optional<Problem> ofTag = Digest.isValid(image.toTag()) ? Optional.empty() : ofTag(image);
            return ofTag.isPresent() ? List.of(ofTag.get()) : ofContent(row, image, origin);
        } catch (RuntimeException e) {
            return List.of(site.failures().unchecked(e));
        }
    }

    private List<Problem> ofContent(Recorded row, CopyTask image, Origin origin) {
        Tree tree = trees.of(image.stored(), origin);
        if (tree.absent().isPresent()) {
            return List.of(Problem.of(
                    Kind.MISSING_MANIFEST, image.stored(), tree.absent().get()));
        }
        List<Problem> problems = new ArrayList<>(tree.problems());
        Refs.recorded(row.attributes())
                .filter(refs -> refs.count() > 0)
                .ifPresent(refs -> problems.addAll(attached.problems(image, refs, tree, origin)));
        return problems.stream().distinct().toList();
    }

    private Optional<Problem> ofTag(CopyTask image) {
        String tag = image.toTag();
        if (isListed(image)) {
            return Optional.empty();
        }
        try {
            Optional<Digest> found = site.digest(repository, tag);
            return found.isEmpty()
                    ? Optional.of(missing(image))
                    : found.filter(digest -> !digest.equals(image.stored()))
                            .map(digest ->
                                    Problem.of(Kind.OTHER_DIGEST, digest, "the ledger records " + image.stored()));
        } catch (ContentException.NotFound e) {
            return Optional.of(missing(image));
        } catch (ContentException.Incomplete e) {
            return Optional.of(Problem.of(Kind.MISSING_MANIFEST, image.stored(), e));
        } catch (ContentException.Corrupt e) {
            return Optional.of(Problem.of(Kind.DAMAGED_MANIFEST, image.stored(), e));
        }
    }

    private static Problem missing(CopyTask image) {
        return Problem.of(Kind.MISSING_TAG, image.stored(), "the destination does not have the tag");
    }

    /** Whether a list that costs fewer requests has the recorded digest. Otherwise the tag itself is asked for. */
    private boolean isListed(CopyTask image) {
        if (store.isLocal() || tags.size() < 2 || !store.listsDigests()) {
            return false;
        }
        return listed.get(name, this::details)
                .flatMap(details -> details.digest(image.toTag()))
                .equals(Optional.of(image.stored()));
    }

    private Optional<TagDetails> details() {
        try {
            return Optional.of(store.listedDetails(name, tags, false));
        } catch (ContentException e) {
            return Optional.empty(); // Requests for the tags will say why.
        }
    }
}
