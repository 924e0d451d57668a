package gcrsync.engine;

import gcrsync.auth.Credentials;
import gcrsync.http.Proxy;
import gcrsync.http.RetryPolicy;
import gcrsync.http.TlsSettings;
import gcrsync.oci.Reference;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** How an {@link Engine} reaches registries. */
public final class EngineBuilder {
    Duration timeout = Duration.ofSeconds(10);
    Optional<Proxy> proxy = Optional.empty();
    TlsSettings tls = TlsSettings.SYSTEM;
    Credentials credentials = Credentials.NONE;
    RetryPolicy retries = RetryPolicy.DEFAULT;
    int connectionsPerHost = 64;
    String userAgent = "gcrsync";
    final Set<String> plainHttpHosts = new HashSet<>();

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

    /** At least twice the blobs in flight: a copy within one registry holds two connections to it. */
    public EngineBuilder connectionsPerHost(int connections) {
        this.connectionsPerHost = connections;
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

    public Engine build() {
        return new Engine(this);
    }
}
