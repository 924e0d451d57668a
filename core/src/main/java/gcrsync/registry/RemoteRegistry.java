package gcrsync.registry;

import gcrsync.content.Repository;
import gcrsync.http.Request;
import gcrsync.http.Transport;
import gcrsync.oci.Digest;
import gcrsync.oci.Reference;
import gcrsync.oci.RepositoryName;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One registry: its address, and what this run has learned of where its blobs lie. */
public final class RemoteRegistry {
    private final String host;
    private final URI base;
    private final Transport transport;
    private final BlobPlaces places = new BlobPlaces();
    private final Quirks quirks = new Quirks();
    private final Map<RepositoryName, RemoteRepository> repositories = new ConcurrentHashMap<>();

    /**
     * @param host {@code host[:port]} as users name it; Docker Hub's names all lead to its one API host
     * @param transport authenticates, follows redirects and retries
     */
    public RemoteRegistry(String host, boolean plainHttp, Transport transport) {
        this.host = Reference.canonicalHost(Reference.checkedHost(host));
        String server = this.host.equals("docker.io") ? "registry-1.docker.io" : this.host;
        this.base = URI.create((plainHttp ? "http://" : "https://") + server);
        this.transport = transport;
    }

    public Repository repository(RepositoryName name) {
        return repositories.computeIfAbsent(name, n -> new RemoteRepository(this, n));
    }

    /** A namespace of this registry, to be listed. */
    public NamespaceListing namespace(RepositoryName name, int requestsInFlight) {
        return new NamespaceListing(this, name, requestsInFlight);
    }

    public String host() {
        return host;
    }

    Transport transport() {
        return transport;
    }

    BlobPlaces places() {
        return places;
    }

    Quirks quirks() {
        return quirks;
    }

    URI uri(String pathAndQuery) {
        return base.resolve(pathAndQuery);
    }

    /** Which repositories hold which blobs, as confirmed by the registry during this run. */
    static final class BlobPlaces {
        private final Map<Digest, RepositoryName> homes = new ConcurrentHashMap<>();

        void confirmed(Digest blob, RepositoryName home) {
            homes.putIfAbsent(blob, home);
        }

        void gone(Digest blob) {
            homes.remove(blob);
        }

        Optional<RepositoryName> home(Digest blob) {
            return Optional.ofNullable(homes.get(blob));
        }
    }

    /** Ways of this registry that showed themselves during the run. */
    static final class Quirks {
        private volatile boolean refusesMounts;

        boolean refusesMounts() {
            return refusesMounts;
        }

        void learnedThatMountsAreRefused() {
            refusesMounts = true;
        }
    }

    static Request pull(Request request, RepositoryName repository) {
        return request.withScopes(java.util.List.of(Scopes.pull(repository)));
    }
}
