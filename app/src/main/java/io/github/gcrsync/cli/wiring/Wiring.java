package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.Concurrency;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.limit.RateLimit;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.mirror.ListedOnce;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.plan.KnownDigests;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.run.SignatureCheck;
import io.github.gcrsync.run.quarantine.Quarantine;
import io.github.gcrsync.run.quota.PullQuota;
import io.github.gcrsync.run.quota.SourceQuota;
import io.github.gcrsync.state.SuspectFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the mirrors of a command: the only place that opens connections, stores and ledgers. */
public final class Wiring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    private final Options options;
    private final DoubleSupplier portion;
    private final Console console;
    private final boolean hashed;
    private final List<MirrorRule> rules;
    private final Concurrency concurrency;
    private final Engine engine;
    private final Map<Source, Store> sources = new HashMap<>();
    private final Map<String, KnownDigests> known = new HashMap<>();
    private final Map<String, SignatureCheck> signatures = new HashMap<>();
    private final Metadata metadata;

    /**
     * @param imagesAtATime images to copy at a time; 0 for a command that copies nothing
     * @param hashed whether to verify the digests of blobs in a folder, even if the user did not ask for it
     */
    public Wiring(Options options, List<MirrorRule> rules, Console console, int imagesAtATime, boolean hashed) {
        this(options, rules, console, imagesAtATime, hashed, () -> 1);
    }

    /** @param portion of this process of the limits that several share, more than 0 and at most 1 */
    public Wiring(
            Options options,
            List<MirrorRule> rules,
            Console console,
            int imagesAtATime,
            boolean hashed,
            DoubleSupplier portion) {
        this.options = options;
        this.portion = portion;
        this.console = console;
        this.hashed = hashed;
        this.rules = rules;
        int destinations = rules.stream()
                .mapToInt(rule ->
                        (int) rules.stream().filter(rule::isOfSameMirror).count())
                .max()
                .orElse(1);
        this.concurrency = Concurrency.of(imagesAtATime, options.source.queryLimit, destinations);
        if (concurrency.images() < imagesAtATime) {
            LOG.warn(
                    "the limit of open files is low (ulimit -n): copying {} instead of {} images at a time",
                    concurrency.images(),
                    imagesAtATime);
        }
        rules.forEach(rule -> signatures.computeIfAbsent(
                rule.mirrorPrefix(),
                _ -> SignatureKeys.check(rule.signature(), rule.platforms(), console.environment())));
        this.engine = engine();
        this.metadata = new Metadata(options, console);
    }

    private Engine engine() {
        EngineBuilder builder = new Connections(console, options.network, options.access, options.limits)
                .engine(logins(), concurrency)
                .portion(portion);
        if (options.naming.createRepository) {
            builder.createRepositories(console.environment());
        }
        return builder.build();
    }

    /** Mirrors of a file have their logins in credential files only. */
    private Credentials logins() {
        MirrorRule first = rules.getFirst();
        return first.name().isPresent()
                ? Credentials.NONE
                : Logins.of(
                        options,
                        console,
                        rules.stream().map(MirrorRule::destination).toList());
    }

    public List<MirrorRule> rules() {
        return rules;
    }

    public Metadata metadata() {
        return metadata;
    }

    /** Returns the requested number, or fewer if the limit of open files is too low. */
    public int imagesAtATime() {
        return concurrency.images();
    }

    /** Reads the source from this store instead. */
    public void read(Source source, Store from) {
        sources.put(source, new ListedOnce(from));
    }

    /**
     * Opens the stores of a mirror. Its ledger is opened on first use; for a command that only reads, a missing metadata
     * repository is an empty ledger.
     */
    public OpenMirror open(MirrorRule rule) {
        Quarantine quarantine = new Quarantine(
                new SuspectFile(Folders.state(console.environment()), rule.key()),
                console.clock(),
                rule.retryQuarantined());
        boolean isFirst = rules.stream()
                .filter(rule::isOfSameMirror)
                .findFirst()
                .filter(rule::equals)
                .isPresent();
        return open(
                rule,
                quarantine,
                concurrency.images() == 0
                        ? () -> metadata.ledgerToRead(rule, isFirst)
                        : () -> metadata.ledger(rule, isFirst));
    }

    /** Opens the stores of a mirror whose run another process records. */
    public synchronized OpenMirror open(MirrorRule rule, Ledger ledger) {
        return open(rule, Quarantine.NONE, () -> ledger);
    }

    private OpenMirror open(MirrorRule rule, Quarantine quarantine, Supplier<Ledger> ledger) {
        Store source = sources.computeIfAbsent(rule.source(), from -> new ListedOnce(source(from)));
        Store destination = engine.open(rule.destination(), concurrency.queries(), hashed || rule.checkDestination());
        return new OpenMirror(
                rule,
                new Mirror(
                        rule,
                        source,
                        known(rule),
                        destination,
                        ledger,
                        quarantine,
                        signatures.getOrDefault(rule.mirrorPrefix(), SignatureCheck.NONE),
                        concurrency.queries(),
                        console.clock()),
                source,
                destination);
    }

    private Store source(Source from) {
        return from.location() instanceof Location.Folder(Path folder)
                ? OciLayouts.source(folder, from.single())
                : engine.open(from.location(), concurrency.queries(), false);
    }

    /** Shared by the destinations of one mirror; the next mirror may begin hours later. */
    private KnownDigests known(MirrorRule rule) {
        boolean isShared = rules.stream().filter(rule::isOfSameMirror).count() > 1;
        return known.computeIfAbsent(
                rule.name().orElse(""), _ -> isShared ? KnownDigests.shared() : KnownDigests.none());
    }

    /**
     * Returns the quota of a mirror's source.
     *
     * @param images to copy
     */
    public PullQuota quota(MirrorRule rule, int images, boolean waits, StopSignal stop, PrintWriter remarks) {
        if (images == 0 || rule.source().registry().isEmpty()) {
            return PullQuota.NONE;
        }
        String host = rule.source().registry().get();
        return SourceQuota.of(
                host,
                portion(engine.pullQuota(host)),
                () -> portion(engine.lastPullQuota(host)),
                () -> portion(engine.askedPullQuota(host)),
                images,
                waits,
                stop,
                Ticker.SYSTEM,
                remarks);
    }

    private Optional<RateLimit> portion(Optional<RateLimit> quota) {
        return quota.map(all -> all.portion(portion.getAsDouble()));
    }

    /** Returns the requests sent so far. */
    public Map<String, Long> requests() {
        return engine.requests();
    }

    /** Returns what the hosts have answered and reported so far. */
    public BatchRecord.Traffic traffic(Map<String, Long> pulled) {
        Map<String, Long> quotas = new HashMap<>();
        for (Source source : sources.keySet()) {
            source.registry()
                    .ifPresent(
                            host -> engine.lastPullQuota(host).ifPresent(quota -> quotas.put(host, quota.remaining())));
        }
        return new BatchRecord.Traffic(pulled, engine.answers(), quotas);
    }

    /** Fails all current and future requests. */
    public void disconnect() {
        engine.close();
    }

    @Override
    public void close() {
        metadata.close();
        engine.close();
    }
}
