package io.github.gcrsync.cli.flags;

import io.github.gcrsync.cli.settings.ConfigFlags;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.http.client.Proxy;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.SelectionRules;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The flags that commands share, in the groups in which help shows them. Values are checked when they are read. */
public final class Options {
    @ArgGroup(validate = false, heading = "%nSource:%n")
    public Source source = new Source();

    @ArgGroup(validate = false, heading = "%nDestination:%n")
    public Target target = new Target();

    @ArgGroup(validate = false, heading = "%nMirror:%n")
    public Naming naming = new Naming();

    @ArgGroup(validate = false, heading = "%nMetadata repository:%n")
    public Metadata metadata = new Metadata();

    @ArgGroup(validate = false, heading = "%nWhat to mirror:%n")
    public Selecting selecting = new Selecting();

    @ArgGroup(validate = false, heading = "%nWhich of the tags:%n")
    public TagFlags tags = new TagFlags();

    @ArgGroup(validate = false, heading = "%nConnections:%n")
    public Network network = new Network();

    @ArgGroup(validate = false, heading = "%nCredentials and certificates:%n")
    public AccessFlags access = new AccessFlags();

    @ArgGroup(validate = false, heading = "%nLimits:%n")
    public LimitOptions limits = new LimitOptions();

    @ArgGroup(validate = false, heading = "%nConfiguration:%n")
    ConfigFlags configuration = new ConfigFlags();

    @ArgGroup(validate = false, heading = "%nMore:%n")
    public General general = new General();

    public SelectionRules selectionRules() {
        return selecting.rules(tags);
    }

    public static final class Source {
        @Option(
                names = "--source",
                paramLabel = "HOST",
                defaultValue = "gcr.io",
                description = "Registry that holds the namespace (default: ${DEFAULT-VALUE}).",
                converter = Converters.Host.class)
        public String host = "gcr.io";

        @Option(
                names = "--source-user",
                paramLabel = "USER",
                description = "User at the source registry (default: as in ~/.docker/config.json).")
        @Nullable
        public String user;

        @Option(
                names = "--source-password",
                paramLabel = "PASSWORD",
                description = "Its password or token; better in GCRSYNC_SOURCE_PASSWORD, which no process list shows.")
        @Nullable
        public String password;

        @Option(
                names = "--namespace",
                paramLabel = "NAME",
                defaultValue = "google-containers",
                description = "Namespace, or one repository, to mirror (default: ${DEFAULT-VALUE}).")
        public RepositoryName namespace = new RepositoryName("google-containers");

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
                        "Where the mirror lies: a registry, or a folder of OCI image layouts (default: docker.io/<dockeruser> if --dockeruser is given, else oci:./mirror).")
        @Nullable
        public Location destination;

        @Option(
                names = "--dockeruser",
                paramLabel = "USER",
                description = "User at the destination registry (default: as in ~/.docker/config.json).")
        @Nullable
        public String user;

        @Option(
                names = "--dockerpassword",
                paramLabel = "PASSWORD",
                description = "Its password or token; better in GCRSYNC_DOCKERPASSWORD, which no process list shows.")
        @Nullable
        public String password;

