package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.Concurrency;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.run.PullQuota;
import io.github.gcrsync.run.Quarantine;
import io.github.gcrsync.run.SourceQuota;
import io.github.gcrsync.state.SuspectFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the mirror that the flags describe: the only place that opens connections, stores and the ledger. */
final class Wiring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    private final Options options;
    private final Console console;
    private final MirrorRule rule;
    private final Concurrency concurrency;
    private final Engine engine;
    private final Store source;
    private final Store destination;
    private final Metadata metadata;

    /**
     * @param imagesAtATime images to copy at a time; 0 for a command that copies nothing
     * @param hashed whether to verify the digests of blobs in a folder, even if the user did not ask for it
     */
    Wiring(Options options, Console console, int imagesAtATime, boolean hashed) {
        this.options = options;
        this.console = console;
        this.rule = rule(options);
        this.concurrency = Concurrency.of(imagesAtATime, options.source.queryLimit);
        if (concurrency.images() < imagesAtATime) {
            LOG.warn(
                    "the limit of open files is low (ulimit -n): copying {} instead of {} images at a time",
                    concurrency.images(),
                    imagesAtATime);
        }
        this.engine = engine();
        this.source = engine.open(rule.source().location(), concurrency.queries(), false);
        this.destination =
                engine.open(rule.destination(), concurrency.queries(), hashed || options.naming.checkDestination);
        this.metadata = new Metadata(options, console);
    }

    private Engine engine() {
        EngineBuilder builder = new Connections(console, options.network, options.access, options.limits)
                .engine(Logins.of(options, console, rule.destination()), concurrency);
        if (options.naming.createRepository) {
            builder.createRepositories(console.environment());
        }
        return builder.build();
    }

    private static MirrorRule rule(Options options) {
        try {
            return new MirrorRule(
                    Optional.empty(),
                    new Source(options.source.host, options.source.namespace),
                    options.selectionRules(),
                    options.tags.moves(),
                    destination(options.target),
                    options.naming.template,
                    options.naming.checkDestination,
                    options.selecting.processCount,
                    options.selecting.retryQuarantined);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Location destination(Options.Target given) {
        if (given.destination != null) {
            return given.destination;
        }
        if (given.user == null) {
            return new Location.Folder(Path.of("mirror"));
        }
        if (!RepositoryName.isValid(given.user)) {
            throw new UsageException(
                    "--dockeruser '" + given.user + "' is not a Docker Hub user; name the registry with --destination");
        }
        return new Location.Registry("docker.io", Optional.of(new RepositoryName(given.user)));
    }

    MirrorRule rule() {
        return rule;
    }

    Metadata metadata() {
        return metadata;
    }

    /** Returns the requested number, or fewer if the limit of open files is too low. */
    int imagesAtATime() {
        return concurrency.images();
    }

    /** Creates the mirror; its ledger is opened on first use. */
    Mirror mirror() {
        return mirror(() -> metadata.ledger(rule));
    }

    /** Creates the mirror for reading only; without a metadata repository the ledger is empty. */
    Mirror mirrorToRead() {
        return mirror(() -> metadata.ledgerToRead(rule));
    }

    private Mirror mirror(Supplier<Ledger> ledger) {
        Quarantine quarantine = new Quarantine(
                new SuspectFile(Folders.state(console.environment()), rule.key()),
                console.clock(),
                rule.retryQuarantined());
        return new Mirror(rule, source, destination, ledger, quarantine, concurrency.queries());
    }

    /** Returns the quota of the source for a plan. */
    PullQuota quota(Plan plan, boolean waits, StopSignal stop, PrintWriter remarks) {
        if (plan.toCopy().isEmpty()) {
            return PullQuota.NONE;
        }
        String host = rule.source().registry();
        return SourceQuota.of(
                host,
                engine.pullQuota(host),
                () -> engine.lastPullQuota(host),
                () -> engine.askedPullQuota(host),
                plan.toCopy().size(),
                waits,
                stop,
                Ticker.SYSTEM,
                remarks);
    }

    /** Returns the requests sent so far. */
    RunRecord.Requests requests() {
        return new RunRecord.Requests(engine.requests(), source.authority().orElseThrow(), destination.authority());
    }

    /** Fails all current and future requests. */
    void disconnect() {
        engine.close();
    }

    @Override
    public void close() {
        metadata.close();
        engine.close();
    }
}
