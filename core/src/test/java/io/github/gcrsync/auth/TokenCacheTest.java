package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TokenCacheTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final TokenCache cache = new TokenCache(now::get);
    private final AtomicInteger requests = new AtomicInteger();

    private Token issue(Duration lifetime) {
        return Token.issued("token-" + requests.incrementAndGet(), now.get(), lifetime);
    }

    private String get(Optional<String> refused, Duration lifetime) throws IOException {
        return cache.get("key", refused, () -> issue(lifetime));
    }

    @Test
    void renewsTokenShortlyBeforeItExpires() throws IOException {
        Duration five = Duration.ofSeconds(5);
        assertThat(get(Optional.empty(), five)).isEqualTo("token-1");
        now.set(START.plusMillis(3999));
        assertThat(get(Optional.empty(), five)).isEqualTo("token-1");
        now.set(START.plusMillis(4000));
        assertThat(get(Optional.empty(), five)).isEqualTo("token-2");

        assertThat(Token.issued("x", START, Duration.ofHours(1)).renewAt()).isEqualTo(START.plusSeconds(3590));
    }

    @Test
    void renewsRefusedTokenButNotForAnOlderOne() throws IOException {
        Duration hour = Duration.ofHours(1);
        assertThat(get(Optional.empty(), hour)).isEqualTo("token-1");
        assertThat(get(Optional.of("token-1"), hour)).isEqualTo("token-2");
        assertThat(get(Optional.of("token-1"), hour)).isEqualTo("token-2");
        assertThat(cache.get("other", Optional.empty(), () -> issue(hour))).isEqualTo("token-3");
    }

    @Test
    void sharesOneRequest() throws InterruptedException {
        assertThat(together(100, () -> issue(Duration.ofHours(1)))).containsOnly("token-1");
        assertThat(requests).hasValue(1);
    }

    @Test
    void sharesFailureAndRetriesForNextCaller() throws Exception {
        List<String> outcomes = together(100, () -> {
            requests.incrementAndGet();
            throw new IOException("no answer");
        });
        assertThat(outcomes).hasSize(100).containsOnly("no answer");
        assertThat(requests.get()).isLessThan(100);
        assertThat(get(Optional.empty(), Duration.ofHours(1))).startsWith("token-");
    }

    @Test
    void survivesInterruptedLeader() throws Exception {
        CountDownLatch leading = new CountDownLatch(1);
        Thread leader = Thread.ofVirtual().start(() -> {
            assertThatThrownBy(() -> cache.get("key", Optional.empty(), () -> {
                        leading.countDown();
                        try {
                            new CountDownLatch(1).await();
                            throw new AssertionError("nobody opens it");
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new java.io.InterruptedIOException("interrupted");
                        }
                    }))
                    .hasMessage("interrupted");
        });
        leading.await();
        AtomicReference<String> followed = new AtomicReference<>("");
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                followed.set(get(Optional.empty(), Duration.ofHours(1)));
            } catch (IOException e) {
                followed.set(String.valueOf(e.getMessage()));
            }
        });
        while (follower.getState() != Thread.State.WAITING && follower.isAlive()) {
            Thread.onSpinWait();
        }
        leader.interrupt();
        leader.join();
        follower.join();
        assertThat(followed).hasValue("token-1");
    }

    /** Runs the action in many threads; the first request ends only when all others wait. */
    private List<String> together(int threads, TokenCache.Request request) throws InterruptedException {
        ConcurrentLinkedQueue<String> outcomes = new ConcurrentLinkedQueue<>();
        CountDownLatch waiting = new CountDownLatch(threads - 1);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofVirtual().start(() -> {
                waiting.countDown();
                try {
                    outcomes.add(cache.get("key", Optional.empty(), () -> {
                        try {
                            waiting.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        return request.send();
                    }));
                } catch (IOException e) {
                    outcomes.add(String.valueOf(e.getMessage()));
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        return List.copyOf(outcomes);
    }
}
