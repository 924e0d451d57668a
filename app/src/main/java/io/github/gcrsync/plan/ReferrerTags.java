package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tags of the source under which signatures, attestations, SBOMs and lists of referrers are found. They belong to
 * images and are none themselves, unless the rule names them. Of the other tags, which may be a million, nothing is kept.
 */
public final class ReferrerTags {
    /** Tells a repository without such tags from one whose tags are unknown. */
    private static final String OTHER_TAG = "latest";

    private final MirrorRule rule;
    private final Store source;
    private final boolean isListed;
    private final Map<RepositoryName, List<ListedTag>> listed = new HashMap<>();
    private final Map<RepositoryName, Set<String>> known = new ConcurrentHashMap<>();
    /** Of all these tags of a repository, since each of its images needs it. */
    private final Map<RepositoryName, String> hashes = new ConcurrentHashMap<>();

    private final Map<RepositoryName, Set<String>> undigested = new ConcurrentHashMap<>();
    private final Listing images;

    private ReferrerTags(MirrorRule rule, Store source, Listing complete, boolean isListed) {
        this.rule = rule;
        this.source = source;
        this.isListed = isListed;
        this.images = new Listing(
                complete.repositories().stream().map(this::withoutReferrers).toList(),
                complete.invalid(),
                complete.failures(),
                complete.others());
    }

    public static ReferrerTags of(MirrorRule rule, Store source, Listing complete) {
        return new ReferrerTags(rule, source, complete, true);
    }

    /** Lists each repository when its tags are asked for. */
    public static ReferrerTags unlisted(MirrorRule rule, Store source) {
        return new ReferrerTags(rule, source, new Listing(List.of(), List.of(), List.of()), false);
    }

    private ListedRepository withoutReferrers(ListedRepository repository) {
        RepositoryName name = rule.source().relative(repository.name());
        Map<Boolean, List<ListedTag>> byKind = repository.tags().stream()
                .collect(Collectors.partitioningBy(
                        tag -> DigestTags.isOne(tag.tag()) && !rule.selection().names(name, tag.tag())));
        List<ListedTag> found = Objects.requireNonNull(byKind.get(true));
        if (found.isEmpty()) {
            return repository;
        }
        listed.put(repository.name(), found);
        return new ListedRepository(repository.name(), Objects.requireNonNull(byKind.get(false)));
    }

    /** Returns the listing without these tags. */
    public Listing images() {
        return images;
    }

    /**
     * Returns the tags that {@link io.github.gcrsync.copy.Copier} needs to know; empty if they are unknown. Costs a request
     * only in a repository of which the rule names single tags: it is listed once.
     *
     * @param repository full name
     */
    public Set<String> known(RepositoryName repository) {
        return known.computeIfAbsent(
                repository,
                name -> isListed && rule.selection().lists(rule.source().relative(name))
                        ? all(listed(name).stream())
                        : ask(name));
    }

    /**
     * Returns a hash of what the source shows of the referrers of an image.
     *
     * @param ofImage digests of those of the image itself
     */
    String listed(RepositoryName repository, List<String> ofImage) {
        String ofTags = hashes.computeIfAbsent(repository, name -> {
            List<ListedTag> found = listed.getOrDefault(name, List.of());
            return Refs.hash(
                    found.isEmpty()
                            ? known(name).stream().filter(DigestTags::isOne).toList()
                            : found.stream()
                                    .map(tag -> tag.tag()
                                            + tag.digest()
                                                    .map(digest -> " " + digest)
                                                    .orElse(""))
                                    .toList());
        });
        if (ofImage.isEmpty()) {
            return ofTags;
        }
        List<String> lines = new ArrayList<>(ofImage);
        lines.add(ofTags);
        return Refs.hash(lines);
    }

    /** Returns what the ledger records, unless some could not be copied. */
    public Optional<Refs> refs(CopyTask image, CopiedReferrers referrers) {
        if (rule.referrers().areNone() || !referrers.areComplete()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Refs.of(referrers, listed(image.from(), ofImage(image, referrers)), rule.referrers()));
        } catch (ContentException e) {
            return Optional.empty(); // The next run looks again.
        }
    }

    private List<String> ofImage(CopyTask image, CopiedReferrers copied) {
        return image.as().isEmpty() && source.repository(image.from()).findsReferrersOnlyByTag()
                ? underTags(image)
                : copied.listed();
    }

    /**
     * Returns the digests under the tags that belong to an image, where the listing lacks them: more may have been added
     * under the same tag. Costs a request for each such tag.
     */
    List<String> underTags(CopyTask image) {
        Set<String> unread = undigested.computeIfAbsent(image.from(), this::withoutDigest);
        return Stream.concat(
                        Stream.of(DigestTags.ofReferrers(image.digest())),
                        DigestTags.ofArtifacts(image.digest()).stream())
                .filter(unread::contains)
                .flatMap(tag -> source.repository(image.from()).resolve(tag).stream())
                .map(found -> found.digest().value())
                .toList();
    }

    private Set<String> withoutDigest(RepositoryName repository) {
        Set<String> tags = new HashSet<>(known(repository));
        listed.getOrDefault(repository, List.of()).stream()
                .filter(tag -> tag.digest().isPresent())
                .map(ListedTag::tag)
                .forEach(tags::remove);
        return tags;
    }

    /** The referrers that the rule wants. */
    public ReferrerTypes types() {
        return rule.referrers();
    }

    /** Returns the tags of the listing with their digests, without a request. */
    public List<ListedTag> found(RepositoryName repository) {
        return listed.getOrDefault(repository, List.of());
    }

    /** Returns the tags of the listing, without a request. */
    public Set<String> listed(RepositoryName repository) {
        return listed.getOrDefault(repository, List.of()).stream()
                .map(ListedTag::tag)
                .collect(Collectors.toSet());
    }

    private Set<String> ask(RepositoryName repository) {
        try {
            return all(source.repository(repository).tags().filter(DigestTags::isOne));
        } catch (ContentException e) {
            return Set.of(); // Some registries list no tags; single ones can still be asked for.
        }
    }

    private static Set<String> all(Stream<String> tags) {
        Set<String> all = tags.collect(Collectors.toCollection(TreeSet::new));
        all.add(OTHER_TAG);
        return all;
    }
}
