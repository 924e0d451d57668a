package io.github.gcrsync.registry;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The deviations of known registries from the distribution specification that the client handles. Each line of the
 * table names its source; deviations that a registry reveals itself (a refused mount, a 413) need no line.
 */
final class Quirks {
    /** The kinds of deviation. */
    enum Trait {
        /** {@code _catalog} is missing, or not available to users. */
        NO_CATALOG,
        /** No catalog either, but the API of Docker Hub's web site lists a namespace, and tags with digests and dates. */
        HUB_API,
        /** The API of Quay's web site lists the tags of a public repository with digests and dates. */
        QUAY_API,
        /** A push does not create a missing repository. */
        MUST_EXIST,
        /** The catalog lists only the user's own repositories. */
        CATALOG_OF_OWN,
        /** No client has access, with or without login, until the administrator enables it. */
        NEEDS_REALM,
        /** A blob must be sent by PATCH; a PUT with bytes is refused. */
        PATCH_ONLY,
        /** Content-Range is not supported; a single PATCH with all bytes is. */
        NO_CHUNKS,
        /** The size limit of a ranged PATCH. */
        LARGEST_CHUNK,
        /** The minimum size of a ranged PATCH except the last, although the registry does not announce it. */
        LEAST_CHUNK,
        /** The size limit of a PUT. */
        LARGEST_PUT,
        /** The PUT must contain the last chunk; a PUT without a body fails. */
        LAST_CHUNK_IN_PUT,
        /** The referrers API redirects elsewhere instead of answering 404. */
        NO_REFERRERS_API,
        /** GETs of manifests count against a quota; HEADs do not. */
        PULL_QUOTA,
        /** The list of tags has their digests and dates. */
        LISTS_DIGESTS
    }

    /**
     * @param host matches the names of the affected registries
     * @param bytes value of a trait that is a size, otherwise 0
     * @param advice for users who run into it, or ""
     * @param source URL that documents the deviation
     */
    record Line(String registry, Pattern host, Trait trait, long bytes, String advice, String source) {}

    private static final String HUB = "docker\\.io";
    private static final String GHCR = "ghcr\\.io";
    private static final String ECR = "\\d{12}\\.dkr\\.ecr(-fips)?\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?";
    private static final String ECR_PUBLIC = "public\\.ecr\\.aws";
    private static final String ARTIFACT_REGISTRY = "[a-z0-9-]+-docker\\.pkg\\.dev";
    private static final String GCR = "([a-z]+\\.)?gcr\\.io";
    private static final String ACR = "[a-z0-9-]+\\.azurecr\\.(io|cn|us)";
    private static final String GITLAB = "registry\\.gitlab\\.com";
    private static final String QUAY = "quay\\.io";
    private static final String ARTIFACTORY = "(.+\\.)?jfrog\\.io|(.+\\.)?artifactory\\..+";
    private static final String NEXUS = "(.+\\.)?nexus\\..+";
    private static final String HARBOR = "(demo\\.goharbor\\.io|(.+\\.)?harbor\\..+)(:\\d+)?";

