package io.github.gcrsync.http.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.StoppedTicker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ThrottlingTransportTest {
    private static final int LENGTH = 1_000_000;

    private final StoppedTicker ticker = new StoppedTicker();

    @Test
    void limitsBothDirectionsWithoutLoss() throws IOException {
        String text = "x".repeat(LENGTH);
        ThrottlingTransport transport = new ThrottlingTransport(
                new FakeTransport(request -> {
                    int sent = request.body().orElseThrow().open().readAllBytes().length;
                    return FakeTransport.answer(sent == LENGTH ? 200 : 400, text);
                }),
                100_000,
                ticker);
        Request request = Request.of("PUT", URI.create("http://a/")).withBody(RequestBody.of(new byte[LENGTH]));
        try (Response response = transport.send(request)) {
            assertThat(response.status()).isEqualTo(200);
            Duration up = ticker.slept();
            assertThat(up).isBetween(Duration.ofMillis(9_600), Duration.ofSeconds(10));
            assertThat(response.body().readAllBytes()).hasSize(LENGTH);
            assertThat(ticker.slept().minus(up)).isBetween(Duration.ofMillis(9_600), Duration.ofSeconds(10));
        }
    }
}
