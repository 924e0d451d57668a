package io.github.gcrsync.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retries a request after a connection failure, 408, 425, 429 or a temporary 5xx; returns all other responses. */
public final class RetryingTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(RetryingTransport.class);

    private final Transport next;
    private final RetryPolicy policy;
    private final InstantSource clock;

    public RetryingTransport(Transport next, RetryPolicy policy, InstantSource clock) {
        this.next = next;
        this.policy = policy;
        this.clock = clock;
    }

    @Override
    public Response send(Request request) throws IOException {
        Instant deadline = clock.instant().plus(policy.altogether());
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt >= policy.attempts();
            Duration wait = policy.jittered(attempt + 1);
            try {
                Response response = next.send(request);
                if (last || !isTransient(response.status(), request.repeatable())) {
                    return response;
                }
                wait = response.headers()
                        .first("Retry-After")
                        .flatMap(value -> RetryAfter.parse(value, clock.instant()))
                        .orElse(wait);
                if (clock.instant().plus(wait).isAfter(deadline)) {
                    return response;
                }
                LOG.debug("{} was answered {}; retrying in {} ms", request, response.status(), wait.toMillis());
                response.discard();
            } catch (IOException e) {
                if (last
                        || !request.repeatable()
                        || !isWorthRetry(e)
                        || clock.instant().plus(wait).isAfter(deadline)) {
                    throw e;
                }
                LOG.debug("no answer to {} ({}); retrying in {} ms", request, e.getMessage(), wait.toMillis());
            }
            RetryPolicy.sleep(wait);
        }
    }

    @Override
    public void close() {
        next.close();
    }

    /** A rate-limited request was not processed (RFC 6585, section 4), so it may always be retried. */
    private static boolean isTransient(int status, boolean repeatable) {
        return switch (status) {
            case 429 -> true;
            // From 520 on: a CDN that got no answer from the registry.
            case 408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524 -> repeatable;
            default -> false;
        };
    }

    private static boolean isWorthRetry(IOException e) {
        // A retry solves neither a bad certificate nor a refused redirect.
        return !(e instanceof SSLHandshakeException)
                && !(e instanceof SSLPeerUnverifiedException)
                && !(e instanceof RefusedException)
                && !(e instanceof InterruptedIOException
                        && Thread.currentThread().isInterrupted());
    }
}
