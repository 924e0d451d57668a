package io.github.gcrsync.mirror;

import io.github.gcrsync.check.Compared;
import io.github.gcrsync.check.Comparison;
import io.github.gcrsync.check.ReferrerComparison;
import io.github.gcrsync.check.drift.Verifier;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.DatedListing;
import io.github.gcrsync.plan.DestinationCheck;
import io.github.gcrsync.plan.Forecast;
import io.github.gcrsync.plan.KnownDigests;
import io.github.gcrsync.plan.LedgerAges;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Planner;
import io.github.gcrsync.plan.ReadAhead;
import io.github.gcrsync.plan.ReferrerCheck;
import io.github.gcrsync.plan.Share;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.plan.Trust;
import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.prune.Pruning;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.TagAges;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.run.MirrorRun;
import io.github.gcrsync.run.Part;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.SignatureCheck;
import io.github.gcrsync.run.quarantine.Quarantine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A rule bound to open stores and a ledger: list, select, compare, copy, record. Each command needs only a few lines on
 * top.
 *
 * <p>Failures of the whole run are thrown: a {@link CopyException} with the side that failed, a
 * {@link io.github.gcrsync.ledger.LedgerException} or a {@link io.github.gcrsync.rule.NameCollisionException}.
 */
public final class Mirror {
    private final MirrorRule rule;
    private final Store source;
    private final KnownDigests known;
    private final Store destination;
    private final Supplier<Ledger> opening;
    private final Quarantine quarantine;
    private final SignatureCheck signatures;
    private final int requestsInFlight;
    private final DestinationNames names;
    private final Instant now;
    private final LedgerAges ages;
    private final Sides sides;
    private final ReadAhead ahead;
    private final Listings listings;
    private @Nullable Ledger ledger;

    /**
     * @param known of the source's digests
     * @param ledger opened on first use; comparing does not need it
     * @param signatures that images need
     * @param requestsInFlight while listing and comparing
     * @param clock for the ages of images
     */
    public Mirror(
            MirrorRule rule,
            Store source,
            KnownDigests known,
            Store destination,
            Supplier<Ledger> ledger,
            Quarantine quarantine,
            SignatureCheck signatures,
            int requestsInFlight,
            InstantSource clock) {
        this.rule = rule;
        this.source = source;
        this.known = known;
        this.destination = destination;
        this.opening = ledger;
        this.quarantine = quarantine;
        this.signatures = signatures;
        this.requestsInFlight = requestsInFlight;
        this.names = rule.names();
        this.listings = new Listings(rule, source, known, destination, requestsInFlight);
        this.now = clock.instant();
        this.ages = new LedgerAges(rule, this::ledger, now);
        this.sides = new Sides(side -> (side == Side.SOURCE ? source : destination).answers());
        this.ahead =
                (source.countsPulls() ? ReadAhead.none(source) : ReadAhead.of(source, rule.maxCopies())).knowing(known);
    }

    /** How far to trust the ledger. A local store may have been moved or cleared, and checking it costs no request. */
    public Trust trust() {
        return rule.checkDestination() || destination.isLocal() ? Trust.CHECK_DESTINATION : Trust.LEDGER;
    }

    /** Plans a run; reads manifests ahead where that saves requests. */
    public Plan plan(Trust trust) {
        ledger(); // Fail before copying if the ledger cannot be opened.
        DatedListing listing = listings.sourceWithWarnings();
        ReferrerCheck referrers = referrerCheck();
        Plan wanted = wanted(planner(ahead, trust), listing, trust, Optional.of(referrers));
        Plan plan = narrowed(wanted, trust, rule.maxCopies());
        Plan signed = signatures.isRequired()
                ? sides.checked(signatures.applied(plan, source::repository, requestsInFlight))
                : plan;
        return referrers.addedTo(signed, requestsInFlight);
    }

    /** Plans without copying afterwards: queries a registry at the destination only if the rule says so. */
    public Plan preview(Trust trust) {
        ledger();
        DatedListing listing = listings.sourceWithWarnings();
        ReferrerCheck referrers = referrerCheck();
        Plan wanted = wanted(planner(trust), listing, trust, Optional.of(referrers));
        Plan plan = trust() == Trust.CHECK_DESTINATION
                ? narrowed(wanted, trust, rule.maxCopies())
                : quarantine.applied(wanted).first(rule.maxCopies());
        return referrers.addedTo(plan, requestsInFlight);
    }

    /** The current listing of the source, and the plan for it. */
    public record Look(Listing source, Plan plan) {}

    /** Plans everything, regardless of the limit per run. */
    public Look look() {
        ledger();
        DatedListing listing = planner(trust()).resolved(listings.source(), ledger());
        Plan wanted = wanted(planner(trust()), listing, trust(), Optional.empty());
        return new Look(
                listing.listing(),
                trust() == Trust.CHECK_DESTINATION
                        ? check().narrow(quarantine.applied(wanted), ledger(), -1, List.of())
                        : quarantine.applied(wanted));
    }

    /** The current listing of the source, and what the rule selects of it. */
    public record Chosen(Listing source, Selection selection) {}

