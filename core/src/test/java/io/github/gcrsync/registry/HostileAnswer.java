package io.github.gcrsync.registry;

import io.github.gcrsync.auth.AuthenticatingTransport;
import io.github.gcrsync.auth.Challenge;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.auth.DockerConfig;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.LinkHeader;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryAfter;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.HostedAnswers;
import io.github.gcrsync.text.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;

/** Untrusted bytes of a registry, a token service or a user's file, passed to the code that reads them. */
final class HostileAnswer {
    enum Kind {
        MANIFEST,
        TAGS,
        NAMESPACE,
        CATALOG,
        REFERRERS,
        REFUSAL,
        TOKEN,
        CHALLENGE,
        LINK,
        RETRY_AFTER,
        DESCRIPTOR,
        TREE,
        REFERENCE,
        DOCKER_CONFIG,
        WEB_API
    }

    private static final RepositoryName NAMESPACE = new RepositoryName("ns");
    private static final int[] REFUSALS = {400, 401, 403, 404, 405, 413, 429, 500, 503, 302};

    private final Kind kind;
    /** Selects a variant of a kind, such as a media type or a status. */
    private final int variant;

    private final byte[] content;

    private HostileAnswer(Kind kind, int variant, byte[] content) {
        this.kind = kind;
        this.variant = variant;
        this.content = content;
    }

    /** The first byte selects the kind, the second the variant. */
    static HostileAnswer of(byte[] input) {
        Kind[] kinds = Kind.values();
        return new HostileAnswer(
                kinds[(input[0] & 0xff) % kinds.length], input[1] & 0xff, Arrays.copyOfRange(input, 2, input.length));
    }

    /** @throws Exception if the input is neither read nor refused as intended */
    void isTakenOrRefused() throws Exception {
        switch (kind) {
            case MANIFEST -> throughTheClient(this::manifest);
            case TAGS -> throughTheClient(client -> client.tags().forEach(tag -> {}));
            case REFERRERS -> throughTheClient(client -> client.referrers(Digest.sha256(content)));
            case REFUSAL -> throughTheClient(client -> client.resolve("1"));
            case NAMESPACE, CATALOG -> listing();
            case TOKEN -> token();
            case CHALLENGE -> Challenge.parse(text());
            case LINK -> refusable(IllegalArgumentException.class, () -> LinkHeader.next(List.of(text())));
            case RETRY_AFTER -> RetryAfter.parse(text(), Instant.EPOCH);
            case DESCRIPTOR -> refusable(IllegalArgumentException.class, () -> DescriptorJson.read(content));
            case TREE -> refusable(JacksonException.class, () -> Json.tree(content));
            case REFERENCE -> refusable(IllegalArgumentException.class, () -> Reference.parse(text()));
            case DOCKER_CONFIG -> dockerConfig();
            case WEB_API -> refusable(ContentException.class, () -> HostedAnswers.read(variant, content));
        }
    }

    private interface Reading<T> {
        void read(T from) throws Exception;
    }

    private void throughTheClient(Reading<Repository> reading) throws Exception {
        Repository repository = registry().repository(NAMESPACE);
        refusable(ContentException.class, () -> reading.read(repository));
    }

    private void manifest(Repository repository) {
        Manifest manifest = repository.manifest("1");
        if (!manifest.descriptor().digest().equals(Digest.sha256(content))
                || !Arrays.equals(manifest.content().toArray(), content)) {
            throw new AssertionError("other bytes than those that came");
        }
        manifest.asReferrer();
    }

    private void listing() throws Exception {
        refusable(
                ContentException.class, () -> registry().namespace(NAMESPACE, 1).list());
    }

    private void token() throws Exception {
        try (AuthenticatingTransport transport = new AuthenticatingTransport(
                        request -> answer(401, new byte[0], "WWW-Authenticate", "Bearer realm=\"https://t.example/\""),
                        request -> answer(200, content),
                        Credentials.NONE,
                        InstantSource.system(),
                        Addresses::isLoopback);
                Response response = transport.send(Request.get(URI.create("https://r.example/v2/")))) {
            response.body().readAllBytes();
        } catch (IOException e) {
            // Refused as no token.
        }
    }

    private void dockerConfig() throws Exception {
        Path file = Files.createTempFile("config", ".json");
        try {
            Files.write(file, content);
            // Helpers are not run: the user chooses which programs run.
            refusable(IllegalArgumentException.class, () -> DockerConfig.read(file));
        } finally {
            Files.delete(file);
        }
    }

    private RemoteRegistry registry() {
        return new RemoteRegistry("r.example", false, Registries.access(this::answer));
    }

    private Response answer(Request request) {
        String path = request.uri().getRawPath();
        return switch (kind) {
            case MANIFEST -> {
                List<String> types = MediaType.MANIFESTS;
                yield answer(200, content, "Content-Type", variant < types.size() ? types.get(variant) : "text/plain");
            }
            case REFUSAL -> answer(REFUSALS[variant % REFUSALS.length], content);
            // Child repositories are not listed: the same names on each level would cause endless requests.
            case NAMESPACE ->
                answer(200, path.equals("/v2/ns/tags/list") ? content : "{}".getBytes(StandardCharsets.UTF_8));
            case CATALOG -> path.equals("/v2/_catalog") ? answer(200, content) : answer(404, new byte[0]);
            default -> answer(200, content);
        };
    }

    private static Response answer(int status, byte[] body, String... field) {
        Headers headers = field.length == 0 ? Headers.NONE : Headers.NONE.with(field[0], field[1]);
        return FakeTransport.answer(status, headers, new ByteArrayInputStream(body));
    }

    private interface Attempt {
        void make() throws Exception;
    }

    private static void refusable(Class<? extends RuntimeException> refusal, Attempt attempt) throws Exception {
        try {
            attempt.make();
        } catch (RuntimeException e) {
            if (!refusal.isInstance(e) || e instanceof UncheckedIOException) {
                throw e;
            }
            if (String.valueOf(e.getMessage()).length() > 2000) {
                throw new AssertionError("a message that nobody reads", e);
            }
        }
    }

    private String text() {
        return new String(content, StandardCharsets.ISO_8859_1);
    }
}
