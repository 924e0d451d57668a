package io.github.gcrsync.testkit;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Emulates the web API of a hosted registry over the content of the registry, from its documentation. */
final class WebApiEndpoint {
    private static final Pattern HUB = Pattern.compile("/v2/namespaces/([^/]+)/repositories/([^/]+)/tags");
    private static final Pattern HUB_NAMES = Pattern.compile("/v2/namespaces/([^/]+)/repositories");
    private static final Pattern QUAY = Pattern.compile("/api/v1/repository/(.+)/tag/");
    private static final Pattern HARBOR =
            Pattern.compile("/api/v2\\.0/projects/([^/]+)/repositories/([^/]+)/artifacts");

    private final RegistryOptions options;
    private final RegistryStore store;

    WebApiEndpoint(RegistryOptions options, RegistryStore store) {
        this.options = options;
        this.store = store;
    }

    /** Answers a request to the web API; empty for every other request. */
    Optional<Reply> handle(Request request) throws IOException {
        String path = request.path();
        return switch (options.webApi) {
            case NONE -> Optional.empty();
            case DOCKER_HUB ->
                matched(HUB, path)
                        .map(at -> hub(request, at.group(1) + "/" + at.group(2)))
                        .or(() -> matched(HUB_NAMES, path).map(at -> hubNames(request, at.group(1))));
            case QUAY -> matched(QUAY, path).map(at -> quay(request, at.group(1)));
            case HARBOR ->
                // github.com/goharbor/harbor/issues/18355: a slash in the repository's name must be encoded twice.
                matched(HARBOR, path)
                        .map(at ->
                                harbor(request, at.group(1) + "/" + at.group(2).replace("%252F", "/")));
            case ECR -> path.equals("/") ? Optional.of(ecr(request)) : Optional.empty();
        };
    }

    private static Optional<Matcher> matched(Pattern pattern, String path) {
        return Optional.of(pattern.matcher(path)).filter(Matcher::matches);
    }

    private record Tagged(String tag, String digest, String mediaType, Instant pushed) {}

    private List<Tagged> tags(StoredRepository repository) {
        List<Tagged> tags = new ArrayList<>();
        for (GcrListing.Entry entry : repository.listing()) {
            entry.tags()
                    .forEach(tag -> tags.add(new Tagged(
                            tag, entry.digest(), entry.mediaType(), Instant.ofEpochMilli(entry.uploadedMs()))));
        }
        return tags;
    }

    private record Page<T>(List<T> entries, boolean more) {}

    private static <T> Page<T> page(List<T> all, int number, int size) {
        int from = Math.min(all.size(), (number - 1) * size);
        int to = Math.min(all.size(), from + size);
        return new Page<>(all.subList(from, to), to < all.size());
    }

    private static int number(Request request, String parameter, int otherwise) {
        return request.parameter(parameter).matches("[1-9]\\d{0,8}")
                ? Integer.parseInt(request.parameter(parameter))
                : otherwise;
    }

