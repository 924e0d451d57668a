package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.bundle.Contents;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.rule.DestinationName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.SelectionRules;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.rule.TagMoves;
import io.github.gcrsync.rule.TagSelection;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The mirror that a bundle continues: its source and its folder in the ledger are those of the exported mirror. */
public final class BundleRule {
    private BundleRule() {}

    /** @throws UsageException if the flags name a destination twice */
    public static void checkDestinations(Options.Target target) {
        List<Location> _ = FlagRule.destinations(target);
    }

    /** @throws ContentException if the bundle names a source that no mirror has */
    public static List<MirrorRule> of(Path file, Contents contents, Options options) {
        Source source;
        try {
            source = new Source(Source.parse(contents.source()).location(), contents.mirror(), Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new ContentException.Corrupt(
                    Message.of(
                            Printable.of(file + ": it has an invalid source: " + e.getMessage()),
                            "import only files that gcrsync export has written"),
                    e);
        }
        SelectionRules images = SelectionRules.of(
                List.of(),
                TagSelection.ALL,
                contents.included().stream().map(BundleRule::named).toList());
        List<Location> destinations = FlagRule.destinations(options.target);
        return destinations.stream()
                .map(destination -> rule(source, images, destination, destinations.size() > 1))
                .toList();
    }

    private static NamedImage named(Contents.Image image) {
        ImageKey key = image.key();
        return new NamedImage.One(
                key.name(),
                Optional.of(key.reference()).filter(reference -> !ImageKey.isDigest(reference)),
                Optional.of(image.digest()));
    }

    private static MirrorRule rule(Source source, SelectionRules images, Location destination, boolean isOneOfSeveral) {
        try {
            return new MirrorRule(
                    Optional.empty(),
                    source,
                    images,
                    TagMoves.FOLLOWED,
                    destination,
                    DestinationName.of(destination, isOneOfSeveral),
                    NameTemplate.DEFAULT,
                    Platforms.ALL,
                    MirrorRule.RequiredSignature.NONE,
                    ReferrerTypes.ALL,
                    false,
                    true,
                    -1,
                    true,
                    Shard.WHOLE);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
