package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.DigestTable;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds mirrored images whose referrers must be copied: signatures often follow their image. Asks the source once for each
 * image that came a short time ago. An image that was mirrored without them, by an earlier version or rule, is looked at
 * once.
 */
public final class ReferrerCheck {
    private static final Duration RECENT = Duration.ofDays(7);
    /** Of older images that were never looked at, so that an upgrade does not cost a request for each of a million. */
    private static final int MOST_UNSEEN = 1000;

    /** Of those for which no request is necessary; they are only recorded. */
    private static final int MOST_UNSIGNED = 50_000;

    private final MirrorRule rule;
    private final Store source;
    private final ReferrerTags tags;
    private final Instant since;
    private final List<Seen> recent = new ArrayList<>();
    private final List<CopyTask> due = new ArrayList<>();
    private int unseen;
    private int unsigned;
    private boolean isProbed;
    private Attributes last = Attributes.NONE;
    private Optional<Refs> ofLast = Optional.empty();

    /** An image and what is recorded of it. */
    private record Seen(CopyTask image, Refs refs) {}

    public ReferrerCheck(MirrorRule rule, Store source, ReferrerTags tags, Instant now) {
        this.rule = rule;
        this.source = source;
        this.tags = tags;
        this.since = now.minus(RECENT);
    }

    /** Notes a selected image that the ledger records with its digest. */
    void mirrored(CopyTask image, DigestTable.Row row) {
        if (rule.referrers().areNone()) {
            return;
        }
        Optional<Refs> refs = recorded(row.attributes());
        boolean isRecent = !Instant.ofEpochSecond(row.moved()).isBefore(since);
        if (rule.checkReferrers()) {
            due.add(image);
        } else if (refs.isEmpty()) {
            add(image, isRecent && row.attributes().isCopied());
        } else if (isRecent) {
            look(new Seen(image, refs.get()));
        }
    }

    /** Once it is known that there can be no referrers, nothing is kept of an image that had none. */
    private void look(Seen seen) {
        if (!isProbed) {
            isProbed = true;
            if (isChanged(seen)) {
                due.add(seen.image());
            }
        } else if (!seen.refs().listed().isEmpty() || mayHaveMore(seen.image())) {
            recent.add(seen);
        }
    }

    /** Most images have the same attributes as the one before. */
    private Optional<Refs> recorded(Attributes attributes) {
        if (!attributes.equals(last)) {
            last = attributes;
            ofLast = Refs.recorded(attributes).filter(known -> known.isOf(rule.referrers()));
        }
        return ofLast;
    }

    private void add(CopyTask image, boolean always) {
        if (always || (mayHaveMore(image) ? unseen++ < MOST_UNSEEN : unsigned++ < MOST_UNSIGNED)) {
            due.add(image);
        }
    }

    /** Adds the images whose referrers must be copied to a plan that is otherwise complete. */
    public Plan addedTo(Plan plan, int requestsInFlight) {
        if (rule.referrers().areNone()) {
            return plan;
        }
        Set<String> known = due.stream().map(CopyTask::image).collect(Collectors.toSet());
        plan.toAdopt().stream()
                .filter(image -> !known.contains(image.image()))
                .forEach(image -> add(image, rule.checkReferrers()));
        Set<String> others = Stream.of(
                        plan.toCopy().stream().map(CopyTask::image),
                        plan.drift().wronglyRecorded().stream().map(CopyTask::image),
                        plan.failures().stream().map(Failure::what))
                .flatMap(names -> names)
                .collect(Collectors.toSet());
        recent.removeIf(seen -> others.contains(seen.image().image()));
        due.removeIf(image -> others.contains(image.image()));
        Queue<CopyTask> changed = new ConcurrentLinkedQueue<>();
        Tasks.forEach(recent, requestsInFlight, seen -> {
            if (isChanged(seen)) {
                changed.add(seen.image());
            }
        });
        changed.addAll(due);
        return plan.withReferring(changed.stream()
                .sorted(Comparator.comparing(CopyTask::name).thenComparing(CopyTask::tag))
                .toList());
    }

    private boolean isChanged(Seen seen) {
        CopyTask image = seen.image();
        try {
            // What belongs to a rewritten index itself is not mirrored.
            List<String> listed = image.as().isPresent() ? List.of() : ofImage(image);
            return !tags.listed(image.from(), listed).equals(seen.refs().listed());
        } catch (ContentException e) {
            return true; // The copy will report why.
        }
    }

    /** Returns the digests that the source lists through the referrers API or, without it, that it has under tags. */
    private List<String> ofImage(CopyTask image) {
        ImageSource repository = source.repository(image.from());
        if (!repository.findsReferrersOnlyByTag()) {
            ReferrerList list = repository.referrers(image.digest(), _ -> false);
            if (!repository.findsReferrersOnlyByTag()) {
                return ReferrerLookup.digests(list, image.digest());
            }
        }
        return tags.underTags(image);
    }

    private boolean mayHaveMore(CopyTask image) {
        if (!isProbed) {
            isProbed = true;
            try {
                List<String> ignored = ofImage(image); // Finds out whether the source has the referrers API.
            } catch (ContentException e) {
                // The copy will report why.
            }
        }
        return ReferrerLookup.mayFind(source.repository(image.from()), tags.known(image.from()));
    }
}
