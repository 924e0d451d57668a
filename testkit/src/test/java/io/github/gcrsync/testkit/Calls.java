package io.github.gcrsync.testkit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;

/** Sends requests with the JDK's client, which follows the protocol strictly. */
final class Calls implements AutoCloseable {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String host;

    Calls(String host) {
        this.host = host;
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) throws Exception {
        String uri = path.startsWith("http") ? path : "http://" + host + path;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
        request.method(
                method,
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        return send(method, path, new byte[0], headers);
    }

    HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send("GET", path, headers);
    }

    /** Starts an upload and returns its Location. */
    String upload(String repository) throws Exception {
        return header(send("POST", "/v2/" + repository + "/blobs/uploads/"), "Location");
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    static Json json(HttpResponse<byte[]> response) {
        return Json.parse(response.body());
    }

    /** Returns the error code of a refusal. */
    static String code(HttpResponse<byte[]> response) {
        List<Json> errors = json(response).get("errors").items();
        return errors.getFirst().get("code").text();
    }

    static String basic(String userAndPassword) {
        return "Basic "
                + Base64.getEncoder().encodeToString(userAndPassword.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        client.close();
    }
}