    static final List<Line> TABLE = List.of(
            line("Docker Hub", HUB, Trait.HUB_API, 0, "", "https://github.com/docker/roadmap/issues/795"),
            line(
                    "Docker Hub",
                    HUB,
                    Trait.PULL_QUOTA,
                    0,
                    "",
                    "https://github.com/docker/docs/blob/main/content/manuals/docker-hub/usage/pulls.md"),
            line(
                    "GHCR",
                    GHCR,
                    Trait.NO_CATALOG,
                    0,
                    "GHCR cannot be listed",
                    "https://github.com/microsoft/vscode-docker/issues/1525"),
            line("GHCR", GHCR, Trait.LARGEST_CHUNK, 4 << 20, "", "https://github.com/ocx-sh/ocx/pull/237"),
            line("GHCR", GHCR, Trait.NO_REFERRERS_API, 0, "", "https://github.com/artifacthub/hub/issues/4785"),
            line(
                    "ECR",
                    ECR,
                    Trait.MUST_EXIST,
                    0,
                    "use --create-repository to have gcrsync create it",
                    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html"),
            line("ECR", ECR, Trait.LEAST_CHUNK, 5 << 20, "", "https://github.com/dotnet/sdk/pull/33019"),
            line("ECR", ECR, Trait.LARGEST_CHUNK, 10 << 20, "", "https://github.com/dotnet/sdk/pull/33019"),
            line("ECR", ECR, Trait.LAST_CHUNK_IN_PUT, 0, "", "https://github.com/openai/tart/pull/159"),
            line(
                    "ECR Public",
                    ECR_PUBLIC,
                    Trait.MUST_EXIST,
                    0,
                    "create it with: aws ecr-public create-repository",
                    "https://github.com/seatgeek/docker-mirror/issues/70"),
            line(
                    "Artifact Registry",
                    ARTIFACT_REGISTRY,
                    Trait.NO_CHUNKS,
                    0,
                    "",
                    "https://cloud.google.com/artifact-registry/docs/reference/docker-api"),
            line(
                    "Artifact Registry",
                    ARTIFACT_REGISTRY,
                    Trait.MUST_EXIST,
                    0,
                    "create it with: gcloud artifacts repositories create",
                    "https://cloud.google.com/artifact-registry/docs/docker/troubleshoot"),
            line(
                    "gcr.io",
                    GCR,
                    Trait.NO_CHUNKS,
                    0,
                    "",
                    "https://cloud.google.com/artifact-registry/docs/reference/docker-api"),
            line(
                    "gcr.io",
                    GCR + "|" + ARTIFACT_REGISTRY,
                    Trait.LISTS_DIGESTS,
                    0,
                    "",
                    "https://github.com/google/go-containerregistry/blob/main/pkg/v1/google/list.go"),
            line("ACR", ACR, Trait.LARGEST_PUT, 20_000_000, "", "https://github.com/goharbor/harbor/issues/23015"),
            line(
                    "GitLab",
                    GITLAB,
                    Trait.NO_CATALOG,
                    0,
                    "gitlab.com lets only its administrators list repositories",
                    "https://github.com/swarmpit/swarmpit/issues/341"),
            line(
                    "Quay",
                    QUAY,
                    Trait.CATALOG_OF_OWN,
                    0,
                    "Quay lists only the user's own repositories after a login: try it without credentials",
                    "https://github.com/opencontainers/distribution-spec/issues/22"),
            line("Quay", QUAY, Trait.QUAY_API, 0, "", "https://github.com/quay/quay/blob/master/endpoints/api/tag.py"),
            line(
                    "Artifactory",
                    ARTIFACTORY,
                    Trait.PATCH_ONLY,
                    0,
                    "",
                    "https://github.com/containerd/containerd/issues/3533"),
            line(
                    "Nexus",
                    NEXUS,
                    Trait.NEEDS_REALM,
                    0,
                    "Nexus accepts clients only if its administrator has activated the Docker Bearer Token Realm, and"
                            + " without a login only if the repository allows anonymous pulls",
                    "https://help.sonatype.com/en/docker-authentication.html"),
            line(
                    "Harbor",
                    HARBOR,
                    Trait.MUST_EXIST,
                    0,
                    "create the project in Harbor first",
                    "https://github.com/goharbor/harbor/issues/20544"));

    /** A registry without known deviations. */
    static final Quirks NONE = new Quirks(List.of());

    private final List<Line> lines;

    Quirks(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    private static Line line(String registry, String host, Trait trait, long bytes, String advice, String source) {
        return new Line(registry, Pattern.compile(host), trait, bytes, advice, source);
    }

    /** @param host in the form of {@link io.github.gcrsync.oci.Reference#canonicalHost} */
    static Quirks of(String host) {
        List<Line> lines = TABLE.stream()
                .filter(line -> line.host().matcher(host).matches())
                .toList();
        return lines.isEmpty() ? NONE : new Quirks(lines);
    }

    boolean has(Trait trait) {
        return line(trait).isPresent();
    }

    Optional<Long> bytes(Trait trait) {
        return line(trait).map(Line::bytes);
    }

    /** Advice for users who run into the trait, if any. */
    Optional<String> advice(Trait trait) {
        return line(trait).map(Line::advice).filter(advice -> !advice.isEmpty());
    }

    private Optional<Line> line(Trait trait) {
        return lines.stream().filter(line -> line.trait() == trait).findFirst();
    }
}
