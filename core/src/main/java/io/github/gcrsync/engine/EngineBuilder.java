package io.github.gcrsync.engine;

import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.client.Proxy;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.registry.UploadJournal;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** How an {@link Engine} reaches registries. */
public final class EngineBuilder {
    /** What {@link #commitTimeout} is without being set. */
    public static final Duration COMMIT_TIMEOUT = Duration.ofMinutes(5);

    Duration timeout = Duration.ofSeconds(10);
    Optional<Proxy> proxy = Optional.empty();
    TlsSettings tls = TlsSettings.SYSTEM;
    Credentials credentials = Credentials.NONE;
    RetryPolicy retries = RetryPolicy.DEFAULT;
    Duration commitTimeout = COMMIT_TIMEOUT;
    int connectionsPerHost = 64;
    OptionalInt connections = OptionalInt.empty();
    String userAgent = "gcrsync";
    final Set<String> plainHttpHosts = new HashSet<>();
    OptionalLong bytesPerSecond = OptionalLong.empty();
    final Map<String, Integer> requestsPerSecond = new HashMap<>();
    Optional<Map<String, String>> environmentForCreation = Optional.empty();
    UploadJournal journal = UploadJournal.NONE;

    EngineBuilder() {}

    /** To connect, to the first byte of an answer, and between two bytes of it. */
    public EngineBuilder timeout(Duration limit) {
        this.timeout = limit;
        return this;
    }

    /** For all hosts; without one, the environment's HTTP_PROXY, HTTPS_PROXY and NO_PROXY count. */
    public EngineBuilder proxy(Optional<Proxy> server) {
        this.proxy = server;
        return this;
    }

    /** Whom to trust besides the system's authorities, and client certificates; certificates are read when TLS is used. */
    public EngineBuilder tls(TlsSettings settings) {
        this.tls = settings;
        return this;
    }

    public EngineBuilder credentials(Credentials known) {
        this.credentials = known;
        return this;
    }

    public EngineBuilder retries(RetryPolicy policy) {
        this.retries = policy;
        return this;
    }

    /** To the answer to what was written: a registry may verify and move a blob before it answers. */
    public EngineBuilder commitTimeout(Duration limit) {
        this.commitTimeout = limit;
        return this;
    }

    /** At least twice the blobs in flight: a copy within one registry holds two connections to it. */
    public EngineBuilder connectionsPerHost(int connections) {
        this.connectionsPerHost = connections;
        return this;
    }

    /** To all hosts together; without it, enough for four. For processes that may open few files. */
    public EngineBuilder connections(int most) {
        this.connections = OptionalInt.of(most);
        return this;
    }

    public EngineBuilder userAgent(String product) {
        this.userAgent = product;
        return this;
    }

    /** A host, {@code name[:port]}, that speaks HTTP without TLS; loopback hosts need not be named. */
    public EngineBuilder plainHttp(String host) {
        plainHttpHosts.add(Reference.canonicalHost(Reference.checkedHost(host)));
        return this;
    }

    /** Over all connections together, in each direction; more than 0. */
    public EngineBuilder maxRate(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a rate must be more than nothing");
        }
        this.bytesPerSecond = OptionalLong.of(bytes);
        return this;
    }

    /** At most so many requests in a second to that host, {@code name[:port]}; at least 1. */
    public EngineBuilder requestsPerSecond(String host, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("at least one request per second is needed");
        }
        String canonical = Reference.canonicalHost(Reference.checkedHost(host));
        requestsPerSecond.put(canonical.equals("docker.io") ? "registry-1.docker.io" : canonical, most);
        return this;
    }

    /**
     * Has repositories of Amazon ECR created that a push finds missing.
     *
     * @param variables as the environment's: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
     */
    public EngineBuilder createRepositories(Map<String, String> variables) {
        this.environmentForCreation = Optional.of(Map.copyOf(variables));
        return this;
    }

    /** Where uploads of large blobs are remembered, so that one that a dead process has begun is gone on with. */
    public EngineBuilder uploadJournal(UploadJournal kept) {
        this.journal = kept;
        return this;
    }

    public Engine build() {
        return new Engine(this);
    }
}
