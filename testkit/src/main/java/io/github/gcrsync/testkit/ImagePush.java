package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Pushes sample images to a real registry; its user agent distinguishes these requests in an access log from those
 * under test.
 */
final class ImagePush {
    static final String USER_AGENT = "testkit-push";

    private final WireClient client;
    private final Headers headers;

    ImagePush(WireClient client, Headers credentials) {
        this.client = client;
        this.headers = credentials.copy().set("User-Agent", USER_AGENT);
    }

    void push(String repository, String tag, SampleImage image) throws IOException {
        for (Map.Entry<String, Content> blob : image.blobs().entrySet()) {
            blob(repository, blob.getKey(), blob.getValue());
        }
        for (Map.Entry<String, SampleImage.Manifest> each : image.manifests().entrySet()) {
            String reference = each.getKey().equals(image.digest()) ? tag : each.getKey();
            Headers typed = headers.copy().set("Content-Type", each.getValue().mediaType());
            String target = "/v2/%s/manifests/%s".formatted(repository, reference);
            expect(201, "PUT", target, typed, each.getValue().content());
        }
    }

    private void blob(String repository, String digest, Content content) throws IOException {
        String there = "/v2/%s/blobs/%s".formatted(repository, digest);
        if (send("HEAD", there, headers, nothing()).status() == 200) {
            return;
        }
        Headers begun = expect(202, "POST", "/v2/%s/blobs/uploads/".formatted(repository), headers, nothing());
        String location = begun.first("Location").replaceFirst("^http://[^/]+", "");
        String target = location + (location.contains("?") ? "&" : "?") + "digest=" + digest;
        Headers typed = headers.copy().set("Content-Type", "application/octet-stream");
        expect(201, "PUT", target, typed, content);
    }

    private static Content nothing() {
        return Content.of(new byte[0]);
    }

    private Headers expect(int status, String method, String target, Headers with, Content body) throws IOException {
        RegistryReader.Answer answer = send(method, target, with, body);
        if (answer.status() != status) {
            throw new IOException("%s %s was answered %d: %s"
                    .formatted(
                            method,
                            target,
                            answer.status(),
                            new String(answer.body().bytes(), java.nio.charset.StandardCharsets.UTF_8)));
        }
        return answer.headers();
    }

    private RegistryReader.Answer send(String method, String target, Headers with, Content body) throws IOException {
        try (InputStream bytes = body.openAt(0)) {
            Reply reply = client.send(method, target, with, bytes, body.size());
            try (InputStream answer = reply.body()) {
                return new RegistryReader.Answer(reply.status(), reply.headers(), Content.of(answer.readAllBytes()));
            }
        }
    }
}