    /** Lists and selects without asking for digests. */
    public Chosen chosen() {
        Listing listing = listings.sourceWithWarnings().listing();
        return new Chosen(listing, select(listing));
    }

    /** Returns what deletes images at the destination. */
    public Pruning pruning(PruneRule prune) {
        Pruning.Places places = new Pruning.Places(source, destination, ledger(), sides, requestsInFlight);
        return new Pruning(rule, prune, places, now, listings.source(), this::select);
    }

    /** Returns the part of the mirror that was listed; empty for a whole mirror. */
    public Optional<Share> share() {
        return listings.share();
    }

    Part part(Plan plan, RunListener listener, boolean isWhole) {
        String place = rule.destinationName().text();
        return new Part(
                plan, place, destination, isWhole ? sides : sides.ofPart(), names, ledger(), quarantine, listener);
    }

    /**
     * Runs plans that differ only in their destinations. Failures are in the reports.
     *
     * @param plans the first one was made first
     */
    public static MirrorRun.Result run(List<Planned> plans, MirrorRun.Settings settings) {
        Mirror first = plans.getFirst().mirror();
        return new MirrorRun(
                        plans.stream().map(Planned::part).toList(),
                        first.ahead::repository,
                        new MirrorRun.Content(
                                first.rule.platforms(), Optional.of(first.listings.referrerTags()), first.signatures),
                        settings)
                .run();
    }

    /**
     * Takes over a part of a plan that another process has made.
     *
     * @param tags of the source that belong to referrers
     */
    public Planned assigned(RepositoryName from, List<ListedTag> tags, Plan plan, RunListener listener) {
        listings.take(new Listing(List.of(new Listing.ListedRepository(from, tags)), List.of(), List.of()));
        return new Planned(this, plan, listener, false);
    }

    public Forecast forecast(Plan plan) {
        return Forecast.of(plan, source::repository, rule.platforms(), requestsInFlight);
    }

    /**
     * Returns the metadata files as they would be after the plan. Do not use the ledger for anything else afterwards.
     */
    public Ledger.Preview recorded(Plan plan) {
        return RecordedPlan.in(ledger(), plan, names);
    }

    /** Compares the source with the destination itself. Only the digests of rewritten indexes come from the ledger. */
    public List<Compared> compare() {
        DatedListing listing = listings.source();
        // Other mirrors of a file and other shards may share the destination.
        Optional<Listing> there =
                rule.name().isPresent() || !rule.shard().isWhole() ? Optional.empty() : listings.destination();
        return new Comparison(
                        planner(trust()),
                        rule,
                        destination,
                        new ReferrerComparison(rule, source, listings.referrerTags(), destination),
                        sides,
                        requestsInFlight)
                .compare(listing, there, this::withStored);
    }

    /** @param stored the destination, opened to read from */
    public Verifier verifier(Store stored) {
        return new Verifier(rule, source, destination, stored, ledger(), signatures::check, requestsInFlight);
    }

    /** Only the ledger knows the digest of a rewritten index. */
    private CopyTask withStored(CopyTask image) {
        return rule.platforms().rewrite() ? Planner.recorded(image, ledger()) : image;
    }

    /**
     * Returns the decision for each tag of one repository, with the step that decided.
     *
     * @param name relative to the source
     * @return empty if the source has no such repository
     */
    public Map<String, Decision> explain(RepositoryName name) {
        return listings.decisions(name, ages(trust()).apply(name));
    }

    private Selection select(Listing listing) {
        return Selection.of(listing, rule.source(), rule.selection(), names::isMirror, ages(trust()));
    }

    private Ledger ledger() {
        Ledger opened = ledger;
        if (opened == null) {
            opened = opening.get();
            ledger = opened;
        }
        return opened;
    }

    private ReferrerCheck referrerCheck() {
        return new ReferrerCheck(rule, source, listings.referrerTags(), now);
    }

    private Plan wanted(Planner planner, DatedListing listing, Trust trust, Optional<ReferrerCheck> referrers) {
        return sides.checked(planner.plan(listing, ledger(), trust, referrers));
    }

    private Plan narrowed(Plan wanted, Trust trust, int most) {
        DestinationCheck check = check();
        List<Recorded> lost =
                trust == Trust.CHECK_DESTINATION ? check.lost(wanted, ownRecorded(), names) : List.<Recorded>of();
        return check.narrow(quarantine.applied(wanted), ledger(), most, lost);
    }

    private Stream<Recorded> ownRecorded() {
        return ledger().recorded().filter(image -> rule.isInShard(image.name()));
    }

    private DestinationCheck check() {
        return new DestinationCheck(destination, sides, requestsInFlight);
    }

    private Planner planner(Trust trust) {
        return planner(ReadAhead.none(source).knowing(known), trust);
    }

    private Planner planner(ReadAhead reading, Trust trust) {
        return new Planner(rule, reading, ages(trust), requestsInFlight);
    }

    private Function<RepositoryName, TagAges> ages(Trust trust) {
        return name -> ages.of(name, trust);
    }
}
