package io.github.gcrsync.registry.ecr;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.Fields;
import io.github.gcrsync.registry.hosted.HostedApi;
import io.github.gcrsync.registry.hosted.HostedPage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists the tagged images of an Amazon ECR repository through its API (DescribeImages), 1,000 a page: {@code {"imageDetails":
 * [{"imageDigest": ..., "imageTags": [...], "imagePushedAt": seconds}], "nextToken": ...}}.
 */
public final class EcrImages implements HostedApi {
    private static final int PAGE = 1000;
    private static final int LONGEST_TOKEN = 16 << 10;

    private final EcrApi api;
    private final AwsSignature signature;
    private final InstantSource clock;

    private EcrImages(EcrApi api, AwsSignature signature, InstantSource clock) {
        this.api = api;
        this.signature = signature;
        this.clock = clock;
    }

    /**
     * Returns the API of a registry, {@code host[:port]}; empty if it is not ECR, nor an emulation at the endpoint of the
     * environment, or if the environment has no keys or an unsafe endpoint.
     *
     * @param environment the standard AWS variables
     */
    public static Optional<HostedApi> of(String host, Map<String, String> environment, InstantSource clock) {
        return found(host, environment)
                .filter(api -> api.account().isPresent()
                        || Addresses.isLoopback(host)
                        || Addresses.authority(api.endpoint()).equals(host))
                .flatMap(api -> EcrApi.signature(environment, api.region())
                        .map(signature -> new EcrImages(api, signature, clock)));
    }

    private static Optional<EcrApi> found(String host, Map<String, String> environment) {
        try {
            return EcrApi.of(host, environment);
        } catch (ContentException.Unsupported e) {
            return Optional.empty(); // The variable may be set for other programs and registries.
        }
    }

    @Override
    public Way way() {
        return Way.ECR;
    }

    @Override
    public int pageSize() {
        return PAGE;
    }

    @Override
    public boolean canName(RepositoryName repository) {
        return true;
    }

    @Override
    public Request request(RepositoryName repository, Place place) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("repositoryName", repository.value());
        fields.put("maxResults", PAGE);
        fields.put("filter", Map.of("tagStatus", "TAGGED"));
        if (!place.token().isEmpty()) {
            fields.put("nextToken", place.token());
        }
        return api.request("DescribeImages", fields, signature, clock.instant());
    }

    @Override
    public HostedPage read(Object answer, Headers headers, Place place) {
        Fields page = Fields.of(answer);
        List<ListedTag> tags = new ArrayList<>();
        for (Fields image : page.list("imageDetails")) {
            Optional<Digest> digest = image.digest("imageDigest");
            Optional<Instant> pushed = image.epochSeconds("imagePushedAt");
            image.texts("imageTags").forEach(tag -> tags.add(new ListedTag(tag, digest, pushed)));
        }
        Optional<String> next = page.text("nextToken").filter(token -> !token.isEmpty());
        if (next.filter(token -> token.length() > LONGEST_TOKEN).isPresent()) {
            throw new ContentException.Corrupt("its nextToken is longer than " + LONGEST_TOKEN + " characters");
        }
        return new HostedPage(tags, next);
    }

    @Override
    public boolean knowsNoRepository(int status, byte[] body) {
        return status == 400 && new String(body, StandardCharsets.UTF_8).contains("RepositoryNotFoundException");
    }
}
