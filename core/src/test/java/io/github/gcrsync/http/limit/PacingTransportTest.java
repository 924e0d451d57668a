package io.github.gcrsync.http.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.StoppedTicker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PacingTransportTest {
    private final StoppedTicker ticker = new StoppedTicker();

    private void send(PacingTransport transport, int times, String host) throws IOException {
        for (int i = 0; i < times; i++) {
            transport.send(Request.get(URI.create("http://" + host + "/v2/"))).discard();
        }
    }

    @Test
    void limitsRequestsPerSecondOfHost() throws IOException {
        PacingTransport transport = new PacingTransport(
                new FakeTransport(_ -> FakeTransport.answer(200, "")), Map.of("a:1", 4), ticker, ticker);
        send(transport, 9, "a:1");
        assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(2));
        send(transport, 100, "b:1");
        assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void sharesLimitOfUserButNotOfHost() throws IOException {
        PacingTransport transport = new PacingTransport(
                new FakeTransport(request -> request.uri().getHost().equals("a")
                        ? FakeTransport.answer(200, "")
                        : FakeTransport.answer(
                                200, "", "RateLimit-Limit", "100;w=60", "RateLimit-Remaining", "0;w=60")),
                Map.of("a:1", 4),
                ticker,
                new PortionTicker(ticker, () -> 0.25));
        send(transport, 9, "a:1");
        assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(8));
        send(transport, 2, "b:1");
        assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(68));
    }

    @Test
    void spreadsRemainingRequestsUntilReset() throws IOException {
        int[] left = {20};
        PacingTransport transport = new PacingTransport(
                new FakeTransport(_ -> FakeTransport.answer(
                        200,
                        "",
                        "X-RateLimit-Limit",
                        "20",
                        "X-RateLimit-Remaining",
                        Integer.toString(Math.max(0, --left[0])),
                        "X-RateLimit-Reset",
                        Long.toString(StoppedTicker.BEGAN.getEpochSecond() + 60))),
                Map.of(),
                ticker,
                ticker);
        send(transport, 15, "a");
        assertThat(ticker.slept()).as("with more than a fifth left").isZero();
        send(transport, 5, "a");
        assertThat(ticker.slept()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        send(transport, 1, "a");
        assertThat(ticker.slept()).as("nothing is left, so it waits").isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void spacesConcurrentRequestsUntilResetAtMost() throws Exception {
        Pace pace = new Pace(ticker, ticker, 0);
        Headers said = FakeTransport.answer(
                        200,
                        "",
                        "X-RateLimit-Limit",
                        "100",
                        "X-RateLimit-Remaining",
                        "5",
                        "X-RateLimit-Reset",
                        Long.toString(StoppedTicker.BEGAN.getEpochSecond() + 60))
                .headers();
        pace.learned(said);

        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waits.add(Duration.ofNanos(pace.reserve())); // All at the same time, because the ticker stands still.
        }

        assertThat(waits.subList(0, 6)).doesNotHaveDuplicates().isSorted();
        assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofSeconds(60)) <= 0);
    }

    @Test
    void forgetsLimitAfterItsWindow() throws Exception {
        Pace pace = new Pace(ticker, ticker, 0);
        pace.learned(FakeTransport.answer(200, "", "RateLimit-Limit", "100;w=60", "RateLimit-Remaining", "0;w=60")
                .headers());
        pace.enter();
        assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(60));
        pace.enter();
        assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void doesNotWaitForHours() throws IOException {
        PacingTransport transport = new PacingTransport(
                new FakeTransport(_ -> FakeTransport.answer(
                        200, "", "RateLimit-Limit", "100;w=21600", "RateLimit-Remaining", "0;w=21600")),
                Map.of(),
                ticker,
                ticker);
        send(transport, 5, "a");
        assertThat(ticker.slept()).isZero();
        assertThat(transport.lastSeen("a").orElseThrow().remaining()).isZero();
        assertThat(transport.lastSeen("b")).isEmpty();
    }
}