        @Option(names = "--dockerpassword-stdin", description = "Read the password from standard input.")
        public boolean passwordFromStdin;
    }

    public static final class Naming {
        @Option(
                names = "--create-repository",
                description = "Create repositories of Amazon ECR that a push finds missing (AWS_ACCESS_KEY_ID, ...).")
        public boolean createRepository;

        @Option(
                names = "--name-template",
                paramLabel = "TEMPLATE",
                defaultValue = "{repository}:{tag}",
                description =
                        "Names at the destination, from {registry}, {namespace}, {repository} and {tag} (default: ${DEFAULT-VALUE}).")
        public NameTemplate template = NameTemplate.DEFAULT;

        @Option(
                names = "--check-destination",
                description =
                        "Look for every recorded image at the destination too, and repair what is gone or different there. Of a folder (oci:), read every blob and compare it with its digest.")
        public boolean checkDestination;
    }

    public static final class Metadata {
        @Option(
                names = "--metadata",
                paramLabel = "URL|PATH",
                description =
                        "Git repository that records what is mirrored; a path is created if absent (default: https://github.com/<githubrepo>.git if a token is given, else ./metadata).")
        @Nullable
        public String location;

        @Option(
                names = "--branch",
                paramLabel = "NAME",
                description = "Its branch (default: the one that its HEAD names; master for a new repository).")
        @Nullable
        public String branch;

        @Option(
                names = "--githubrepo",
                paramLabel = "OWNER/NAME",
                description = "The same on GitHub, if a token is given and no --metadata.")
        @Nullable
        public String githubRepo;

        @Option(
                names = "--githubtoken",
                paramLabel = "TOKEN",
                description = "Token to push with; better in GCRSYNC_GITHUBTOKEN, which no process list shows.")
        @Nullable
        public String token;

        @Option(
                names = "--githubuser",
                paramLabel = "NAME",
                description =
                        "Author of the commits (default: GIT_AUTHOR_NAME, the metadata repository's user.name, Late Lee).")
        @Nullable
        public String authorName;

        @Option(
                names = "--githubemail",
                paramLabel = "EMAIL",
                description =
                        "The author's address (default: GIT_AUTHOR_EMAIL, the repository's user.email, li@latelee.org).")
        @Nullable
        public String authorEmail;

        @Option(
                names = "--timezone",
                paramLabel = "ZONE",
                defaultValue = "Asia/Shanghai",
                description = "Zone of the times in changelog and commits (default: ${DEFAULT-VALUE}).")
        public ZoneId timezone = ZoneId.of("Asia/Shanghai");
    }

    public static final class Selecting {
        @Option(
                names = "--include-repository",
                paramLabel = "PATTERN",
                description =
                        "Mirror only repositories whose whole name matches: a glob (* stops at a slash, ** does not) or /REGEX/. May be repeated.")
        List<NamePattern> included = new ArrayList<>();

        @Option(
                names = "--exclude-repository",
                paramLabel = "REGEX",
                description =
                        "Exclude repositories whose name contains a match, instead of -arm, -ppc and -s390x; may be repeated.")
        List<Pattern> repositories = new ArrayList<>();

        @Option(
                names = "--exclude-tag",
                paramLabel = "REGEX",
                description =
                        "Exclude tags that contain a match, instead of alpha, beta, rc and test; that default excludes latest too, and --exclude-tag 'alpha|beta|rc' mirrors it. May be repeated.")
        List<Pattern> tags = new ArrayList<>();

        @Option(
                names = "--max-tag-length",
                paramLabel = "N",
                description = "Exclude longer tags; 0: none (default: 12).")
        @Nullable
        Integer longestTag;

        @Option(names = "--no-default-excludes", description = "Exclude only what the flags above say.")
        boolean noDefaults;

        @Option(
                names = "--processcount",
                paramLabel = "N",
                defaultValue = "100",
                description =
                        "Images to copy in one run, the first in order of name; -1: all (default: ${DEFAULT-VALUE}).",
                converter = Converters.Count.class)
        public int processCount = 100;

        @Option(
                names = "--retry-quarantined",
                description =
                        "Let images out of quarantine, which are those that failed for their own sake in three runs in a row and are then tried once a day.")
        public boolean retryQuarantined;

        SelectionRules rules(TagFlags selected) {
            return SelectionRules.of(
                    !noDefaults, repositories, tags, Optional.ofNullable(longestTag), included, selected.selection());
        }
    }

    public static final class Network {
        @Option(
                names = "--httptimeout",
                paramLabel = "DURATION",
                defaultValue = "10s",
                description = "How long a connection may be silent: 500ms, 10s, 1m30s (default: ${DEFAULT-VALUE}).")
        public Duration timeout = Duration.ofSeconds(10);

        @Option(
                names = "--proxy",
                paramLabel = "URL",
                description =
                        "For registries and git: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY).")
        @Nullable
        public Proxy proxy;

        @Option(
                names = "--plain-http",
                paramLabel = "HOST",
                description =
                        "Registry that speaks HTTP without TLS; loopback hosts need not be named. May be repeated.",
                converter = Converters.Host.class)
        public List<String> plainHttp = new ArrayList<>();
    }

    public static final class General {
        @Option(names = "--debug", description = "Tell every step on standard error.")
        public boolean debug;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;
    }
}
