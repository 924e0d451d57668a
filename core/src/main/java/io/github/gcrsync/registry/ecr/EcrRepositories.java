package io.github.gcrsync.registry.ecr;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Answers;
import io.github.gcrsync.registry.RepositoryCreation;
import io.github.gcrsync.tasks.OncePer;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/**
 * Creates Amazon ECR repositories through its API (CreateRepository), each at most once. Keys, region and an
 * alternative endpoint come from the standard AWS environment variables.
 */
public final class EcrRepositories implements RepositoryCreation {
    private static final Pattern HOST =
            Pattern.compile("(\\d{12})\\.dkr\\.ecr(-fips)?\\.([a-z0-9-]+)\\.(amazonaws\\.com(?:\\.cn)?)");
    private static final String ACTION = "AmazonEC2ContainerRegistry_V20150921.CreateRepository";
    private static final int LARGEST_ANSWER = 64 << 10;
    private static final List<String> THROTTLED =
            List.of("ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded");

    private final Transport transport;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final RetryPolicy retries;
    private final OncePer<String> created = new OncePer<>();

    /** @param transport without credentials, because requests are signed here */
    public EcrRepositories(Transport transport, Map<String, String> environment, InstantSource clock) {
        this(transport, environment, clock, RetryPolicy.DEFAULT);
    }

    EcrRepositories(Transport transport, Map<String, String> environment, InstantSource clock, RetryPolicy retries) {
        this.retries = retries;
        this.transport = transport;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /** The API of a registry. */
    private record Api(URI endpoint, String region, Optional<String> account) {}

    @Override
    public boolean create(String host, RepositoryName name) {
        Optional<Api> api = api(host);
        api.ifPresent(found -> once(host + "/" + name, () -> create(found, name)));
        return api.isPresent();
    }

    private void once(String key, Runnable action) {
        try {
            created.once(key, action);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContentException.Unreachable("interrupted while " + key + " was created", e);
        }
    }

    private Optional<Api> api(String host) {
        Matcher ecr = HOST.matcher(host);
        boolean isEcr = ecr.matches();
        Optional<String> endpoint = variable("AWS_ENDPOINT_URL_ECR");
        // The variable may be set for other purposes: only emulations of ECR use it for another host.
        if (!isEcr && endpoint.filter(uri -> isEmulation(uri, host)).isEmpty()) {
            return Optional.empty();
        }
        String region = isEcr
                ? ecr.group(3)
                : variable("AWS_REGION")
                        .or(() -> variable("AWS_DEFAULT_REGION"))
                        .orElse("us-east-1");
        URI uri = endpoint.map(EcrRepositories::checked)
                .orElseGet(() -> URI.create("https://" + (ecr.group(2) == null ? "api.ecr." : "ecr-fips.") + region
                        + "." + ecr.group(4) + "/"));
        return Optional.of(new Api(uri, region, isEcr ? Optional.of(ecr.group(1)) : Optional.empty()));
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

    /** ECR throttles creation with a 400. */
    private void create(Api api, RepositoryName name) {
        for (int attempt = 1; isThrottled(api, name, attempt == retries.attempts()); attempt++) {
            try {
                retries.waitBefore(attempt + 1);
            } catch (IOException e) {
                throw new ContentException.Unreachable("interrupted while " + name + " was created", e);
            }
        }
    }

    private boolean isThrottled(Api api, RepositoryName name, boolean last) {
        String account =
                api.account().map(id -> ",\"registryId\":\"" + id + "\"").orElse("");
        byte[] body = ("{\"repositoryName\":\"" + name + "\"" + account + "}").getBytes(StandardCharsets.UTF_8);
        Request plain = Request.of("POST", api.endpoint())
                .with("Content-Type", "application/x-amz-json-1.1")
                .with("X-Amz-Target", ACTION);
        Request request =
                signature(api.region()).signed(plain, body, clock.instant()).withBody(RequestBody.of(body));
        try (Response response = transport.send(request)) {
            byte[] answer = response.body().readNBytes(LARGEST_ANSWER);
            if (response.isSuccess() || error(answer, "__type").endsWith("RepositoryAlreadyExistsException")) {
                return false;
            }
            boolean throttled = THROTTLED.stream().anyMatch(error(answer, "__type")::endsWith);
            if (throttled && !last) {
                return true;
            }
            String message = "ECR refused to create the repository " + name + ": HTTP " + response.status() + " "
                    + Printable.shortened(error(answer, "__type") + " " + error(answer, "message"));
            if (throttled) {
                throw new ContentException.RateLimited(message.strip(), Optional.empty());
            }
            throw response.status() >= 500
                    ? new ContentException.Unreachable(message.strip())
                    : new ContentException.Denied(message.strip(), false);
        } catch (IOException e) {
            throw Answers.failure(plain, e);
        }
    }

    private AwsSignature signature(String region) {
        Optional<String> key = variable("AWS_ACCESS_KEY_ID");
        Optional<String> secret = variable("AWS_SECRET_ACCESS_KEY");
        if (key.isEmpty() || secret.isEmpty()) {
            throw new ContentException.Denied(
                            "creating an ECR repository requires AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                                    + " (and AWS_SESSION_TOKEN for temporary keys)",
                            false)
                    .and(Optional.of("set them in the environment"));
        }
        return new AwsSignature(key.get(), secret.get(), variable("AWS_SESSION_TOKEN"), region, "ecr");
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static String error(byte[] answer, String field) {
        try {
            if (Json.tree(answer) instanceof Map<?, ?> fields && fields.get(field) instanceof String text) {
                return text;
            }
        } catch (JacksonException e) {
            return "";
        }
        return "";
    }
}
