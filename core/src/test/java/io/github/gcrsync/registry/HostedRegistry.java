package io.github.gcrsync.registry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.gcrsync.auth.Credential;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.HostedListing;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import io.github.gcrsync.testkit.WebApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/** An emulation of a hosted registry, opened as a store that recognizes it, with the warnings about its web API. */
final class HostedRegistry implements AutoCloseable {
    static final RepositoryName A = new RepositoryName("ns/a");
    static final RepositoryName B = new RepositoryName("ns/b");

    private static final String USER = "robot$a";
    private static final Duration LONG = Duration.ofSeconds(20);

    final TestRegistry server;
    final Store store;
    final TagDetails.Way way;
    private final String apiPath;
    private final Runnable client;
    private final Logger log = (Logger) LoggerFactory.getLogger(HostedListing.class);
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    private record Opened(Store store, Runnable client) {}

    private HostedRegistry(TestRegistry server, Opened opened, TagDetails.Way way, String apiPath) {
        this.server = server;
        this.store = opened.store();
        this.client = opened.client();
        this.way = way;
        this.apiPath = apiPath;
        said.start();
        log.addAppender(said);
    }

    static HostedRegistry of(WebApi kind) {
        return of(kind, options -> {}, LONG);
    }

    /** @param timeout of each request */
    static HostedRegistry of(WebApi kind, Consumer<RegistryOptions> more, Duration timeout) {
        RegistryOptions options = TestRegistry.builder().webApi(kind);
        if (kind == WebApi.HARBOR) {
            options.bearerAuth(Duration.ofMinutes(5), new User(USER, "secret"));
        }
        more.accept(options);
        TestRegistry server = options.start();
        return switch (kind) {
            case NONE -> new HostedRegistry(server, byEngine(server, timeout, Map.of()), TagDetails.Way.HEAD, "^/api/");
            case DOCKER_HUB ->
                new HostedRegistry(
                        server,
                        byTrait(server, Quirks.Trait.HUB_API, timeout),
                        TagDetails.Way.DOCKER_HUB,
                        "^/v2/namespaces/");
            case QUAY ->
                new HostedRegistry(
                        server,
                        byTrait(server, Quirks.Trait.QUAY_API, timeout),
                        TagDetails.Way.QUAY,
                        "^/api/v1/repository/");
            case HARBOR ->
                new HostedRegistry(
                        server, byEngine(server, timeout, Map.of()), TagDetails.Way.HARBOR, "^/api/v2.0/projects/ns/");
            case ECR -> new HostedRegistry(server, byEngine(server, timeout, aws(server)), TagDetails.Way.ECR, "^/$");
        };
    }

    private static Opened byTrait(TestRegistry server, Quirks.Trait trait, Duration timeout) {
        ApacheTransport http =
                new ApacheTransport(new HttpSettings(timeout, Optional.empty(), TlsSettings.SYSTEM, 8, "test"));
        Quirks quirks = new Quirks(
                Quirks.TABLE.stream().filter(line -> line.trait() == trait).toList());
        RemoteRegistry registry = new RemoteRegistry(server.host(), true, Registries.access(http), quirks);
        return new Opened(new RegistryStore(registry, place(server), 4), http::close);
    }

    private static Opened byEngine(TestRegistry server, Duration timeout, Map<String, String> aws) {
        Engine engine = Registries.engine()
                .timeout(timeout)
                .credentials(Credentials.of(server.host(), Credential.password(USER, "secret")))
                .awsEnvironment(aws)
                .build();
        return new Opened(engine.open(place(server), 4, false), engine::close);
    }

    private static Map<String, String> aws(TestRegistry server) {
        return Map.of(
                "AWS_ACCESS_KEY_ID",
                "k",
                "AWS_SECRET_ACCESS_KEY",
                "s",
                "AWS_ENDPOINT_URL_ECR",
                "http://" + server.host());
    }

    private static Location.Registry place(TestRegistry server) {
        return (Location.Registry) Location.parse(server.host() + "/ns");
    }

    /** Pushes images with the tags t0, t1, ... and returns the tags. */
    List<String> push(RepositoryName repository, int count) {
        List<String> tags = IntStream.range(0, count).mapToObj(i -> "t" + i).toList();
        for (int i = 0; i < count; i++) {
            server.put(repository.value(), tags.get(i), SampleImages.artifact(i, "application/vnd.example"));
        }
        return tags;
    }

    /** The true digests of these tags. */
    Map<String, Digest> digests(RepositoryName repository, List<String> tags) {
        Map<String, Digest> digests = new TreeMap<>();
        tags.forEach(tag -> digests.put(tag, new Digest(server.manifestDigest(repository.value(), tag))));
        return digests;
    }

    static Map<String, Digest> digests(TagDetails details) {
        Map<String, Digest> digests = new TreeMap<>();
        details.tags().forEach((tag, known) -> known.digest().ifPresent(digest -> digests.put(tag, digest)));
        return digests;
    }

    /** The requests to the web API. */
    int api() {
        return server.log().count("GET", apiPath) + server.log().count("POST", apiPath);
    }

    int heads() {
        return server.log().count("HEAD", "/manifests/");
    }

    int lists() {
        return server.log().count("GET", "/tags/list$");
    }

    int pulls() {
        return server.log().count("GET", "/manifests/");
    }

    String apiPath() {
        return apiPath;
    }

    List<String> warnings() {
        return said.list.stream()
                .filter(event -> event.getLevel() == ch.qos.logback.classic.Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .filter(text -> text.contains(server.host()))
                .toList();
    }

    @Override
    public void close() {
        log.detachAppender(said);
        client.run();
        server.close();
    }
}
