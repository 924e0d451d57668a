package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Scalar;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.MirrorRule.RequiredSignature;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.RepositoryPattern;
import io.github.gcrsync.rule.SelectionRules;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.rule.TagMoves;
import io.github.gcrsync.rule.TagSelection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads one mirror: its own keys, otherwise those of the defaults. */
final class MirrorKeys {
    static final String NAME = "name";
    private static final String SOURCE = "source";
    private static final String IMAGES = "images";
    private static final String REPOSITORIES = "repositories";
    private static final String TAGS = "tags";
    private static final String FIXED = "fixed";
    private static final String MOVED = "moved";
    private static final String TEMPLATE = "name-template";
    private static final String PLATFORMS = "platforms";
    private static final String INDEX = "index";
    private static final String REFERRERS = "referrers";
    private static final String COUNT = "processcount";
    private static final String KEEP = "keep";
    private static final String REWRITE = "rewrite";

    static final List<String> ALL = List.of(
            NAME,
            SOURCE,
            Destinations.ONE,
            Destinations.SEVERAL,
            IMAGES,
            REPOSITORIES,
            TAGS,
            FIXED,
            MOVED,
            TEMPLATE,
            PLATFORMS,
            INDEX,
            RequiredSignatures.KEY,
            REFERRERS,
            COUNT,
            PruneKeys.KEY,
            MirrorSchedule.KEY,
            MirrorSchedule.ZONE,
            Notification.KEY);
    private static final List<String> OF_DEFAULTS = ALL.subList(1, ALL.size());
    private static final Map<String, String> USUAL = Map.of(
            MOVED,
            "follow",
            TEMPLATE,
            NameTemplate.DEFAULT.toString(),
            INDEX,
            "sparse",
            REFERRERS,
            "true",
            COUNT,
            "-1");

    private final Problems problems;
    private final TagSelections selections;
    private final Mapping own;
    private final Mapping defaults;

    MirrorKeys(Problems problems, TagSelections selections, Mapping own, Mapping defaults) {
        this.problems = problems;
        this.selections = selections;
        this.own = own;
        this.defaults = defaults;
    }

    /** Reads all defaults, which each mirror may replace. */
    static void checkDefaults(Problems problems, TagSelections selections, Mapping defaults) {
        problems.refuseOtherKeys(
                defaults, OF_DEFAULTS, key -> key.equals(NAME) ? "each mirror needs a name of its own" : advice(key));
        MirrorKeys keys = new MirrorKeys(problems, selections, defaults, defaults);
        Optional<Source> source = keys.value(SOURCE, withoutLogin(Source::parse));
        keys.destinations();
        keys.selection(source);
        keys.moves();
        keys.value(TEMPLATE, NameTemplate::parse);
        keys.platforms();
        keys.signature();
        keys.referrers();
        keys.value(COUNT, Numbers::limit);
        PruneKeys.of(problems, defaults.get(PruneKeys.KEY));
        MirrorSchedule.of(problems, defaults, defaults);
        Notification.of(problems, defaults.get(Notification.KEY));
    }

