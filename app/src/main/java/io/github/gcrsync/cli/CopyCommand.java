package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.execution.MirrorOutput;
import io.github.gcrsync.cli.flags.AccessFlags;
import io.github.gcrsync.cli.flags.Concurrency;
import io.github.gcrsync.cli.flags.LimitOptions;
import io.github.gcrsync.cli.flags.LoginFlags;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.PlatformFlags;
import io.github.gcrsync.cli.flags.ProgressFlags;
import io.github.gcrsync.cli.flags.ReferrerFlags;
import io.github.gcrsync.cli.flags.SignatureFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.settings.ConfigFlags;
import io.github.gcrsync.cli.summary.Summary;
import io.github.gcrsync.cli.wiring.Connections;
import io.github.gcrsync.cli.wiring.Logins;
import io.github.gcrsync.cli.wiring.SignatureKeys;
import io.github.gcrsync.content.ImageLocation;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.run.CopyReport;
import io.github.gcrsync.run.ImageCopies;
import io.github.gcrsync.run.ImageCopy;
import io.github.gcrsync.run.MirrorRun;
import io.github.gcrsync.run.Referred;
import io.github.gcrsync.run.quota.PullQuota;
import io.github.gcrsync.run.quota.SourceQuota;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies one image, without a mirror and its ledger. */
@Command(
        name = "copy",
        sortOptions = false,
        description =
                "Copies one image with all its platforms to one or more destinations, and records nothing. An image is HOST/NAME:TAG, HOST/NAME@DIGEST, or oci:DIR:TAG in an OCI image layout.",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nCopy flags:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all destinations have the image",
            "1:the source does not have the image, or some destinations failed",
            "2:wrong flags",
            "3:could not start, or the source or all destinations are unreachable, full or refuse the login",
            "5:the source's pull quota is used up; run again later"
        })
