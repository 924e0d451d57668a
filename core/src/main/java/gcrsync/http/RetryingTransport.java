package gcrsync.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a request again after a connection failure, 408, 425, 429 or 5xx; anything else is an answer. */
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
            boolean last = attempt >= policy.attempts() || !request.repeatable();
            Duration wait = jittered(policy.ceiling(attempt + 1));
            try {
                Response response = next.send(request);
                if (last || !isTransient(response.status())) {
                    return response;
                }
                wait = response.headers()
                        .first("Retry-After")
                        .flatMap(value -> RetryAfter.parse(value, clock.instant()))
                        .orElse(wait);
                if (clock.instant().plus(wait).isAfter(deadline)) {
                    return response;
                }
                LOG.debug("{} was answered {}; again in {} ms", request, response.status(), wait.toMillis());
                response.discard();
            } catch (IOException e) {
                if (last || !isWorthAnother(e) || clock.instant().plus(wait).isAfter(deadline)) {
                    throw e;
                }
                LOG.debug("no answer to {} ({}); again in {} ms", request, e.getMessage(), wait.toMillis());
            }
            sleep(wait);
        }
    }

    @Override
    public void close() {
        next.close();
    }

    private static boolean isTransient(int status) {
        return switch (status) {
            case 408, 425, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    private static boolean isWorthAnother(IOException e) {
        // A certificate does not get better by asking again, nor does a refused redirect.
        return !(e instanceof SSLHandshakeException)
                && !(e instanceof SSLPeerUnverifiedException)
                && !(e instanceof RefusedException)
                && !(e instanceof InterruptedIOException
                        && Thread.currentThread().isInterrupted());
    }

    private static Duration jittered(Duration ceiling) {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(ceiling.toNanos() + 1));
    }

    private static void sleep(Duration wait) throws InterruptedIOException {
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to try again");
        }
    }
}
