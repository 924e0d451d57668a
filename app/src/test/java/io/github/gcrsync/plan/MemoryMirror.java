package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.MemoryStore;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.ledger.ScriptedLedger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationName;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.SelectionRules;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.rule.TagAges;
import io.github.gcrsync.rule.TagMoves;
import io.github.gcrsync.rule.TagSelection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A mirror in memory: {@code ns/a:1} of the source becomes {@code mirror/a:1} at the destination. Images are named
 * {@code a:1}, which is also their content unless a test says otherwise.
 */
public final class MemoryMirror {
    public static final RepositoryName NAMESPACE = new RepositoryName("ns");
    public static final String DESTINATION = "registry.example.com/mirror";

    public final MemoryStore source = new MemoryStore();
    public final MemoryStore destination = new MemoryStore();
    public final ScriptedLedger ledger = new ScriptedLedger(DESTINATION);
    public final Sides sides = new Sides(side -> (side == Side.SOURCE ? source : destination).answers());
    public final MirrorRule rule = rule(NameTemplate.DEFAULT);
    public final DestinationNames names = rule.names();

    /** A rule without exclusions. */
    public static MirrorRule rule(NameTemplate template) {
        return rule(template, TagMoves.FOLLOWED, List.of());
    }

    public static MirrorRule rule(NameTemplate template, TagMoves moves, List<NamedImage> images) {
        return new MirrorRule(
                Optional.empty(),
                new Source("gcr.io", NAMESPACE),
                SelectionRules.of(List.of(), TagSelection.ALL, images),
                moves,
                Location.parse(DESTINATION),
                new DestinationName("mirror", false),
                template,
                Platforms.ALL,
                MirrorRule.RequiredSignature.NONE,
                ReferrerTypes.NONE,
                false,
                false,
                -1,
                false,
                Shard.WHOLE);
    }

    public Digest atSource(String image) {
        return atSource(image, image);
    }

    public Digest atSource(String image, String content) {
        ImageKey key = key(image);
        return source.put("ns/" + key.name(), key.reference(), content);
    }

    public Digest atDestination(String image) {
        return atDestination(image, image);
    }

    public Digest atDestination(String image, String content) {
        ImageKey key = key(image);
        return destination.put("mirror/" + key.name(), key.reference(), content);
    }

    /** Records an image like an earlier run. */
    public void recorded(String image, String content) {
        ledger.record(List.of(entry(image, content)));
        ledger.checkpoint();
    }

    public void recorded(String image) {
        recorded(image, image);
    }

    /** Returns the digest in the ledger. */
    public Optional<Digest> mirrored(String image) {
        return ledger.mirrored(key(image).name(), key(image).reference());
    }

    public static Entry entry(String image, String content) {
        return new Entry(key(image).name(), key(image).reference(), MemoryStore.digest(content), "https://example.com");
    }

    public static ImageKey key(String image) {
        return ImageKey.parse(image).orElseThrow();
    }

    public static CopyTask task(String image) {
        return task(image, Reason.NEW);
    }

    public static CopyTask task(String image, Reason reason) {
        ImageKey key = key(image);
        return new CopyTask(
                new RepositoryName("ns/" + key.name()),
                key.name(),
                key.reference(),
                MemoryStore.digest(image),
                false,
                new RepositoryName("mirror/" + key.name()),
                key.reference(),
                reason);
    }

    public static Plan plan(CopyTask... toCopy) {
        return plan(List.of(toCopy), List.of(), List.of(), List.of(), Drift.UNKNOWN);
    }

    public static Plan plan(
            List<CopyTask> toCopy,
            List<CopyTask> toAdopt,
            List<Failure> failures,
            List<ImageKey> released,
            Drift drift) {
        return new Plan(
                1,
                toCopy.size() + toAdopt.size(),
                toCopy,
                toAdopt,
                List.of(),
                0,
                0,
                new Excluded(),
                failures,
                List.of(),
                List.of(),
                Set.of(),
                Waits.NONE,
                new TreeMap<>(),
                List.of(),
                released,
                Sightings.Marks.NONE,
                drift);
    }

    public static Recorded lost(String image) {
        return new Recorded(
                key(image).name(),
                key(image).reference(),
                MemoryStore.digest(image),
                Sample.START,
                Sample.START,
                Attributes.NONE);
    }

    /** A planner that sends one request at a time. */
    public Planner planner(ReadAhead ahead) {
        return planner(ahead, rule);
    }

    public static Planner planner(ReadAhead ahead, MirrorRule rule) {
        return new Planner(rule, ahead, _ -> TagAges.NONE, 1);
    }

    public Plan planned(Trust trust) {
        return planner(ReadAhead.none(source)).plan(DatedListing.undated(source.list()), ledger, trust);
    }

    /** The source's listing without digests, as from most registries. */
    public Listing tagsOnly() {
        return new Listing(
                source.list().repositories().stream()
                        .map(repository -> new Listing.ListedRepository(
                                repository.name(),
                                repository.tags().stream()
                                        .map(tag -> new Listing.ListedTag(tag.tag(), Optional.empty()))
                                        .toList()))
                        .toList(),
                List.of(),
                List.of());
    }

    public static ContentException unreachable() {
        return new ContentException.Unreachable("HTTP 502");
    }
}
