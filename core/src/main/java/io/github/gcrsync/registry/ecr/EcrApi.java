package io.github.gcrsync.registry.ecr;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.text.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The signed API of one ECR registry (docs.aws.amazon.com/AmazonECR/latest/APIReference).
 *
 * @param account owner of the registry; empty for an emulation
 */
record EcrApi(URI endpoint, String region, Optional<String> account) {
    private static final Pattern HOST =
            Pattern.compile("(\\d{12})\\.dkr\\.ecr(-fips)?\\.([a-z0-9-]+)\\.(amazonaws\\.com(?:\\.cn)?)");

    /**
     * Returns the API of a registry, {@code host[:port]}; empty if it is not ECR.
     *
     * @throws ContentException.Unsupported if AWS_ENDPOINT_URL_ECR is not safe
     */
    static Optional<EcrApi> of(String host, Map<String, String> environment) {
        Matcher ecr = HOST.matcher(host);
        boolean isEcr = ecr.matches();
        Optional<String> endpoint = variable(environment, "AWS_ENDPOINT_URL_ECR");
        // The variable may be set for other purposes: only emulations of ECR use it for another host.
        if (!isEcr && endpoint.filter(uri -> isEmulation(uri, host)).isEmpty()) {
            return Optional.empty();
        }
        String region = isEcr
                ? ecr.group(3)
                : variable(environment, "AWS_REGION")
                        .or(() -> variable(environment, "AWS_DEFAULT_REGION"))
                        .orElse("us-east-1");
        URI uri = endpoint.map(EcrApi::checked)
                .orElseGet(() -> URI.create("https://" + (ecr.group(2) == null ? "api.ecr." : "ecr-fips.") + region
                        + "." + ecr.group(4) + "/"));
        return Optional.of(new EcrApi(uri, region, isEcr ? Optional.of(ecr.group(1)) : Optional.empty()));
    }

    private static boolean isEmulation(String endpoint, String host) {
        String api = Addresses.authority(checked(endpoint));
        return Addresses.isLoopback(api) || api.equals(host);
    }

    private static URI checked(String endpoint) {
        try {
            URI uri = URI.create(endpoint);
            boolean safe = "https".equals(uri.getScheme())
                    || ("http".equals(uri.getScheme()) && Addresses.isLoopback(Addresses.authority(uri)));
            if (safe && uri.getHost() != null && uri.getRawQuery() == null) {
                return uri.getRawPath().isEmpty() ? uri.resolve("/") : uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw new ContentException.Unsupported("AWS_ENDPOINT_URL_ECR must be an https:// address");
    }

    /** Returns empty if the environment has no keys. */
    static Optional<AwsSignature> signature(Map<String, String> environment, String region) {
        return variable(environment, "AWS_ACCESS_KEY_ID")
                .flatMap(key -> variable(environment, "AWS_SECRET_ACCESS_KEY")
                        .map(secret -> new AwsSignature(
                                key, secret, variable(environment, "AWS_SESSION_TOKEN"), region, "ecr")));
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** @param fields of the request, without the account */
    Request request(String action, Map<String, ?> fields, AwsSignature signature, Instant now) {
        Map<String, Object> all = new LinkedHashMap<>(fields);
        account.ifPresent(id -> all.put("registryId", id));
        byte[] body = Json.text(all).getBytes(StandardCharsets.UTF_8);
        Request plain = Request.of("POST", endpoint)
                .with("Content-Type", "application/x-amz-json-1.1")
                .with("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921." + action);
        return signature.signed(plain, body, now).withBody(RequestBody.of(body));
    }
}
