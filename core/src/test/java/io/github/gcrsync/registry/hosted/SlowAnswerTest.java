package io.github.gcrsync.registry.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.StoppedTicker;
import io.github.gcrsync.oci.RepositoryName;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server that sends a byte every second keeps every timeout between two reads. */
final class SlowAnswerTest {
    @Test
    void givesUpOnAnswerThatTakesTooLong() {
        StoppedTicker ticker = new StoppedTicker();
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                ticker.sleep(Duration.ofSeconds(1));
                buffer[offset] = ' ';
                return 1;
            }
        };
        FakeTransport server = new FakeTransport(_ -> FakeTransport.answer(200, Headers.NONE, slow));
        HostedListing hub =
                new HostedListing(new DockerHub(URI.create("https://hub.example")), "docker.example", server, ticker);
        RepositoryName name = new RepositoryName("ns/a");

        assertThat(hub.read(name, Goal.all()).end()).isEqualTo(Goal.End.FAILED);

        assertThat(ticker.slept()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(32));
        assertThat(hub.serves(name)).isFalse();
        assertThat(server.open()).isZero();
    }
}
