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
import java.util.function.DoubleSupplier;

/** Configures how an {@link Engine} connects to registries. */
public final class EngineBuilder {
    /** The default of {@link #commitTimeout}. */
    public static final Duration COMMIT_TIMEOUT = Duration.ofMinutes(5);

    private static final double LEAST_PORTION = 0.001;

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
    DoubleSupplier portion = () -> 1;
    Optional<Map<String, String>> environmentForCreation = Optional.empty();
    Map<String, String> awsEnvironment = Map.of();
    UploadJournal journal = UploadJournal.NONE;

    EngineBuilder() {}

    /** Limits the time to connect, to the first byte of an answer, and between two reads of it. Default: 10 seconds. */
    public EngineBuilder timeout(Duration limit) {
        this.timeout = limit;
        return this;
    }

    /**
     * Sets the proxy for all hosts; without one, HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment
     * apply.
     */
    public EngineBuilder proxy(Optional<Proxy> server) {
        this.proxy = server;
        return this;
    }

    /** Adds certificate authorities to the system's, and client certificates; files are read when TLS is first used. */
    public EngineBuilder tls(TlsSettings settings) {
        this.tls = settings;
        return this;
    }

    public EngineBuilder credentials(Credentials credentials) {
        this.credentials = credentials;
        return this;
    }

    public EngineBuilder retries(RetryPolicy policy) {
        this.retries = policy;
        return this;
    }

    /** Limits the wait for the answer to an upload: a registry may verify and move a blob before it answers. */
    public EngineBuilder commitTimeout(Duration limit) {
        this.commitTimeout = limit;
        return this;
    }

    /** Must be at least twice the blobs in flight, because a copy within one registry holds two connections to it. */
    public EngineBuilder connectionsPerHost(int connections) {
        this.connectionsPerHost = connections;
        return this;
    }

    /**
     * Limits the connections to all hosts together, for processes that may open few files. Default: enough for four
     * hosts.
     */
    public EngineBuilder connections(int most) {
        this.connections = OptionalInt.of(most);
        return this;
    }

    public EngineBuilder userAgent(String product) {
        this.userAgent = product;
        return this;
    }

    /** Allows HTTP without TLS for a host, {@code name[:port]}; not needed for loopback hosts. */
    public EngineBuilder plainHttp(String host) {
        plainHttpHosts.add(Reference.canonicalHost(Reference.checkedHost(host)));
        return this;
    }

    /** Limits the bytes per second in each direction, over all connections; must be positive. */
    public EngineBuilder maxRate(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("the rate must be positive");
        }
        this.bytesPerSecond = OptionalLong.of(bytes);
        return this;
    }

    /** Limits the requests per second to a host, {@code name[:port]}; at least 1. */
    public EngineBuilder requestsPerSecond(String host, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("the rate must be at least one request per second");
        }
        String canonical = Reference.canonicalHost(Reference.checkedHost(host));
        requestsPerSecond.put(canonical.equals("docker.io") ? "registry-1.docker.io" : canonical, most);
        return this;
    }

    /**
     * Sets the portion of the limits that applies to this process, for several processes that share them:
     * {@link #connectionsPerHost}, {@link #requestsPerSecond} and {@link #maxRate}. A changed portion applies within a
     * second; requests in flight end as usual. At least two requests to a host may always be in flight, because a copy
     * within one registry needs them. Default: all.
     *
     * @param current answers at once, from any thread; from 0.001 to 1, other values count as the nearest of these
     */
    public EngineBuilder portion(DoubleSupplier current) {
        this.portion = () -> {
            double value = current.getAsDouble();
            return value > LEAST_PORTION ? Math.min(value, 1) : LEAST_PORTION;
        };
        return this;
    }

    /**
     * Creates missing repositories of Amazon ECR on push.
     *
     * @param variables environment variables, such as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
     */
    public EngineBuilder createRepositories(Map<String, String> variables) {
        this.environmentForCreation = Optional.of(Map.copyOf(variables));
        return this;
    }

    /**
     * Lists the tags of Amazon ECR with digests and push dates through its API, if there are keys for it.
     *
     * @param variables environment variables, such as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
     */
    public EngineBuilder awsEnvironment(Map<String, String> variables) {
        this.awsEnvironment = Map.copyOf(variables);
        return this;
    }

    /** Sets the journal that records uploads of large blobs, so that a later process can resume them. */
    public EngineBuilder uploadJournal(UploadJournal journal) {
        this.journal = journal;
        return this;
    }

    public Engine build() {
        return new Engine(this);
    }
}
