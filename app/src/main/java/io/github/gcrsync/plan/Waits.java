package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.TagAges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The tags that wait because of their age, and what the ledger no longer needs to remember of others.
 *
 * @param tooYoung tags that wait
 * @param accepted selected tags that do not wait only because the first run of their repository finds them
 * @param ended tags that the ledger holds back, but that were deleted at the source or are mirrored with that digest
 */
public record Waits(List<Selection.HeldBack> tooYoung, List<Ledger.HeldBack> accepted, List<ImageKey> ended) {
    public static final Waits NONE = new Waits(List.of(), List.of(), List.of());

    public Waits {
        tooYoung = List.copyOf(tooYoung);
        accepted = List.copyOf(accepted);
        ended = List.copyOf(ended);
    }

    static Waits of(
            MirrorRule rule,
            Ledger ledger,
            Function<RepositoryName, TagAges> ages,
            DatedListing dated,
            Planner.Wanted wanted) {
        return new Waits(
                wanted.tooYoung(),
                accepted(rule, ages, wanted.selection()),
                ended(rule, ledger, dated.listing(), wanted.gone()));
    }

    /**
     * Returns the tags that wait. Without a digest, nothing is known about the age of a tag that has no push date: the
     * source could not return its digest, or the tag is gone.
     */
    static List<Selection.HeldBack> tooYoung(
            Selection selection, DatedListing dated, List<Failure> failures, List<ImageKey> gone) {
        List<Selection.HeldBack> tooYoung = new ArrayList<>();
        for (Selection.HeldBack held : selection.heldBack()) {
            ImageKey key = new ImageKey(held.name(), held.tag().tag());
            Optional<ContentException> reason =
                    Optional.ofNullable(dated.unread().get(key));
            if (held.tag().digest().isPresent() || TagAges.pushed(held.tag()).isPresent()) {
                tooYoung.add(held);
            } else if (reason.isPresent()) {
                failures.add(new Failure(key.toString(), Side.SOURCE, reason.get()));
            } else {
                gone.add(key);
            }
        }
        return tooYoung;
    }

    private static List<Ledger.HeldBack> accepted(
            MirrorRule rule, Function<RepositoryName, TagAges> ages, Selection selection) {
        List<Ledger.HeldBack> accepted = new ArrayList<>();
        for (Selection.Selected repository : selection.repositories()) {
            RepositoryName name = repository.name();
            TagAges known = ages.apply(name);
            rule.selection()
                    .minAge(name)
                    .ifPresent(minAge -> repository.tags().stream()
                            .filter(tag -> !rule.selection().names(name, tag.tag()) && known.isAccepted(tag, minAge))
                            .forEach(tag -> tag.digest()
                                    .ifPresent(digest -> accepted.add(new Ledger.HeldBack(name, tag.tag(), digest)))));
        }
        return accepted;
    }

    /** A tag is known to be deleted only if its repository was listed completely. */
    private static List<ImageKey> ended(MirrorRule rule, Ledger ledger, Listing listing, List<ImageKey> gone) {
        List<ImageKey> ended = new ArrayList<>(gone);
        Map<RepositoryName, List<ImageKey>> waiting = new TreeMap<>();
        ledger.held().filter(held -> rule.isInShard(held.name())).forEach(held -> {
            ImageKey key = new ImageKey(held.name(), held.tag());
            if (ledger.mirrored(held.name(), held.tag()).equals(Optional.of(held.digest()))) {
                ended.add(key);
            } else {
                waiting.computeIfAbsent(held.name(), _ -> new ArrayList<>()).add(key);
            }
        });
        for (ListedRepository repository : listing.repositories()) {
            RepositoryName name = rule.source().relative(repository.name());
            List<ImageKey> own = waiting.remove(name);
            if (own != null && rule.selection().lists(name)) {
                Set<String> tags =
                        repository.tags().stream().map(ListedTag::tag).collect(Collectors.toSet());
                own.stream().filter(key -> !tags.contains(key.reference())).forEach(ended::add);
            }
        }
        if (rule.selection().listsSource() && listing.failures().isEmpty()) {
            waiting.values().forEach(ended::addAll);
        }
        return ended;
    }

    /** Records what waits, and no longer waits; to be called before images are recorded. */
    public void record(Ledger ledger) {
        ledger.accept(accepted);
        ended.forEach(key -> ledger.release(key.name(), key.reference()));
        // Only without a push date does the age count from when the digest was first seen.
        ledger.hold(tooYoung.stream()
                .filter(held -> TagAges.pushed(held.tag()).isEmpty())
                .flatMap(held -> held.tag().digest().stream()
                        .map(digest ->
                                new Ledger.HeldBack(held.name(), held.tag().tag(), digest)))
                .toList());
    }
}
