package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks faults on the socket, as clients see them. */
final class FaultTest {
    private final TestRegistry registry = TestRegistry.start();
    private final SampleImage image = SampleImages.oci("linux/amd64", SampleImages.bigLayer(1, 256 << 10));
    private final String layer = image.blobs().entrySet().stream()
            .filter(blob -> blob.getValue().size() > 100_000)
            .findFirst()
            .orElseThrow()
            .getKey();
    private final String path = "/v2/ns/a/blobs/" + layer;

    FaultTest() {
        registry.put("ns/a", "v1", image);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private Socket ask() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(),
                Integer.parseInt(registry.host().split(":", 2)[1]));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void announcesFullLengthBeforeCut() throws Exception {
        registry.fault(Fault.on("GET", "/blobs/").cutAfter(100_000));
        try (Socket socket = ask()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Head head = Head.read(in).orElseThrow();
            assertThat(head.startLine()).startsWith("HTTP/1.1 200");
            assertThat(head.headers().first("Content-Length")).isEqualTo(Integer.toString(256 << 10));
            assertThat(in.readAllBytes()).hasSize(100_000);
        }
        assertThat(registry.log().exchanges().getFirst().responseBytes()).isEqualTo(100_000);
    }

    @Test
    void resetsConnection() throws Exception {
        registry.fault(Fault.on("GET", "/blobs/").resetConnection());
        try (Socket socket = ask()) {
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(registry.log().exchanges().getFirst().status()).isZero();
    }

    @Test
    void stallsUntilRegistryCloses() throws Exception {
        registry.fault(Fault.on("GET", "/blobs/").stallAfter(70_000));
        try (Socket socket = ask()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            assertThat(Head.read(in)).isPresent();
            assertThat(in.readNBytes(70_000)).hasSize(70_000);
            socket.setSoTimeout(300);
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            socket.setSoTimeout(0);
            registry.close();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void changesOneByte() throws Exception {
        registry.fault(Fault.on("GET", "/blobs/").corruptByte(123_456));
        try (Calls calls = new Calls(registry.host())) {
            byte[] bad = calls.get(path).body();
            byte[] good = calls.get(path).body();
            assertThat(Digests.of(good)).isEqualTo(layer);
            assertThat(bad[123_456]).isNotEqualTo(good[123_456]);
            bad[123_456] = good[123_456];
            assertThat(bad).isEqualTo(good);
        }
    }

    @Test
    void answersStatusWithHeadersAfterSkippedRequests() throws Exception {
        registry.fault(Fault.on("GET", "/blobs/").skip(1).times(2).status(503).header("Retry-After", "0"));
        try (Calls calls = new Calls(registry.host())) {
            assertThat(calls.send("HEAD", path).statusCode()).isEqualTo(200);
            assertThat(calls.get(path).statusCode()).isEqualTo(200);
            HttpResponse<byte[]> refused = calls.get(path);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(Calls.header(refused, "Retry-After")).isEqualTo("0");
            assertThat(calls.get(path).statusCode()).isEqualTo(503);
            assertThat(calls.get(path).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void delaysAnswerUntilLatchOpens() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        registry.fault(Fault.on("GET", "/blobs/").delayUntil(open));
        try (Calls calls = new Calls(registry.host())) {
            CompletableFuture<Integer> late = CompletableFuture.supplyAsync(() -> {
                try {
                    return calls.get(path).statusCode();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            // A later request overtakes the delayed one only if that one waits.
            while (registry.log().count("GET", "/blobs/") == 0) {
                Thread.onSpinWait();
            }
            assertThat(calls.get(path).statusCode()).isEqualTo(200);
            assertThat(late).isNotDone();
            open.countDown();
            assertThat(late.get()).isEqualTo(200);
            assertThat(registry.log().maxInFlight()).isEqualTo(2);
        }
    }

    @Test
    void keepsBytesOfCutUploadInSession() throws Exception {
        registry.fault(Fault.on("PATCH", "/uploads/").cutUploadAfter(1000));
        try (Calls calls = new Calls(registry.host())) {
            String upload = calls.upload("ns/a");
            byte[] content = new byte[5000];
            assertThatThrownBy(() -> calls.send("PATCH", upload, content)).isInstanceOf(IOException.class);
            HttpResponse<byte[]> status = calls.get(upload);
            assertThat(status.statusCode()).isEqualTo(204);
            assertThat(Calls.header(status, "Range")).isEqualTo("0-999");
            byte[] rest = new byte[4000];
            assertThat(calls.send("PATCH", upload, rest, "Content-Range", "1000-4999")
                            .statusCode())
                    .isEqualTo(202);
            assertThat(calls.send("PUT", upload + "?digest=" + Digests.of(content))
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void stallsUploadUntilRegistryCloses() throws Exception {
        registry.fault(Fault.on("PUT", "/uploads/").stallUploadAfter(1000));
        try (Calls calls = new Calls(registry.host())) {
            String target = calls.upload("ns/a").replaceFirst("http://[^/]+", "");
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(),
                    Integer.parseInt(registry.host().split(":", 2)[1]))) {
                String head =
                        "PUT %s?digest=%s HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n".formatted(target, layer);
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(new byte[5000]);
                socket.setSoTimeout(300);
                assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                assertThat(registry.log().exchanges().getLast().requestBytes()).isEqualTo(1000);
            }
        }
    }
}
