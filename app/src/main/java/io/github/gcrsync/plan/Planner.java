package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.DigestTable;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NameCollisionException;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.Selection.Selected;
import io.github.gcrsync.rule.TagAges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds the selected images of a source and compares them with the ledger to find which must be copied. */
public final class Planner {
    private final MirrorRule rule;
    private final DestinationNames names;
    private final DigestLookup lookup;
    private final boolean isSourceWhole;
    private final Function<RepositoryName, TagAges> ages;

    /**
     * @param source queried for digests that the listing lacks
     * @param ages of a repository, whose name is relative to the source
     */
    public Planner(MirrorRule rule, ReadAhead source, Function<RepositoryName, TagAges> ages, int requestsInFlight) {
        this.rule = rule;
        this.names = rule.names();
        this.ages = ages;
        this.isSourceWhole = !source.store().isPart();
        this.lookup = new DigestLookup(rule, source, requestsInFlight);
    }

    /**
     * @param trust how far to trust the ledger
     * @throws NameCollisionException if two source images would get the same name
     */
    public Plan plan(DatedListing dated, Ledger ledger, Trust trust) {
        return plan(dated, ledger, trust, Optional.empty());
    }

    /** @param referrers finds which images that are up to date have more of them */
    public Plan plan(DatedListing dated, Ledger ledger, Trust trust, Optional<ReferrerCheck> referrers) {
        Listing listing = dated.listing();
        List<CopyTask> toCopy = new ArrayList<>();
        int[] upToDate = {0};
        int[] kept = {0};
        Predicate<ImageKey> isNew = key -> trust == Trust.COPY_AGAIN || !ledger.listed(key.name(), key.reference());
        Selection selection = select(listing);
        Claims claims = Claims.of(ledger, names, selection);
        List<Failure> failures = new ArrayList<>();
        List<ImageKey> released = new ArrayList<>();
        Wanted wanted = wanted(selection, dated, isNew, fixed(ledger, trust), listed -> {
            // Nothing is kept of images that are up to date: there may be a million of them.
            CopyTask image = unmoved(listed, ledger);
            Optional<DigestTable.Row> row = ledger.row(image.name(), image.tag());
            Optional<Reason> reason = reason(row, image, ledger.contentRule(), trust);
            referrers.ifPresent(check -> row.filter(found -> found.digest().equals(image.digest())
                            && found.attributes().rule().equals(ledger.contentRule()))
                    .ifPresent(found -> check.mirrored(image.storedAs(found), found)));
            Optional<ContentException.Conflict> conflict = claims.against(image, rule.source());
            if (conflict.isPresent()) {
                failures.add(new Failure(image.image(), Side.DESTINATION, conflict.get()));
                // Two ledgers that both record the old digest would each keep the other from following the tag.
                ledger.mirrored(image.name(), image.tag())
                        .filter(old -> claims.against(image.withDigest(old), rule.source())
                                .isEmpty())
                        .ifPresent(_ -> released.add(new ImageKey(image.name(), image.tag())));
            } else if (reason.isEmpty() && image.digest().equals(listed.digest())) {
                upToDate[0]++;
            } else if (reason.isEmpty()) {
                kept[0]++;
            } else {
                CopyTask task = recorded(image, ledger).because(reason.get());
                // A digest that the tag moves to during the run has not waited.
                toCopy.add(rule.selection().minAge(image.name()).isPresent() ? task.pinned() : task);
            }
        });
        failures.addAll(wanted.failures());
        failures.sort(Comparator.comparing(Failure::what));
        int images =
                listing.repositories().stream().mapToInt(r -> r.tags().size()).sum();
        return new Plan(
                listing.repositories().size(),
                images,
                toCopy,
                List.of(),
                List.of(),
                upToDate[0],
                kept[0],
                selection.excluded(),
                failures,
                List.of(),
                List.of(),
                Set.of(),
                Waits.of(rule, ledger, ages, dated, wanted),
                wanted.ways(),
                wanted.gone(),
                released,
                isSourceWhole
                        ? new Sightings(rule).marks(listing, selection, wanted.gone(), wanted.failures(), ledger)
                        : Sightings.Marks.NONE,
                Drift.UNKNOWN);
    }

    /**
     * The selected images, those whose digests could not be read, and those deleted at the source.
     *
     * @param tooYoung tags that wait because of their age
     * @param ways in which the digests of listed repositories were read
     */
    public record Wanted(
            Selection selection,
            List<Selection.HeldBack> tooYoung,
            List<Failure> failures,
            List<ImageKey> gone,
            SortedMap<RepositoryName, TagDetails.Way> ways) {}

    /** @param each receives every selected image, in order of names and tags, whatever the ledger says */
    public Wanted wanted(DatedListing dated, Consumer<CopyTask> each) {
        return wanted(select(dated.listing()), dated, _ -> false, _ -> Optional.empty(), each);
    }

    /** Returns the recorded digests of tags that never move. */
    private Function<ImageKey, Optional<Digest>> fixed(Ledger ledger, Trust trust) {
        return key -> trust != Trust.COPY_AGAIN
                        && rule.moves().isFixed(key.reference())
                        && !rule.selection().pins(key.name(), key.reference())
                ? ledger.mirrored(key.name(), key.reference())
                : Optional.empty();
    }

    /** Returns the image with the recorded digest if a moved tag stays as mirrored. */
    private CopyTask unmoved(CopyTask image, Ledger ledger) {
        if (rule.moves().areFollowed() || image.isPinned()) {
            return image;
        }
        return ledger.mirrored(image.name(), image.tag())
                .filter(recorded -> !recorded.equals(image.digest()))
                .map(image::pinnedTo)
                .orElse(image);
    }

