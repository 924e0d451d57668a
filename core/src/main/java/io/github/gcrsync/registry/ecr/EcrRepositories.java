package io.github.gcrsync.registry.ecr;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Access;
import io.github.gcrsync.registry.Answers;
import io.github.gcrsync.tasks.OncePer;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * Creates Amazon ECR repositories through its API (CreateRepository), each at most once. Keys, region and an
 * alternative endpoint come from the standard AWS environment variables.
 */
public final class EcrRepositories implements Access.Creation {
    private static final String ACTION = "CreateRepository";
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

    @Override
    public boolean create(String host, RepositoryName name) {
        Optional<EcrApi> api = EcrApi.of(host, environment);
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

    /** ECR throttles creation with a 400. */
    private void create(EcrApi api, RepositoryName name) {
        for (int attempt = 1; isThrottled(api, name, attempt == retries.attempts()); attempt++) {
            try {
                retries.waitBefore(attempt + 1);
            } catch (IOException e) {
                throw new ContentException.Unreachable("interrupted while " + name + " was created", e);
            }
        }
    }

    private boolean isThrottled(EcrApi api, RepositoryName name, boolean last) {
        Request request = api.request(ACTION, Map.of("repositoryName", name.value()), signature(api), clock.instant());
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
            throw Answers.failure(request, e);
        }
    }

    private AwsSignature signature(EcrApi api) {
        return EcrApi.signature(environment, api.region())
                .orElseThrow(() -> new ContentException.Denied(
                                "creating an ECR repository requires AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                                        + " (and AWS_SESSION_TOKEN for temporary keys)",
                                false)
                        .and(Optional.of("set them in the environment")));
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
