package io.github.gcrsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.check.ImageContents;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.server.CatalogImage;
import io.github.gcrsync.server.Mirrors;
import io.github.gcrsync.server.ServedMirror;
import io.github.gcrsync.server.ServerMetrics;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.server.SlowClient;
import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.state.WaitingImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time that a client has to read an answer. */
final class AnswerLimitTest {
    private static final class NoMirrors implements Mirrors, Mirrors.Snapshot {
        @Override
        public Object version() {
            return "";
        }

        @Override
        public Snapshot read() {
            return this;
        }

        @Override
        public List<ServedMirror> mirrors() {
            return List.of();
        }

        @Override
        public Optional<WaitingImage> oldestWaiting(String mirror) {
            return Optional.empty();
        }

        @Override
        public List<VerifyResult> verified(String mirror) {
            return List.of();
        }

        @Override
        public Outcome run(String mirror, StopSignal stop, Consumer<String> events) {
            throw new IllegalStateException();
        }

        @Override
        public List<CatalogImage> catalog(String mirror) {
            return List.of();
        }

        @Override
        public ImageContents contents(CatalogImage image) {
            throw new IllegalStateException();
        }
    }

    @Test
    void closesConnectionOfClientThatDoesNotRead(@TempDir Path folder) throws Exception {
        Service service = new Service(new NoMirrors(), SlowClient.history(folder), 1, Clock.systemUTC(), List.of());
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Guard guard = new Guard(Optional.empty(), false, List.of());
        try (WebServer web = WebServer.start(
                        any,
                        Optional.empty(),
                        service,
                        new ServerMetrics(Optional.empty()),
                        Optional.empty(),
                        guard,
                        Duration.ofSeconds(2));
                Socket socket = new Socket(any.getAddress(), web.port())) {
            SlowClient.request(socket);

            Waiting.until("a free thread", () -> !SlowClient.isHoldingThread());

            assertThat(SlowClient.getsAll(socket)).isFalse();
        } finally {
            service.stop();
        }
    }
}