    private Map<String, @Nullable Object> withDigest(String member, String digest, List<String> tags) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        if (tags.stream().noneMatch(tag -> Pattern.matches(options.tagsWithoutDigest, tag))) {
            json.put(member, digest);
        }
        return json;
    }

    /**
     * docs.docker.com/reference/api/hub/latest, "List repository tags": page_size defaults to 10, at most 100; 404 if there
     * is no such repository, or it is private.
     */
    private Reply hub(Request request, String name) {
        Optional<StoredRepository> repository = store.repository(name).filter(found -> options.isPublic());
        if (repository.isEmpty()) {
            return Reply.of(404).json(Map.of("message", "httperror 404: object not found"));
        }
        List<Tagged> all = tags(repository.get());
        int number = number(request, "page", 1);
        int size = Math.min(100, number(request, "page_size", 10));
        Page<Tagged> page = page(all, number, size);
        List<Map<String, @Nullable Object>> results = page.entries().stream()
                .map(tag -> {
                    Map<String, @Nullable Object> result = withDigest("digest", tag.digest(), List.of(tag.tag()));
                    result.put("name", tag.tag());
                    result.put("tag_status", "active");
                    result.put("media_type", tag.mediaType());
                    result.put("tag_last_pulled", null);
                    result.put("tag_last_pushed", tag.pushed().toString());
                    return result;
                })
                .toList();
        return hubPage(request, number, all.size(), page.more(), results);
    }

    /** The repositories of a namespace (github.com/docker/docs/pull/23201). */
    private Reply hubNames(Request request, String namespace) {
        List<String> all = store.repositories().stream()
                .filter(name -> name.startsWith(namespace + "/") && options.isPublic())
                .map(name -> name.substring(namespace.length() + 1))
                .toList();
        int number = number(request, "page", 1);
        Page<String> page = page(all, number, Math.min(100, number(request, "page_size", 10)));
        return hubPage(
                request,
                number,
                all.size(),
                page.more(),
                page.entries().stream()
                        .map(name -> Map.of("name", name, "namespace", namespace))
                        .toList());
    }

    private static Reply hubPage(Request request, int number, int count, boolean more, List<?> results) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("count", count);
        json.put("next", more ? "https://hub.docker.com" + request.path() + "?page=" + (number + 1) : null);
        json.put("previous", null);
        json.put("results", results);
        return Reply.of(200).json(json);
    }

    /** github.com/quay/quay/blob/master/endpoints/api/tag.py: limit defaults to 50, at most 100; dates are RFC 1123. */
    private Reply quay(Request request, String name) {
        if (!options.isPublic() || request.headers().has("Authorization")) {
            return Reply.of(401).json(Map.of("error_type", "invalid_token", "status", 401));
        }
        Optional<StoredRepository> repository = store.repository(name);
        if (repository.isEmpty()) {
            return Reply.of(404).json(Map.of("error_type", "not_found", "status", 404));
        }
        int number = number(request, "page", 1);
        Page<Tagged> page = page(tags(repository.get()), number, Math.min(100, number(request, "limit", 50)));
        List<Map<String, @Nullable Object>> tags = page.entries().stream()
                .map(tag -> {
                    Map<String, @Nullable Object> json =
                            withDigest("manifest_digest", tag.digest(), List.of(tag.tag()));
                    json.put("name", tag.tag());
                    json.put("reversion", false);
                    json.put("start_ts", tag.pushed().getEpochSecond());
                    json.put("last_modified", emailDate(tag.pushed()));
                    return json;
                })
                .toList();
        return Reply.of(200).json(Map.of("tags", tags, "page", number, "has_additional", page.more()));
    }

    /** As Python's email.utils.formatdate: the zone is -0000. */
    private static String emailDate(Instant date) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss '-0000'", Locale.ENGLISH)
                .format(date.atOffset(ZoneOffset.UTC));
    }

    /**
     * github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml, "listArtifacts": page_size defaults to 10, at most 100;
     * {@code q=tags=*} excludes untagged artifacts; the number of artifacts is in X-Total-Count. A registry token is
     * ignored (src/server/middleware/security/v2_token.go).
     */
    private Reply harbor(Request request, String name) {
        boolean isUser = TokenService.credentials(request)
                .flatMap(given -> TokenService.user(options.bearerUsers, given))
                .isPresent();
        if (!isUser && !options.isPublic()) {
            return Reply.error(401, "UNAUTHORIZED", "unauthorized");
        }
        Optional<StoredRepository> repository = store.repository(name);
        if (repository.isEmpty()) {
            return Reply.error(404, "NOT_FOUND", "repository " + name + " not found");
        }
        boolean onlyTagged = request.parameter("q").equals("tags=*");
        List<GcrListing.Entry> all = repository.get().listing().stream()
                .filter(artifact -> !onlyTagged || !artifact.tags().isEmpty())
                .toList();
        Page<GcrListing.Entry> page =
                page(all, number(request, "page", 1), Math.min(100, number(request, "page_size", 10)));
        List<Map<String, @Nullable Object>> artifacts = page.entries().stream()
                .map(artifact -> {
                    Instant pushed = Instant.ofEpochMilli(artifact.uploadedMs());
                    Map<String, @Nullable Object> json = withDigest("digest", artifact.digest(), artifact.tags());
                    json.put("push_time", pushed.toString());
                    json.put("pull_time", "0001-01-01T00:00:00.000Z");
                    json.put(
                            "tags",
                            artifact.tags().isEmpty()
                                    ? null
                                    : artifact.tags().stream()
                                            .map(tag -> Map.of("name", tag, "push_time", pushed.toString()))
                                            .toList());
                    return json;
                })
                .toList();
        return Reply.of(200).json(artifacts).header("X-Total-Count", Integer.toString(all.size()));
    }

    /** docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html; dates are seconds since the epoch. */
    private Reply ecr(Request request) throws IOException {
        if (!request.headers().first("Authorization").startsWith("AWS4-HMAC-SHA256 ")) {
            return awsError("MissingAuthenticationTokenException");
        }
        if (!request.headers().first("X-Amz-Target").endsWith(".DescribeImages")) {
            return awsError("UnknownOperationException");
        }
        Json input = Json.parse(request.body().readAllBytes());
        Optional<StoredRepository> repository =
                store.repository(input.get("repositoryName").text());
        if (repository.isEmpty()) {
            return awsError("RepositoryNotFoundException");
        }
        boolean onlyTagged = input.get("filter").get("tagStatus").text().equals("TAGGED");
        List<GcrListing.Entry> all = repository.get().listing().stream()
                .filter(image -> !onlyTagged || !image.tags().isEmpty())
                .toList();
        long size = Math.clamp(input.get("maxResults").number(), 1, 1000);
        String token = input.get("nextToken").text();
        int number = token.isEmpty() ? 1 : Integer.parseInt(token.substring("token-".length()));
        Page<GcrListing.Entry> page = page(all, number, (int) size);
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put(
                "imageDetails",
                page.entries().stream()
                        .map(image -> {
                            Map<String, @Nullable Object> details =
                                    withDigest("imageDigest", image.digest(), image.tags());
                            details.put("imageTags", image.tags());
                            details.put("imagePushedAt", image.uploadedMs() / 1000);
                            return details;
                        })
                        .toList());
        if (page.more()) {
            json.put("nextToken", "token-" + (number + 1));
        }
        return Reply.of(200).json(json);
    }

    private static Reply awsError(String type) {
        return Reply.of(400).json(Map.of("__type", type, "message", "an emulation"));
    }
}
