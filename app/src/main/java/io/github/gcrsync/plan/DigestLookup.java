package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.Selection.Selected;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Finds the digests of selected tags that the listing of the source lacks: in a list of the registry's web API where that
 * needs fewer requests, otherwise by one request per tag.
 */
final class DigestLookup {
    private final MirrorRule rule;
    private final ReadAhead source;
    private final int requestsInFlight;

    DigestLookup(MirrorRule rule, ReadAhead source, int requestsInFlight) {
        this.rule = rule;
        this.source = source;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * The digests of existing tags.
     *
     * @param ways in which the digests of listed repositories were read, by name relative to the source
     */
    record Found(
            Map<ImageKey, Digest> digests, List<Failure> failures, SortedMap<RepositoryName, TagDetails.Way> ways) {}

    /** @param ahead whether to read the manifest at once, because the run will copy it */
    private record Unresolved(RepositoryName from, ImageKey key, boolean ahead) {}

    /**
     * @param dated the ways in which tags were read before the selection
     * @param isNew whether the run will copy the image, whatever its digest
     * @param fixed the digest of a tag that is not looked up
     */
    Found find(
            Selection selection,
            Map<RepositoryName, TagDetails.Way> dated,
            Predicate<ImageKey> isNew,
            Function<ImageKey, Optional<Digest>> fixed) {
        Map<ImageKey, Digest> digests = new ConcurrentHashMap<>();
        SortedMap<RepositoryName, TagDetails.Way> ways = new ConcurrentSkipListMap<>();
        Map<RepositoryName, List<String>> open = new ConcurrentHashMap<>();
        List<Selected> listed = new ArrayList<>();
        for (Selected repository : selection.repositories()) {
            List<String> tags = unresolved(repository, fixed);
            open.put(repository.name(), tags);
            if (rule.selection().lists(repository.name())) {
                ways.put(repository.name(), dated.getOrDefault(repository.name(), usual(tags)));
                if (mayBeListed(repository, tags)) {
                    listed.add(repository);
                }
            }
        }
        Tasks.forEach(listed, requestsInFlight, repository -> {
            List<String> tags = Objects.requireNonNull(open.get(repository.name()));
            open.put(repository.name(), withoutListed(repository, tags, digests, ways));
        });
        List<Unresolved> unresolved = new ArrayList<>();
        for (Selected repository : selection.repositories()) {
            for (String tag : open.getOrDefault(repository.name(), List.of())) {
                ImageKey key = new ImageKey(repository.name(), tag);
                unresolved.add(new Unresolved(repository.from(), key, isNew.test(key) && source.admitsOneMore()));
            }
        }
        Collection<Failure> failures = new ConcurrentLinkedQueue<>();
        Tasks.forEach(unresolved, requestsInFlight, image -> {
            try {
                digest(image).ifPresent(digest -> digests.put(image.key(), digest));
            } catch (RuntimeException e) {
                failures.add(new Failure(image.key().toString(), Side.SOURCE, ContentException.of(e)));
            }
        });
        return new Found(digests, List.copyOf(failures), new TreeMap<>(ways));
    }

    private static List<String> unresolved(Selected repository, Function<ImageKey, Optional<Digest>> fixed) {
        return repository.tags().stream()
                .filter(tag -> tag.digest().isEmpty()
                        && fixed.apply(new ImageKey(repository.name(), tag.tag()))
                                .isEmpty())
                .map(ListedTag::tag)
                .toList();
    }

    private TagDetails.Way usual(List<String> unresolved) {
        return !unresolved.isEmpty()
                ? TagDetails.Way.HEAD
                : source.store().isLocal() ? TagDetails.Way.FOLDER : TagDetails.Way.TAG_LIST;
    }

    /** Whether it is worth asking the registry for a list of digests. */
    private boolean mayBeListed(Selected repository, List<String> tags) {
        return source.store().listsDigests()
                && tags.stream()
                                .filter(tag -> !source.knows(repository.from(), tag))
                                .limit(2)
                                .count()
                        == 2;
    }

    /** Adds the digests that the registry lists, and returns the tags to ask for. */
    private List<String> withoutListed(
            Selected repository,
            List<String> tags,
            Map<ImageKey, Digest> digests,
            Map<RepositoryName, TagDetails.Way> ways) {
        List<String> unknown = tags.stream()
                .filter(tag -> !source.knows(repository.from(), tag))
                .toList();
        TagDetails details;
        try {
            details = source.store().listedDetails(repository.from(), unknown, false);
        } catch (ContentException e) {
            return tags; // The requests for the tags say why.
        }
        ways.put(repository.name(), details.way());
        List<String> left = new ArrayList<>();
        for (String tag : tags) {
            Optional<Digest> digest = details.digest(tag);
            if (digest.isPresent()) {
                digests.put(new ImageKey(repository.name(), tag), digest.get());
                source.learn(repository.from(), tag, digest.get());
            } else {
                left.add(tag);
            }
        }
        return left;
    }

    private Optional<Digest> digest(Unresolved image) {
        return image.ahead()
                ? source.digestOfNew(image.from(), image.key().reference())
                : source.digest(image.from(), image.key().reference());
    }
}
