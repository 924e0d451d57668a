package io.github.gcrsync.http.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.FakeTransport;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TlsProbeTest {
    /** The 400 has no body if the server closes before a proxy has read it; 502 is a proxy's own status. */
    @ParameterizedTest
    @CsvSource({"200, false", "401, false", "404, false", "400, true", "500, true", "502, true"})
    void detectsMissingTlsOnlyByAnswerOfRegistry(int status, boolean tls) {
        FakeTransport network = new FakeTransport(_ -> FakeTransport.answer(status, ""));
        assertThat(new TlsProbe(network).speaksTls("127.0.0.1:5000")).isEqualTo(tls);
        assertThat(network.open()).isZero();
    }

    @Test
    void assumesTlsIfServerHangsUpButNotIfItIsDown() {
        assertThat(probe(new IOException("reset"))).isTrue();
        assertThat(probe(new ConnectException("refused"))).isFalse();
    }

    private static boolean probe(IOException failure) {
        return new TlsProbe(new FakeTransport(_ -> {
                    throw failure;
                }))
                .speaksTls("127.0.0.1:5000");
    }
}
