package gcrsync.cli;

import gcrsync.auth.Credential;
import gcrsync.auth.Credentials;
import gcrsync.config.Destination;
import gcrsync.content.ContentException;
import gcrsync.content.Listing;
import gcrsync.content.Repository;
import gcrsync.copy.CopyException;
import gcrsync.copy.Side;
import gcrsync.engine.Engine;
import gcrsync.engine.EngineBuilder;
import gcrsync.git.MetadataRepository;
import gcrsync.git.MetadataSettings;
import gcrsync.http.ApacheTransport;
import gcrsync.http.HttpSettings;
import gcrsync.http.RateLimit;
import gcrsync.http.Transport;
import gcrsync.layout.OciLayouts;
import gcrsync.ledger.Ledger;
import gcrsync.ledger.LogEntry;
import gcrsync.mirror.DestinationCheck;
import gcrsync.mirror.DestinationNames;
import gcrsync.mirror.Planner;
import gcrsync.mirror.Quarantine;
import gcrsync.mirror.ReadAhead;
import gcrsync.mirror.Sides;
import gcrsync.mirror.Trust;
import gcrsync.oci.Reference;
import gcrsync.oci.RepositoryName;
import gcrsync.output.RunRecord;
import gcrsync.registry.RemoteRegistry;
import gcrsync.state.SuspectFile;
import gcrsync.state.UploadFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the flags stand for: source, destination and ledger, opened when a command needs them. */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String USER_AGENT = "gcrsync/" + Version.number();

    private final Options options;
    private final Main.Console console;
    private final Destination destination;
    private final Engine engine;
    private final AtATime atATime;
    private final Sides sides;
    private @Nullable MetadataRepository metadata;
    private @Nullable Transport git;

    /** @param imagesAtATime how many copies there will be at once; 0 for a command that copies nothing */
    Session(Options options, Main.Console console, int imagesAtATime) {
        this.options = options;
        this.console = console;
        this.destination = destination(options.target);
        refuseSource();
        this.atATime = AtATime.of(imagesAtATime, options.source.queryLimit);
        if (atATime.images() < imagesAtATime) {
            LOG.warn(
                    "the system lets this process open few files (ulimit -n): {} instead of {} images at a time",
                    atATime.images(),
                    imagesAtATime);
        }
        EngineBuilder builder = Engine.builder()
                .timeout(options.network.timeout)
                .proxy(Optional.ofNullable(options.network.proxy))
                .credentials(credentials().orElse(options.access.credentials(console.environment())))
                .tls(options.access.tls(console.environment()))
                .connectionsPerHost(atATime.connectionsPerHost())
                .connections(atATime.connections())
                .uploadJournal(new UploadFiles(stateFolder(console.environment()), console.clock()))
                .userAgent(USER_AGENT);
        options.network.plainHttp.forEach(builder::plainHttp);
        if (options.naming.createRepository) {
            builder.createRepositories(console.environment());
        }
        if (options.limits.maxRate != null) {
            builder.maxRate(options.limits.maxRate);
        }
        options.limits.requestsPerSecond.forEach(limit -> builder.requestsPerSecond(limit.host(), limit.perSecond()));
        this.engine = builder.build();
        this.sides = new Sides(this::answers);
    }

    /** As many as was said, or fewer where the system has too few open files for that. */
    int imagesAtATime() {
        return atATime.images();
    }

    /** To list and compare, likewise. */
    int queriesAtATime() {
        return atATime.queries();
    }

    Destination destination() {
        return destination;
    }

    RepositoryName namespace() {
        return options.source.namespace;
    }

    RemoteRegistry source() {
        return engine.registry(options.source.host);
    }

    /** What the source still lets us pull, if it counts; asks it where it is known to count. */
    Optional<RateLimit> pullQuota() {
        return engine.pullQuota(options.source.host);
    }

    /** The same, as it was said last. */
    Optional<RateLimit> askedPullQuota() {
        return engine.askedPullQuota(options.source.host);
    }

    Optional<RateLimit> lastPullQuota() {
        return engine.lastPullQuota(options.source.host);
    }

    /** Requests sent so far. */
    RunRecord.Requests requests() {
        Optional<String> other = destination instanceof Destination.Registry registry
                ? Optional.of(engine.registry(registry.host()).authority())
                : Optional.empty();
        return new RunRecord.Requests(engine.requests(), source().authority(), other);
    }

    /** @throws ContentException or CopyException if there is no listing to be had */
    Listing list() {
        return knownUser(
                Side.SOURCE,
                () -> source().namespace(namespace(), atATime.queries()).list());
    }

    /** Who is not let in has to know by which side. */
    private static <R> R knownUser(Side side, Supplier<R> request) {
        try {
            return request.get();
        } catch (ContentException.Denied e) {
            if (e.areCredentialsRefused()) {
                throw new CopyException(side, e);
            }
            throw e;
        }
    }

    Sides sides() {
        return sides;
    }

    private boolean answers(Side side) {
        return switch (side) {
            case SOURCE -> source().answers();
            case DESTINATION ->
                switch (destination) {
                    case Destination.Folder folder -> Folders.isUsable(folder.path());
                    case Destination.Registry registry ->
                        engine.registry(registry.host()).answers();
                };
        };
    }

    /**
     * Each call opens a folder anew, which remembers what it found whole.
     *
     * @param hashed whether a folder's blobs are read and compared with their digests, asked for by the user or not
     */
    Function<RepositoryName, Repository> destinationRepositories(boolean hashed) {
        return switch (destination) {
            case Destination.Folder(Path path) ->
                (hashed || options.naming.checkDestination ? OciLayouts.hashing(path) : OciLayouts.at(path))
                        ::repository;
            case Destination.Registry registry -> engine.registry(registry.host())::repository;
        };
    }

    DestinationCheck destinationCheck() {
        return new DestinationCheck(destinationRepositories(false), sides, atATime.queries());
    }

    /** What this machine knows of images that fail for their own sake. */
    Quarantine quarantine() {
        String place = destination instanceof Destination.Folder folder
                ? folder.path().toAbsolutePath().toString()
                : recordedDestination();
        return new Quarantine(
                new SuspectFile(
                        stateFolder(console.environment()), source().host() + "/" + namespace() + " -> " + place),
                console.clock(),
                options.selecting.retryQuarantined);
    }

    DestinationNames names() {
        return new DestinationNames(
                destination, options.naming.template, Reference.canonicalHost(options.source.host), namespace());
    }

    /** A mirror of the mirror would grow with each run. */
    private void refuseSource() {
        if (names().areSource()) {
            throw new UsageException("the destination " + destination + " is the source: name another --destination,"
                    + " outside " + namespace() + " or below it");
        }
    }

    /** A folder can be asked without a request, and may have been moved or cleared since: it is never taken on trust. */
    Trust trust() {
        return options.naming.checkDestination || destination instanceof Destination.Folder
                ? Trust.CHECK_DESTINATION
                : Trust.LEDGER;
    }

    /** All that the destination has; empty where it cannot list that, as Docker Hub cannot. */
    Optional<Listing> destinationListing() {
        return switch (destination) {
            case Destination.Folder folder -> Optional.of(listing(OciLayouts.at(folder.path())));
            case Destination.Registry registry -> registry.path().flatMap(path -> listing(registry.host(), path));
        };
    }

    private static Listing listing(OciLayouts layouts) {
        List<Listing.ListedRepository> repositories = layouts.repositories()
                .map(name -> new Listing.ListedRepository(
                        name,
                        layouts.repository(name)
                                .tags()
                                .map(tag -> new Listing.ListedTag(tag, Optional.empty()))
                                .toList()))
                .toList();
        return new Listing(repositories, List.of(), List.of());
    }

    private Optional<Listing> listing(String host, RepositoryName path) {
        try {
            return Optional.of(knownUser(
                    Side.DESTINATION,
                    () -> engine.registry(host)
                            .namespace(path, atATime.queries())
                            .below()));
        } catch (ContentException.NotFound | ContentException.Unsupported | ContentException.Denied e) {
            return Optional.empty();
        }
    }

    Planner planner() {
        return planner(ReadAhead.none(source()::repository));
    }

    Planner planner(ReadAhead readAhead) {
        return new Planner(namespace(), options.selecting.rules(), names(), readAhead, atATime.queries());
    }

    /** For a run that copies what its plan finds new. */
    ReadAhead readAhead() {
        return source().countsPulls()
                ? ReadAhead.none(source()::repository)
                : ReadAhead.of(source()::repository, options.selecting.processCount);
    }

    /** @throws gcrsync.ledger.LedgerException if the metadata repository cannot be used */
    Ledger ledger() {
        return metadata(MetadataRepository::open)
                .namespace(namespace().value(), source().host(), recordedDestination());
    }

    /**
     * The ledger for a command that must not write; where there is no metadata repository yet, an empty one.
     *
     * @throws gcrsync.ledger.LedgerException if there is one and it cannot be used
     */
    Ledger ledgerForReading() {
        return metadata(MetadataRepository::openToRead)
                .namespace(namespace().value(), source().host(), recordedDestination());
    }

    /** What the ledger's digests speak of: a destination, and other names than the usual ones, for they are other images. */
    private String recordedDestination() {
        return names().recorded();
    }

    /** @throws gcrsync.ledger.LedgerException if the metadata repository cannot be used */
    List<LogEntry> log(Optional<String> image) {
        return metadata(MetadataRepository::openToRead).log(namespace().value(), image);
    }

    boolean destinationIsFolder() {
        return destination instanceof Destination.Folder;
    }

    /** Where test puts what a sync would commit: beside the files it would change, or where the clones are kept. */
    Path testFolder() {
        String location = metadataLocation();
        boolean isWorkingCopy = MetadataRepository.isPath(location)
                && Files.isDirectory(Path.of(location).resolve(".git"));
        Path base = isWorkingCopy ? Path.of(location) : stateFolder(console.environment());
        return base.resolve(".gcrsync-test").resolve(namespace().value());
    }

    /** The metadata repository's location for people, without what is secret in it. */
    String shownMetadata() {
        return MetadataRepository.shown(metadataLocation());
    }

    private String metadataLocation() {
        Options.Metadata given = options.metadata;
        if (given.location != null) {
            return given.location;
        }
        if (token().isEmpty()) {
            return "./metadata";
        }
        if (given.githubRepo == null) {
            throw new UsageException("a token needs its repository: give --githubrepo OWNER/NAME or --metadata URL");
        }
        return "https://github.com/" + given.githubRepo + ".git";
    }

    private MetadataRepository metadata(BiFunction<MetadataSettings, Clock, MetadataRepository> opening) {
        MetadataRepository open = metadata;
        if (open == null) {
            open = opening.apply(
                    new MetadataSettings(
                            metadataLocation(),
                            Optional.ofNullable(options.metadata.branch),
                            token(),
                            given(options.metadata.authorName, "GIT_AUTHOR_NAME"),
                            given(options.metadata.authorEmail, "GIT_AUTHOR_EMAIL"),
                            options.metadata.timezone,
                            stateFolder(console.environment()),
                            options.network.timeout,
                            git()),
                    console.clock());
            metadata = open;
        }
        return open;
    }

    /** What the metadata repository is reached by; it makes requests one after the other. */
    private Transport git() {
        ApacheTransport transport = new ApacheTransport(new HttpSettings(
                options.network.timeout,
                Optional.ofNullable(options.network.proxy),
                options.access.tls(console.environment()),
                4,
                USER_AGENT));
        git = transport;
        return transport;
    }

    private Optional<String> token() {
        return given(options.metadata.token, "GCRSYNC_GITHUBTOKEN");
    }

    /** Those of flags and their variables; where source and destination are one registry, the destination's. */
    private Credentials credentials() {
        return destinationCredentials().orElse(sourceCredentials());
    }

    private Credentials sourceCredentials() {
        Options.Source given = options.source;
        if (given.user == null) {
            if (given.password != null) {
                throw new UsageException("a password needs its user: give --source-user too");
            }
            return Credentials.NONE;
        }
        String user = given.user;
        return given(given.password, "GCRSYNC_SOURCE_PASSWORD")
                .map(password -> Credentials.of(given.host, Credential.password(user, password)))
                .orElse(Credentials.NONE);
    }

    private Credentials destinationCredentials() {
        Options.Target given = options.target;
        if (given.user == null && (given.password != null || given.passwordFromStdin)) {
            throw new UsageException("a password needs its user: give --dockeruser too");
        }
        if (given.user == null || !(destination instanceof Destination.Registry registry)) {
            return Credentials.NONE;
        }
        String user = given.user;
        Optional<String> password = given.passwordFromStdin
                ? Optional.of(passwordFromStdin())
                : given(given.password, "GCRSYNC_DOCKERPASSWORD");
        return password.map(p -> Credentials.of(registry.host(), Credential.password(user, p)))
                .orElse(Credentials.NONE);
    }

    private String passwordFromStdin() {
        try {
            String line = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8)).readLine();
            if (line == null || line.isEmpty()) {
                throw new NotStartedException(
                        "--dockerpassword-stdin was given, but standard input holds no password; pipe one into it");
            }
            return line;
        } catch (IOException e) {
            throw new NotStartedException("the password could not be read from standard input", e);
        }
    }

    private Optional<String> given(@Nullable String flag, String variable) {
        return Optional.ofNullable(flag)
                .or(() -> Optional.ofNullable(console.environment().get(variable)))
                .filter(value -> !value.isEmpty());
    }

    private static Destination destination(Options.Target given) {
        if (given.destination != null) {
            return given.destination;
        }
        if (given.user == null) {
            return new Destination.Folder(Path.of("mirror"));
        }
        try {
            return new Destination.Registry("docker.io", Optional.of(new RepositoryName(given.user)));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--dockeruser '" + given.user + "' is no Docker Hub user; name the registry by --destination");
        }
    }

    /** Where this machine keeps what can be made anew at any time (XDG base directory specification). */
    static Path stateFolder(Map<String, String> environment) {
        String state = environment.get("XDG_STATE_HOME");
        Path base = state != null && Path.of(state).isAbsolute()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return base.resolve("gcrsync");
    }

    /** Whoever waits for a registry gets an error instead, now and from now on. */
    void disconnect() {
        engine.close();
    }

    @Override
    public void close() {
        MetadataRepository open = metadata;
        if (open != null) {
            open.close();
        }
        Transport toGit = git;
        if (toGit != null) {
            toGit.close();
        }
        engine.close();
    }
}
