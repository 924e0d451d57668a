package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.CertificateAuthority;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.SocketFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stop of a server with a client that does not read. */
final class SlowClientTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doesNotDelayStop(boolean tls) throws Exception {
        try (ServerStage stage = new ServerStage(folder)) {
            stage.mirrors("{name: a}");
            stage.with("XDG_STATE_HOME", folder.resolve("states").toString());
            SlowClient.history(stage.runs(folder.resolve("states/gcrsync")));
            CertificateAuthority authority = CertificateAuthority.in(folder.resolve("ca"));
            CertificateAuthority.Issued issued = authority.server();
            RunningServer server = tls
                    ? stage.start("--tls-cert=" + issued.certificate(), "--tls-key=" + issued.key())
                    : stage.start();
            SocketFactory sockets =
                    tls ? AccessTest.trusting(authority).getSocketFactory() : SocketFactory.getDefault();
            URI url = URI.create(server.url());
            try (Socket socket = sockets.createSocket(url.getHost(), url.getPort())) {
                SlowClient.request(socket);
                Instant before = Instant.now();

                assertThat(server.stop()).isZero();

                assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(30));
                Waiting.until("no thread that writes", () -> !SlowClient.isHoldingThread());
            }
        }
    }
}
