package io.github.gcrsync.plan;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.TagAges;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Ages of tags: since their push or since a run first saw their digest. An image that is mirrored with
 * its digest, at any destination, has waited long enough; a tag that stays as it is mirrored does not wait.
 */
public final class LedgerAges {
    private final MirrorRule rule;
    private final Supplier<Ledger> ledger;
    private final Instant now;

    /** @param ledger opened only for tags that may have to wait */
    public LedgerAges(MirrorRule rule, Supplier<Ledger> ledger, Instant now) {
        this.rule = rule;
        this.ledger = ledger;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * @param name relative to the source
     * @param trust of the run: whether it looks up fixed tags
     */
    public TagAges of(RepositoryName name, Trust trust) {
        return rule.selection().needsDates(name) ? new OfRepository(name, trust) : TagAges.NONE;
    }

    private final class OfRepository implements TagAges {
        private final RepositoryName name;
        private final Trust trust;
        private Optional<Boolean> isKnown = Optional.empty();

        OfRepository(RepositoryName name, Trust trust) {
            this.name = name;
            this.trust = trust;
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public Optional<Instant> heldUntil(ListedTag tag, Duration minAge) {
            return isFirstRun() ? Optional.empty() : youngUntil(tag, minAge).filter(_ -> !isMirrored(tag));
        }

        @Override
        public boolean isAccepted(ListedTag tag, Duration minAge) {
            return isFirstRun() && youngUntil(tag, minAge).isPresent();
        }

        private Optional<Instant> youngUntil(ListedTag tag, Duration minAge) {
            Instant since = Stream.of(TagAges.pushed(tag), seen(tag))
                    .flatMap(Optional::stream)
                    .min(Comparator.naturalOrder())
                    .orElse(now);
            return Optional.of(until(since, minAge)).filter(until -> until.isAfter(now));
        }

        private boolean isFirstRun() {
            return !isKnown() && !rule.selection().waitsOnFirstRun(name);
        }

        private Optional<Instant> seen(ListedTag tag) {
            return tag.digest().flatMap(digest -> ledger.get().seen(name, tag.tag(), digest));
        }

        /** Whether the digest is mirrored, or the tag stays as it is mirrored. */
        private boolean isMirrored(ListedTag tag) {
            boolean stays = !rule.moves().areFollowed()
                    || (trust != Trust.COPY_AGAIN && rule.moves().isFixed(tag.tag()));
            return (stays && ledger.get().row(name, tag.tag()).isPresent())
                    || tag.digest()
                            .filter(digest -> ledger.get().mirroredAnywhere(name, tag.tag(), digest))
                            .isPresent();
        }

        private boolean isKnown() {
            boolean known = isKnown.orElseGet(() -> ledger.get().knows(name));
            isKnown = Optional.of(known);
            return known;
        }
    }

    /** A date of a registry can be any. */
    private static Instant until(Instant since, Duration minAge) {
        try {
            return since.plus(minAge);
        } catch (DateTimeException | ArithmeticException e) {
            return Instant.MAX;
        }
    }
}