    /** Returns the image with the digest that the destination should have, if it is recorded under this rule. */
    public static CopyTask recorded(CopyTask image, Ledger ledger) {
        return ledger.row(image.name(), image.tag())
                .filter(row -> row.digest().equals(image.digest()))
                .filter(row -> row.attributes().rule().equals(ledger.contentRule()))
                .map(image::storedAs)
                .orElse(image);
    }

    private Selection select(Listing listing) {
        return Selection.of(listing, rule.source(), rule.selection(), names::isMirror, ages);
    }

    private Wanted wanted(
            Selection selection,
            DatedListing dated,
            Predicate<ImageKey> isNew,
            Function<ImageKey, Optional<Digest>> fixed,
            Consumer<CopyTask> each) {
        List<Failure> failures = new ArrayList<>();
        dated.listing()
                .failures()
                .forEach(failure -> failures.add(new Failure(
                        rule.source().relative(failure.repository()).value(), Side.SOURCE, failure.reason())));
        selection.failures().forEach((name, reason) -> failures.add(new Failure(name.value(), Side.SOURCE, reason)));
        List<ImageKey> gone = new ArrayList<>();
        List<Selection.HeldBack> tooYoung = Waits.tooYoung(selection, dated, failures, gone);
        DigestLookup.Found found = lookup.find(selection, dated.ways(), isNew, fixed);
        failures.addAll(found.failures());
        Set<String> failed = failures.stream().map(Failure::what).collect(Collectors.toSet());
        Map<Object, ImageKey> taken = new HashMap<>();
        for (Selected repository : selection.repositories()) {
            Function<String, Target> targets = names.of(repository.name());
            for (ListedTag tag : repository.tags()) {
                ImageKey key = new ImageKey(repository.name(), tag.tag());
                Optional<Digest> digest = fixed.apply(key)
                        .or(() -> Optional.ofNullable(found.digests().get(key)))
                        .or(tag::digest);
                if (digest.isEmpty() && failed.contains(key.toString())) {
                    continue;
                }
                if (digest.isEmpty() && rule.selection().names(key.name(), key.reference())) {
                    failures.add(new Failure(
                            key.toString(),
                            Side.SOURCE,
                            new ContentException.NotFound(rule.source() + " has no " + key)));
                } else if (digest.isEmpty()) {
                    gone.add(key);
                } else {
                    image(repository, key, digest.get(), targets, taken, failures)
                            .ifPresent(each);
                }
            }
        }
        failures.sort(Comparator.comparing(Failure::what));
        return new Wanted(selection, tooYoung, failures, gone, found.ways());
    }

    /**
     * Returns the listing without the mirror itself, and with the digests of selected tags that it lacked, as far as
     * the source has them. Fixed tags are not looked up.
     */
    public DatedListing resolved(DatedListing dated, Ledger ledger) {
        Listing listing = dated.listing();
        Map<ImageKey, Digest> found = lookup.find(
                        select(listing), dated.ways(), _ -> false, fixed(ledger, Trust.LEDGER))
                .digests();
        List<Listing.ListedRepository> repositories = listing.repositories().stream()
                .filter(repository -> !names.isMirror(repository.name()))
                .map(repository -> new Listing.ListedRepository(
                        repository.name(),
                        repository.tags().stream()
                                .map(tag -> tag.digest().isPresent()
                                        ? tag
                                        : new ListedTag(
                                                tag.tag(), digest(repository.name(), tag.tag(), found), tag.pushed()))
                                .toList()))
                .toList();
        return dated.with(new Listing(repositories, listing.invalid(), listing.failures()));
    }

    private Optional<Digest> digest(RepositoryName repository, String tag, Map<ImageKey, Digest> found) {
        return Optional.ofNullable(found.get(new ImageKey(rule.source().relative(repository), tag)));
    }

    private Optional<CopyTask> image(
            Selected repository,
            ImageKey key,
            Digest digest,
            Function<String, Target> targets,
            Map<Object, ImageKey> taken,
            List<Failure> failures) {
        Target target;
        try {
            target = targets.apply(key.reference());
        } catch (IllegalArgumentException e) {
            failures.add(new Failure(
                    key.toString(),
                    Side.DESTINATION,
                    new ContentException.Unsupported("invalid name at the destination: " + e.getMessage())));
            return Optional.empty();
        }
        ImageKey first = taken.putIfAbsent(names.keepsTags() ? target.repository() : target, key);
        if (first != null && !(names.keepsTags() && first.name().equals(key.name()))) {
            throw new NameCollisionException(first + " and " + key + " would both become " + target.repository() + ":"
                    + target.tag() + " at the destination; exclude one with --exclude-repository or --exclude-tag,"
                    + " or use --name-template");
        }
        return Optional.of(new CopyTask(
                repository.from(),
                repository.name(),
                key.reference(),
                digest,
                rule.selection().pins(key.name(), key.reference()),
                target.repository(),
                target.tag(),
                Reason.NEW));
    }

    private static Optional<Reason> reason(
            Optional<DigestTable.Row> recorded, CopyTask image, String contentRule, Trust trust) {
        if (trust == Trust.COPY_AGAIN) {
            return Optional.of(Reason.FORCED);
        }
        if (recorded.isEmpty()) {
            return Optional.of(Reason.NEW);
        }
        if (!recorded.get().digest().equals(image.digest())) {
            return Optional.of(Reason.MOVED);
        }
        if (!recorded.get().attributes().rule().equals(contentRule)) {
            return Optional.of(Reason.RULE);
        }
        return trust == Trust.CHECK_DESTINATION || recorded.get().attributes().areToCheck()
                ? Optional.of(Reason.GONE)
                : Optional.empty();
    }
}