    Optional<MirrorDefinition> definition(WholeRun run) {
        problems.refuseOtherKeys(own, ALL, MirrorKeys::advice);
        Optional<String> name = required(NAME, "write name: NAME", MirrorName::checked);
        Optional<Source> source =
                required(SOURCE, "write source: HOST, HOST/PATH or oci:DIR", withoutLogin(Source::parse));
        if (!Destinations.isIn(own) && !Destinations.isIn(defaults)) {
            problems.add(
                    own.at(),
                    "this mirror has no 'destination'; write destination: HOST/PATH or oci:DIR, here or in 'defaults'");
        }
        List<Destinations.Destination> destinations = destinations();
        SelectionRules rules = selection(source);
        TagMoves moves = moves();
        NameTemplate naming = value(TEMPLATE, NameTemplate::parse).orElse(NameTemplate.DEFAULT);
        Platforms platforms = platforms();
        RequiredSignature signature = signature();
        ReferrerTypes referrers = referrers();
        PruneRule prune = PruneKeys.of(problems, find(PruneKeys.KEY));
        Optional<MirrorSchedule> schedule = MirrorSchedule.of(problems, own, defaults);
        Optional<Notification> notice = Notification.of(problems, find(Notification.KEY));
        int maxCopies = value(COUNT, Numbers::limit).or(run::processCount).orElse(-1);
        if (name.isEmpty() || source.isEmpty() || destinations.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<MirrorRule> mirror = destinations.stream()
                    .map(destination -> new MirrorRule(
                            name,
                            source.get(),
                            rules,
                            moves,
                            destination.location(),
                            destination.name(),
                            naming,
                            platforms,
                            signature,
                            referrers,
                            run.checkDestination(),
                            run.checkReferrers(),
                            maxCopies,
                            run.retryQuarantined(),
                            Shard.WHOLE))
                    .toList();
            List<ShownValue> values = ALL.stream().flatMap(this::shown).toList();
            return Optional.of(new MirrorDefinition(mirror, prune, schedule, notice, values));
        } catch (IllegalArgumentException e) {
            problems.add(own.at(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private List<Destinations.Destination> destinations() {
        return new Destinations(problems, withoutLogin(Location::parse)).of(own, defaults);
    }

    private static String advice(String key) {
        return TagSelections.KEYS.contains(key)
                ? "it belongs to 'tags', such as tags: {" + key + ": ...}"
                : key.equals("namespace") ? "write source: HOST/NAMESPACE" : "";
    }

    /** Errors must not repeat the value, which may contain a password. */
    private static <T> Function<String, T> withoutLogin(Function<String, T> parser) {
        return text -> {
            if (text.contains("@") && !text.startsWith("oci:")) {
                throw new IllegalArgumentException("a user and a password do not belong in a file; use docker login");
            }
            return parser.apply(text);
        };
    }

    private Optional<ConfigNode> find(String key) {
        return own.get(key).or(() -> key.equals(NAME) ? Optional.empty() : defaults.get(key));
    }

    private <T> Optional<T> value(String key, Function<String, T> parser) {
        return find(key).flatMap(node -> problems.value(key, node, parser));
    }

    private <T> List<T> list(String key, Function<String, T> parser) {
        return find(key).map(node -> problems.list(key, node, parser)).orElse(List.of());
    }

    private <T> Optional<T> required(String key, String advice, Function<String, T> parser) {
        if (find(key).isEmpty()) {
            problems.add(own.at(), "this mirror has no '" + key + "'; " + advice);
        }
        return value(key, parser);
    }

    private TagMoves moves() {
        boolean keeps = find(MOVED)
                .flatMap(node -> problems.choice(MOVED, node, List.of("follow", KEEP)))
                .filter(KEEP::equals)
                .isPresent();
        return new TagMoves(list(FIXED, NamePattern::parse), !keeps);
    }

    private Platforms platforms() {
        boolean rewrites = find(INDEX)
                .flatMap(node -> problems.choice(INDEX, node, List.of("sparse", REWRITE)))
                .filter(REWRITE::equals)
                .isPresent();
        return new Platforms(
                list(PLATFORMS, Platform::parse), rewrites ? Platforms.Index.REWRITE : Platforms.Index.SPARSE);
    }

    private RequiredSignature signature() {
        return find(RequiredSignatures.KEY)
                .map(new RequiredSignatures(problems)::read)
                .orElse(RequiredSignature.NONE);
    }

    private ReferrerTypes referrers() {
        Optional<ConfigNode> node = find(REFERRERS);
        if (node.isPresent() && node.get() instanceof Scalar scalar && scalar.kind() == ConfigNode.Kind.BOOLEAN) {
            return ArtifactTypes.all(Boolean.parseBoolean(scalar.text()));
        }
        List<String> types = list(REFERRERS, ArtifactTypes::checked);
        return types.isEmpty() ? ReferrerTypes.ALL : ReferrerTypes.of(types);
    }

    /** @param source empty if it is not known, so that the names of images cannot be compared with it */
    private SelectionRules selection(Optional<Source> source) {
        List<NamePattern> excluded = Stream.of(defaults, own)
                .flatMap(keys -> keys.get(TAGS).stream())
                .flatMap(node -> selections.keys(TAGS, node, "").stream())
                .flatMap(keys -> selections.excluded(keys).stream())
                .distinct()
                .toList();
        Mapping keys =
                find(TAGS).flatMap(node -> selections.keys(TAGS, node, "")).orElse(new Mapping(List.of(), own.at()));
        TagSelection selected = selections.of(keys, excluded);
        ImageNames names = new ImageNames(problems, selections, source);
        List<NamedImage> images = find(IMAGES)
                .map(node -> problems.values(IMAGES, node).stream()
                        .flatMap(image -> names.read(image, selected).stream())
                        .toList())
                .orElse(List.of());
        return SelectionRules.of(list(REPOSITORIES, RepositoryPattern::parse), selected, images);
    }

    private Stream<ShownValue> shown(String key) {
        if (key.equals(Destinations.ONE)) {
            return Destinations.shown(own, defaults).stream();
        }
        if (key.equals(Destinations.SEVERAL)) {
            return Stream.of();
        }
        Optional<ConfigNode> found = find(key);
        if (found.isEmpty()) {
            return Stream.of(ShownValue.usual(key, USUAL.getOrDefault(key, "not set")));
        }
        ConfigNode node = found.get();
        return switch (key) {
            case IMAGES -> problems.values(key, node).stream().flatMap(this::shownImage);
            case TAGS ->
                Stream.of(
                                Stream.of(ShownValue.of(key, node)),
                                own.get(key).isPresent() ? inheritedExclude() : Stream.<ShownValue>of(),
                                shownKeys(key, node))
                        .flatMap(rows -> rows);
            case RequiredSignatures.KEY, PruneKeys.KEY -> ShownValue.withKeys(key, node);
            case Notification.KEY -> Notification.shown(node);
            default -> Stream.of(ShownValue.of(key, node));
        };
    }

    private Stream<ShownValue> shownImage(ConfigNode image) {
        if (image instanceof Mapping named && !named.entries().isEmpty()) {
            Entry selected = named.entries().getFirst();
            return Stream.concat(
                    Stream.of(new ShownValue(
                            IMAGES, false, selected.key(), selected.at().toString())),
                    shownKeys(IMAGES, selected.value()));
        }
        return Stream.of(ShownValue.of(IMAGES, image));
    }

    /** The keys of a selection, wherever they are written. */
    private Stream<ShownValue> shownKeys(String key, ConfigNode selection) {
        return selections.keys(key, selection, "").stream()
                .flatMap(keys -> keys.entries().stream())
                .map(ShownValue::nested);
    }

    private Stream<ShownValue> inheritedExclude() {
        return defaults.get(TAGS).stream()
                .flatMap(node -> shownKeys(TAGS, node))
                .filter(row -> row.key().equals("exclude"));
    }
}
