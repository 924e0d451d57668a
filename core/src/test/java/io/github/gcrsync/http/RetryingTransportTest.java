package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what is retried, and how often. The clock stands still, so only the answers determine the waits. */
final class RetryingTransportTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Request GET = Request.get(URI.create("https://registry.example/v2/"));
    private static final Request PUT = Request.of("PUT", GET.uri()).once();
    private static final RetryPolicy POLICY =
            new RetryPolicy(4, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1));

    private static Transport retrying(FakeTransport network) {
        return new RetryingTransport(network, POLICY, InstantSource.fixed(NOW));
    }

    private static void assertSent(int times, Request request, int status, String... fields) throws IOException {
        FakeTransport network = new FakeTransport(r -> FakeTransport.answer(status, "", fields));
        try (Response response = retrying(network).send(request)) {
            assertThat(response.status()).isEqualTo(status);
        }
        assertThat(network.requests()).hasSize(times);
        assertThat(network.open()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
    void retriesTemporaryFailures(int status) throws IOException {
        assertSent(4, GET, status);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 301, 400, 401, 403, 404, 405, 409, 413, 415, 416, 501, 507})
    void returnsAnswersWithoutRetry(int status) throws IOException {
        assertSent(1, GET, status);
    }

    @Test
    void retriesUploadOnlyIfNotProcessed() throws IOException {
        assertSent(4, PUT, 429);
        assertSent(1, PUT, 503);
        FakeTransport broken = new FakeTransport(r -> {
            throw new SocketException("reset");
        });
        assertThatThrownBy(() -> retrying(broken).send(PUT)).hasMessage("reset");
        assertThat(broken.requests()).hasSize(1);
    }

    @Test
    void reportsLastFailure() {
        FakeTransport network = new FakeTransport(r -> {
            throw new SocketException("reset");
        });
        assertThatThrownBy(() -> retrying(network).send(GET)).hasMessage("reset");
        assertThat(network.requests()).hasSize(4);
    }

    @Test
    void doesNotRetryPermanentFailures() {
        for (IOException failure :
                new IOException[] {new SSLHandshakeException("unknown CA"), new RefusedException("redirect")}) {
            FakeTransport network = new FakeTransport(r -> {
                throw failure;
            });
            assertThatThrownBy(() -> retrying(network).send(GET)).isSameAs(failure);
            assertThat(network.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1772366399", // one second ago
                "Sun, 01 Mar 2026 11:00:00 GMT",
                "nonsense"
            })
    void retriesWhenRetryAfterHasPassed(String retryAfter) throws IOException {
        assertSent(4, GET, 429, "Retry-After", retryAfter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3600", "1772370000", "Sun, 01 Mar 2026 13:00:00 GMT"})
    void doesNotWaitBeyondTotalTime(String retryAfter) throws IOException {
        assertSent(1, GET, 429, "Retry-After", retryAfter);
        assertSent(1, GET, 503, "Retry-After", retryAfter);
    }

    @Test
    void stopsWaitingOnInterrupt() throws InterruptedException {
        FakeTransport network = new FakeTransport(r -> FakeTransport.answer(503, "", "Retry-After", "50"));
        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread thread = Thread.ofVirtual().start(() -> {
            assertThatThrownBy(() -> retrying(network).send(GET)).hasMessageContaining("interrupted");
            stillInterrupted.set(Thread.currentThread().isInterrupted());
        });
        thread.interrupt();
        thread.join();
        assertThat(stillInterrupted).isTrue();
        assertThat(network.requests()).hasSize(1);
        assertThat(network.open()).isZero();
    }

    @Test
    void growsWaitsToLimit() {
        RetryPolicy policy = RetryPolicy.DEFAULT;
        assertThat(policy.ceiling(2)).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.ceiling(3)).isEqualTo(Duration.ofSeconds(1));
        assertThat(policy.ceiling(100)).isEqualTo(Duration.ofSeconds(15));
        for (int i = 0; i < 1000; i++) {
            assertThat(policy.jittered(3)).isBetween(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
