package io.github.gcrsync.cli.flags;

import io.github.gcrsync.cli.settings.ConfigFlags;
import io.github.gcrsync.cli.settings.Configured;
import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.http.client.Proxy;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.SelectionRules;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags that commands share, in the groups of the help. Values are checked when they are parsed. */
public final class Options {
    @Mixin(name = "Source:")
    public Source source = new Source();

    @Mixin(name = "Destination:")
    public Target target = new Target();

    @Mixin(name = "Mirror:")
    public Naming naming = new Naming();

    @Mixin(name = "Platforms:")
    public PlatformFlags platforms = new PlatformFlags();

    @Mixin(name = "Signatures:")
    public SignatureFlags signatures = new SignatureFlags();

    @Mixin(name = "Signatures, attestations and SBOMs:")
    public Referring referring = new Referring();

    @Mixin(name = "Metadata repository:")
    public Metadata metadata = new Metadata();

    @Mixin(name = "Selection:")
    public SelectionFlags selecting = new SelectionFlags();

    @Mixin(name = "Tag selection:")
    public TagFlags tags = new TagFlags();

    @Mixin(name = "Connections:")
    public Network network = new Network();

    @Mixin(name = "Credentials and certificates:")
    public AccessFlags access = new AccessFlags();

    @Mixin(name = "Limits:")
    public LimitOptions limits = new LimitOptions();

    @Mixin(name = "Configuration:")
    ConfigFlags configuration = new ConfigFlags();

    @Mixin(name = "Other:")
    public General general = new General();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Returns the settings of the run, which are part of these flags. */
    public Settings settings() {
        return ((Configured) command().root().userObject()).settings();
    }

    /** Whether the flag was given, on the command line, by a variable or in the file. */
    boolean isGiven(String flag) {
        return command().commandLine().getParseResult().hasMatchedOption(flag);
    }

    private CommandSpec command() {
        return Objects.requireNonNull(command);
    }

    /** Returns the rules of the original, which are for registries, or only those that are given. */
    public SelectionRules selectionRules() {
        return selecting.rules(tags, source.location instanceof Location.Registry);
    }

    /** Returns the given namespace; empty for the default. */
    public Optional<RepositoryName> namespace() {
        return isGiven("--namespace") ? Optional.of(source.namespace) : Optional.empty();
    }

    /** Returns the most images to copy; from a folder all, unless a number is given. */
    public int processCount() {
        return source.location instanceof Location.Registry || isGiven("--processcount") ? selecting.processCount : -1;
    }

    public static final class Source {
        @Option(
                names = "--source",
                paramLabel = "HOST|oci:DIR",
                defaultValue = "gcr.io",
                description =
                        "Source: a registry, a folder of OCI image layouts, or a single layout (default: ${DEFAULT-VALUE}).",
                converter = Converters.SourceLocation.class)
        public Location location = new Location.Registry("gcr.io", Optional.empty());

        @Option(
                names = "--source-user",
                paramLabel = "USER",
                description = "User at the source registry (default: from ~/.docker/config.json).")
        @Nullable
        public String user;

        @Option(
                names = "--source-password",
                paramLabel = "PASSWORD",
                description =
                        "Password or token of this user; prefer GCRSYNC_SOURCE_PASSWORD, which process lists do not show.")
        @Nullable
        public String password;

        @Option(
                names = "--namespace",
                paramLabel = "NAME",
                defaultValue = "google-containers",
                description =
                        "Namespace or single repository to mirror (default: ${DEFAULT-VALUE}). For a folder: the mirror's folder in the metadata repository (default: the folder's name).")
        public RepositoryName namespace = new RepositoryName("google-containers");

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description =
                        "Name of the repository, if the source is a single OCI image layout (default: the folder's name).")
        @Nullable
        public RepositoryName name;

