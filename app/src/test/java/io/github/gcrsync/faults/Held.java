package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads what a registry really holds, without gcrsync's code. */
final class Held implements AutoCloseable {
    private static final String ACCEPT = String.join(
            ", ",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    private final String host;
    private final HttpClient client = HttpClient.newHttpClient();

    Held(String host) {
        this.host = host;
    }

    /** Fetches and hashes every manifest and blob of the tag. */
    void assertHolds(String repository, String tag, SampleImage image) throws IOException, InterruptedException {
        assertThat(digest(get(repository, "manifests/" + tag))).isEqualTo(image.digest());
        for (String digest : image.manifests().keySet()) {
            assertThat(digest(get(repository, "manifests/" + digest))).isEqualTo(digest);
        }
        for (String digest : image.blobs().keySet()) {
            assertThat(digest(get(repository, "blobs/" + digest))).isEqualTo(digest);
        }
    }

    /** Returns the digest of the tag's content; empty if there is no such tag. */
    String tag(String repository, String tag) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("GET", repository, "manifests/" + tag);
        return answer.statusCode() == 200 ? digest(answer.body()) : "";
    }

    /** Returns those of the image's blobs that are in the repository, as {@code repository digest}. */
    Set<String> blobs(String repository, SampleImage image) throws IOException, InterruptedException {
        Set<String> there = new TreeSet<>();
        for (String digest : image.blobs().keySet()) {
            if (send("HEAD", repository, "blobs/" + digest).statusCode() == 200) {
                there.add(repository + " " + digest);
            }
        }
        return there;
    }

    /** Returns those of the image's manifests that are in the repository. */
    Set<String> manifests(String repository, SampleImage image) throws IOException, InterruptedException {
        Set<String> there = new TreeSet<>();
        for (String digest : image.manifests().keySet()) {
            if (send("HEAD", repository, "manifests/" + digest).statusCode() == 200) {
                there.add(repository + " " + digest);
            }
        }
        return there;
    }

    /** Returns the tags that the registry lists; none if it does not know the repository. */
    List<String> tags(String repository) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("GET", repository, "tags/list");
        return answer.statusCode() == 200
                        && Json.tree(answer.body()) instanceof Map<?, ?> root
                        && root.get("tags") instanceof List<?> tags
                ? tags.stream().map(String::valueOf).toList()
                : List.of();
    }

    private byte[] get(String repository, String what) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("GET", repository, what);
        assertThat(answer.statusCode()).as("%s/%s", repository, what).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<byte[]> send(String method, String repository, String what)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://%s/v2/%s/%s".formatted(host, repository, what)))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", ACCEPT)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
