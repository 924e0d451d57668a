package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
    @Test
    void isTransparentWithoutFaults() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                FaultProxy proxy = FaultProxy.inFrontOf(registry.host())) {
            SampleImage image = SampleImages.oci("linux/amd64", SampleImages.layer(1, 1));
            registry.put("a/b", "1", image);

            HttpResponse<byte[]> answer = get(proxy.host(), "/v2/a/b/manifests/1");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Docker-Content-Digest")).contains(image.digest());
        }
    }

    @Test
    void handlesRequestBeforeCuttingAnswer() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                FaultProxy proxy = FaultProxy.inFrontOf(registry.host())) {
            String uploads = "/v2/a/b/blobs/uploads/";
            proxy.fault(Fault.on("POST", uploads).cutAnswer());
            proxy.fault(Fault.on("POST", uploads).cutHead());

            for (int i = 1; i <= 2; i++) {
                // The JDK's client retries a GET by itself, but never a POST.
                assertThatThrownBy(() -> post(proxy.host(), uploads)).isInstanceOf(IOException.class);
                assertThat(registry.log().count("POST", uploads)).isEqualTo(i);
            }
        }
    }

    @Test
    void repeatsFaultsOfSeed() throws Exception {
        assertThat(faultsOf(1)).isNotEmpty().isEqualTo(faultsOf(1)).isNotEqualTo(faultsOf(2));
    }

    @Test
    void stopsFaultsOnEnd() {
        Chaos chaos = Chaos.seeded(1, 1);
        assertThat(chaos.strike("GET", "/v2/")).isPresent();
        assertThat(chaos.refusesConnection()).isTrue();

        chaos.end();

        assertThat(chaos.strike("GET", "/v2/")).isEmpty();
        assertThat(chaos.refusesConnection()).isFalse();
    }

    private static List<String> faultsOf(long seed) {
        Chaos chaos = Chaos.seeded(seed, 0.3);
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            chaos.strike("GET", "/v2/a/blobs/" + i);
            chaos.refusesConnection();
        }
        paths.addAll(chaos.done());
        return paths;
    }

    private static void post(String host, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(
                    HttpRequest.newBuilder(URI.create("http://" + host + path))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.discarding());
        }
    }

    private static HttpResponse<byte[]> get(String host, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://" + host + path)).build(), BodyHandlers.ofByteArray());
        }
    }
}