        @Option(
                names = "--querylimit",
                paramLabel = "N",
                defaultValue = "50",
                description = "Requests in flight while listing and comparing (default: ${DEFAULT-VALUE}).",
                converter = Converters.Positive.class)
        public int queryLimit = 50;
    }

    public static final class Target {
        @Option(
                names = "--destination",
                paramLabel = "HOST/PATH|oci:DIR",
                description =
                        "Destination of the mirror: a registry, or a folder of OCI image layouts; repeat it for several, which are filled by one read of the source (default: docker.io/<dockeruser> with --dockeruser, otherwise oci:./mirror).")
        public List<Location> destinations = new ArrayList<>();

        @Option(
                names = "--dockeruser",
                paramLabel = "USER",
                description = "User at the destination registry (default: from ~/.docker/config.json).")
        @Nullable
        public String user;

        @Option(
                names = "--dockerpassword",
                paramLabel = "PASSWORD",
                description =
                        "Password or token of this user; prefer GCRSYNC_DOCKERPASSWORD, which process lists do not show.")
        @Nullable
        public String password;

        @Option(names = "--dockerpassword-stdin", description = "Read the password from standard input.")
        public boolean passwordFromStdin;
    }

    public static final class Naming {
        @Option(
                names = "--create-repository",
                description = "Create missing repositories in Amazon ECR when pushing (AWS_ACCESS_KEY_ID, ...).")
        public boolean createRepository;

        @Option(
                names = "--name-template",
                paramLabel = "TEMPLATE",
                defaultValue = "{repository}:{tag}",
                description =
                        "Image names at the destination, with {registry}, {namespace}, {repository}, {repository.last} and {tag} (default: ${DEFAULT-VALUE}).")
        public NameTemplate template = NameTemplate.DEFAULT;

        @Option(
                names = "--check-destination",
                description =
                        "Check every recorded image at the destination too, and repair missing or different ones. In a folder (oci:), read every blob and verify its digest.")
        public boolean checkDestination;
    }

    public static final class Referring extends ReferrerFlags {
        @Option(
                names = "--check-referrers",
                description =
                        "Look for new signatures, attestations and SBOMs of every recorded image, not only of those that came in the last seven days.")
        public boolean checkReferrers;
    }

    public static final class Metadata {
        @Option(
                names = "--metadata",
                paramLabel = "URL|PATH",
                description =
                        "Git repository that records the mirror; a missing path is created (default: https://github.com/<githubrepo>.git with a token, otherwise ./metadata).")
        @Nullable
        public String location;

        @Option(
                names = "--branch",
                paramLabel = "NAME",
                description = "Branch of this repository (default: the branch of HEAD; master for a new repository).")
        @Nullable
        public String branch;

        @Option(
                names = "--githubrepo",
                paramLabel = "OWNER/NAME",
                description = "Metadata repository on GitHub, with a token and without --metadata.")
        @Nullable
        public String githubRepo;

        @Option(
                names = "--githubtoken",
                paramLabel = "TOKEN",
                description = "Token for pushing; prefer GCRSYNC_GITHUBTOKEN, which process lists do not show.")
        @Nullable
        public String token;

        @Option(
                names = "--githubuser",
                paramLabel = "NAME",
                description =
                        "Author of the commits (default: GIT_AUTHOR_NAME, user.name of the metadata repository, or Late Lee).")
        @Nullable
        public String authorName;

        @Option(
                names = "--githubemail",
                paramLabel = "EMAIL",
                description =
                        "Email of the author (default: GIT_AUTHOR_EMAIL, user.email of the metadata repository, or li@latelee.org).")
        @Nullable
        public String authorEmail;

        @Option(
                names = "--timezone",
                paramLabel = "ZONE",
                defaultValue = "Asia/Shanghai",
                description = "Time zone for changelog and commits (default: ${DEFAULT-VALUE}).")
        public ZoneId timezone = ZoneId.of("Asia/Shanghai");
    }

    public static final class Network {
        @Option(
                names = "--httptimeout",
                paramLabel = "DURATION",
                defaultValue = "10s",
                description =
                        "Timeout for connecting and for a silent connection: 500ms, 10s, 1m30s (default: ${DEFAULT-VALUE}).")
        public Duration timeout = Duration.ofSeconds(10);

        @Option(
                names = "--proxy",
                paramLabel = "URL",
                description =
                        "Proxy for registries and git: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY).")
        @Nullable
        public Proxy proxy;

        @Option(
                names = "--plain-http",
                paramLabel = "HOST",
                description =
                        "Registry to access over HTTP without TLS; not needed for loopback hosts. May be repeated.",
                converter = Converters.Host.class)
        public List<String> plainHttp = new ArrayList<>();
    }

    public static final class General {
        @Option(names = "--debug", description = "Log every step to standard error.")
        public boolean debug;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;
    }
}