final class CopyCommand implements Callable<Integer> {
    /** As many connections and blobs in flight as the default of sync. */
    private static final int AS_FOR_IMAGES = 20;

    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description =
                    "Image to copy. Without a host it is at Docker Hub; without a tag it is latest, or the only image of an OCI image layout.")
    private @Nullable ImageLocation from;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "TO...",
            hideParamSyntax = true,
            description = "Destination of the image; without a tag it gets the tag of FROM.")
    private List<ImageLocation> to = new ArrayList<>();

    @Mixin
    private PlatformFlags platforms = new PlatformFlags();

    @Mixin
    private ReferrerFlags referrers = new ReferrerFlags();

    @Mixin
    private SignatureFlags signatures = new SignatureFlags();

    @Option(
            names = "--create-repository",
            description = "Create missing repositories in Amazon ECR when pushing (AWS_ACCESS_KEY_ID, ...).")
    private boolean createRepository;

    @Option(
            names = "--wait-for-quota",
            description =
                    "Sleep until the source's pull quota is renewed (Docker Hub has one) instead of ending the run.")
    private boolean waitForQuota;

    @Mixin(name = "Users:")
    private LoginFlags logins = new LoginFlags();

    @Mixin(name = "Output:")
    private ProgressFlags progress = new ProgressFlags();

    @Mixin(name = "Connections:")
    private Options.Network network = new Options.Network();

    @Mixin(name = "Credentials and certificates:")
    private AccessFlags access = new AccessFlags();

    @Mixin(name = "Limits:")
    private LimitOptions limits = new LimitOptions();

    @Mixin(name = "Configuration:")
    ConfigFlags configuration = new ConfigFlags();

    @Mixin(name = "Other:")
    private Options.General general = new Options.General();

    CopyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ImageLocation given = Objects.requireNonNull(from);
        Concurrency concurrency = Concurrency.of(AS_FOR_IMAGES, to.size(), to.size());
        StopSignal stop = new StopSignal();
        try (MirrorOutput output = new MirrorOutput(progress, console, Optional.empty(), Map.of(), Advice::onCopy)) {
            output.configureLogs(general.debug);
            try (var _ = Interruption.install(stop, output, "run it again to copy the rest");
                    Engine engine = engine(given, concurrency)) {
                stop.whenAbandoned(engine::close);
                ImageLocation source = engine.completed(given);
                List<ImageLocation> destinations =
                        to.stream().map(each -> named(each, source)).distinct().toList();
                CopyReport report = new ImageCopies(
                                engine.source(source),
                                source.digest()
                                        .map(Digest::value)
                                        .or(source::tag)
                                        .orElseThrow(),
                                () -> store(engine, source).answers(),
                                destinations.stream()
                                        .map(each -> target(engine, each))
                                        .toList(),
                                new ImageCopies.Settings(
                                        MirrorRun.blobsInFlight(concurrency.images()),
                                        platforms.wanted(),
                                        referrers.referrers,
                                        SignatureKeys.check(
                                                signatures.required(), platforms.wanted(), console.environment()),
                                        copies -> quota(engine, source.store(), copies, stop, output),
                                        console.patience().slowDestination(),
                                        stop,
                                        output.progress()))
                        .run();
                output.finished(report, requests(engine, source, destinations));
                if (!progress.quiet) {
                    report.copies().forEach(copy -> print(source, copy));
                    console.out().flush();
                }
                return report.outcome().exitCode();
            }
        }
    }

    private Engine engine(ImageLocation source, Concurrency concurrency) {
        EngineBuilder builder = new Connections(console, network, access, limits)
                .engine(
                        Logins.of(
                                console,
                                new Logins.Login(logins.sourceUser, logins.sourcePassword, false),
                                source.store(),
                                new Logins.Login(logins.user, logins.password, logins.passwordFromStdin),
                                to.stream().map(ImageLocation::store).toList()),
                        concurrency);
        if (createRepository) {
            builder.createRepositories(console.environment());
        }
        return builder.build();
    }

    /** Returns the destination with a tag or a digest. */
    private static ImageLocation named(ImageLocation given, ImageLocation source) {
        if (given.digest().isPresent() && !given.digest().equals(source.digest())) {
            throw new UsageException(given + " names a digest that FROM does not name; copy " + source.store() + "@"
                    + given.digest().get() + ", or remove the digest");
        }
        if (given.tag().isPresent() || given.digest().isPresent()) {
            return given;
        }
        return source.tag()
                .map(given::withTag)
                .orElseThrow(() -> new UsageException(
                        given + " needs a tag, because " + source + " has none; write " + given.store() + ":TAG"));
    }

    private static ImageCopy.Target target(Engine engine, ImageLocation destination) {
        return new ImageCopy.Target(
                destination.toString(),
                destination.store().server(),
                engine.repository(destination),
                destination
                        .tag()
                        .or(() -> destination.digest().map(Digest::value))
                        .orElseThrow(),
                () -> store(engine, destination).answers());
    }

    private static Store store(Engine engine, ImageLocation image) {
        return engine.open(image.store(), 1, false);
    }

    private PullQuota quota(Engine engine, Location source, int copies, StopSignal stop, MirrorOutput output) {
        if (engine.open(source, 1, false).isLocal()) {
            return PullQuota.NONE;
        }
        String host = source.server();
        return SourceQuota.of(
                host,
                engine.pullQuota(host),
                () -> engine.lastPullQuota(host),
                () -> engine.askedPullQuota(host),
                copies,
                waitForQuota,
                stop,
                Ticker.SYSTEM,
                output.remarks());
    }

    private static RunRecord.Requests requests(Engine engine, ImageLocation source, List<ImageLocation> destinations) {
        return new RunRecord.Requests(
                engine.requests(), hosts(engine, Stream.of(source)), hosts(engine, destinations.stream()));
    }

    private static Set<String> hosts(Engine engine, Stream<ImageLocation> images) {
        return images.flatMap(image -> store(engine, image).authority().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private void print(ImageLocation source, ImageCopy copy) {
        String image = Printable.of(source + " -> " + copy.target().name());
        String digest = copy.digest().map(known -> "  " + known).orElse("");
        String remark = switch (copy.status()) {
            case COPIED ->
                "  " + Summary.transfer(copy.moved(), "pulled")
                        + copy.referrers().map(CopyCommand::words).orElse("");
            case OVER_QUOTA -> "  the source's pull quota is used up; run again later";
            case UP_TO_DATE, FAILED, UNFINISHED -> "";
        };
        console.out().printf("%-10s  %s%s%s%n", copy.status(), image, digest, remark);
        copy.referrers().stream()
                .flatMap(known -> known.failures().stream())
                .forEach(failure -> console.out().println("  " + Printable.of(failure.message())));
        copy.failure().ifPresent(this::printFailure);
    }

    private static String words(CopiedReferrers referrers) {
        return !referrers.areComplete()
                ? ", " + Referred.without(referrers)
                : referrers.count() > 0 ? ", with " + Sizes.count(referrers.count(), "referrer") : "";
    }

    private void printFailure(Failure failure) {
        console.out()
                .printf(
                        "  %s: %s%n  what to do: %s%n",
                        Advice.side(failure),
                        Printable.of(String.valueOf(failure.reason().getMessage())),
                        Advice.onCopy(failure));
    }
}
