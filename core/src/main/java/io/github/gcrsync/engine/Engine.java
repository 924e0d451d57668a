package io.github.gcrsync.engine;

import io.github.gcrsync.auth.AuthenticatingTransport;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.ImageLocation;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RedirectingTransport;
import io.github.gcrsync.http.RetryingTransport;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.http.limit.HostSlots;
import io.github.gcrsync.http.limit.LimitingTransport;
import io.github.gcrsync.http.limit.PacingTransport;
import io.github.gcrsync.http.limit.PortionTicker;
import io.github.gcrsync.http.limit.RateLimit;
import io.github.gcrsync.http.limit.ThrottlingTransport;
import io.github.gcrsync.http.tls.TlsProbe;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.registry.Access;
import io.github.gcrsync.registry.RegistryStore;
import io.github.gcrsync.registry.RemoteRegistry;
import io.github.gcrsync.registry.ecr.EcrImages;
import io.github.gcrsync.registry.ecr.EcrRepositories;
import io.github.gcrsync.registry.hosted.HostedApis;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Accesses registries and folders with shared connections, credentials and limits. Thread-safe; close it when done.
 *
 * {@snippet :
 * try (Engine engine = Engine.builder().build()) {
 *     engine.copy(Reference.parse("gcr.io/google-containers/pause:3.1"),
 *                 Reference.parse("registry.example.com/mirror/pause:3.1"));
 * }
 * }
 */
public final class Engine implements AutoCloseable {
    private final ApacheTransport http;
    private final PacingTransport pacing;
    private final Access access;
    private final Set<String> plainHttp;
    private final TlsSettings tls;
    private final Map<String, RemoteRegistry> registries = new ConcurrentHashMap<>();

    Engine(EngineBuilder settings) {
        this.plainHttp = Set.copyOf(settings.plainHttpHosts);
        this.tls = settings.tls;
        this.http = new ApacheTransport(new HttpSettings(
                settings.timeout,
                settings.proxy,
                settings.tls,
                settings.connectionsPerHost,
                settings.connections.orElse(4 * settings.connectionsPerHost),
                settings.userAgent));
        Ticker shared = new PortionTicker(Ticker.SYSTEM, settings.portion);
        Transport throttled = settings.bytesPerSecond.isEmpty()
                ? http
                : new ThrottlingTransport(http, settings.bytesPerSecond.getAsLong(), shared);
        this.pacing = new PacingTransport(throttled, settings.requestsPerSecond, Ticker.SYSTEM, shared);
        HostSlots slots = new HostSlots(settings.connectionsPerHost, settings.portion);
        Transport limited = new LimitingTransport(pacing, slots);
        Transport forTokens =
                // Token requests take no slot: a request that needs a token may already hold one, and would wait for
                // itself.
                new RetryingTransport(new RedirectingTransport(pacing), settings.retries, InstantSource.system());
        Access.Creation creation = settings.environmentForCreation
                .<Access.Creation>map(variables -> new EcrRepositories(forTokens, variables, InstantSource.system()))
                .orElse((host, name) -> false);
        // Every hop of a redirect is authenticated separately: a challenge of the redirect's target does not concern
        // the registry, whose credentials the target must not get.
        AuthenticatingTransport authenticating = new AuthenticatingTransport(
                limited,
                forTokens,
                settings.credentials,
                InstantSource.system(),
                host -> Addresses.isLoopback(host) || plainHttp.contains(host));
        Transport hops = new RedirectingTransport(authenticating);
        HostedApis webApis = new HostedApis(
                authenticating::sendToWebApi,
                authenticating::challenge,
                host -> EcrImages.of(host, settings.awsEnvironment, InstantSource.system()));
        this.access = new Access(
                new RetryingTransport(hops, settings.retries, InstantSource.system()),
                slots,
                settings.retries,
                settings.commitTimeout,
                creation,
                webApis,
                settings.journal);
    }

    /**
     * Creates a builder with the defaults: a timeout of ten seconds, no credentials, plain HTTP only for loopback
     * hosts.
     */
    public static EngineBuilder builder() {
        return new EngineBuilder();
    }

    /**
     * Returns the registry with that name; always the same object, which shares what it has learned about the registry.
     *
     * @throws IllegalArgumentException if the name is not {@code host[:port]}
     */
    public RemoteRegistry registry(String host) {
        return registries.computeIfAbsent(
                Reference.canonicalHost(host), h -> new RemoteRegistry(h, isPlain(h), access));
    }

    /**
     * Opens a store. Each call opens a new view of a folder; the opened store caches which images are complete.
     *
     * @param requestsInFlight most requests in flight while the store is listed
     * @param hashed whether blobs of a folder are verified by digest, not only by size
     */
    public Store open(Location location, int requestsInFlight, boolean hashed) {
        return switch (location) {
            case Location.Folder(Path path) -> hashed ? OciLayouts.hashing(path) : OciLayouts.at(path);
            case Location.Registry place -> new RegistryStore(registry(place.host()), place, requestsInFlight);
        };
    }

    /**
     * Returns the registry's last reported pull quota; if there is none, asks a registry that is known to count pulls,
     * which costs a request but no pull. Empty for registries without a quota.
     */
    public Optional<RateLimit> pullQuota(String host) {
        return lastPullQuota(host).or(() -> askedPullQuota(host));
    }

    /** Asks a registry that is known to count pulls for its quota; returns the last known quota if that fails. */
    public Optional<RateLimit> askedPullQuota(String host) {
        RemoteRegistry registry = registry(host);
        if (registry.countsPulls()) {
            registry.askForQuota();
        }
        return pacing.lastSeen(registry.authority());
    }

    /** Returns the last reported pull quota, without a request. */
    public Optional<RateLimit> lastPullQuota(String host) {
        return pacing.lastSeen(registry(host).authority());
    }

    /** The number of requests sent so far by {@code host[:port]}, including retries, redirects and token requests. */
    public Map<String, Long> requests() {
        return pacing.requests();
    }

    /** The same by host and class of the status, such as {@code 2xx}; {@code error} without an answer. */
    public Map<String, Map<String, Long>> answers() {
        return pacing.answers();
    }

    /** Registries on this machine usually do without TLS, except those with configured certificates. */
    private boolean isPlain(String host) {
        if (plainHttp.contains(host) || !Addresses.isLoopback(host)) {
            return plainHttp.contains(host);
        }
        return !tls.mentions(host) && (tls.authorities().isEmpty() || !new TlsProbe(http).speaksTls(host));
    }

    public Repository repository(Reference reference) {
        return registry(reference.registry()).repository(reference.repository());
    }

    /** Opens the repository with the image. A folder is one OCI image layout, which the first write creates. */
    public Repository repository(ImageLocation image) {
        return switch (image) {
            case ImageLocation.InRegistry(Reference reference) -> repository(reference);
            case ImageLocation.InLayout layout -> OciLayouts.layout(layout.folder());
        };
    }

    /** Opens the repository to copy the image from. What is missing or damaged in a folder is an error. */
    public ImageSource source(ImageLocation image) {
        return image instanceof ImageLocation.InLayout layout
                ? OciLayouts.sourceLayout(layout.folder())
                : repository(image);
    }

    /**
     * Returns the location with the tag or digest that it implies if it has neither: {@code latest} in a registry, the
     * only image in a folder.
     *
     * @throws io.github.gcrsync.content.ContentException if the folder does not hold exactly one image
     */
    public ImageLocation completed(ImageLocation image) {
        if (image.tag().isPresent() || image.digest().isPresent()) {
            return image;
        }
        return switch (image) {
            case ImageLocation.InRegistry registry -> registry.withTag("latest");
            case ImageLocation.InLayout layout -> {
                String only = OciLayouts.onlyImage(layout.folder());
                yield Digest.parse(only)
                        .<ImageLocation>map(digest ->
                                new ImageLocation.InLayout(layout.folder(), Optional.empty(), Optional.of(digest)))
                        .orElseGet(() -> layout.withTag(only));
            }
        };
    }

    /**
     * Copies one image with all its platforms; bytes and digests stay unchanged.
     *
     * @return the descriptor of the image at the destination
     * @throws io.github.gcrsync.copy.CopyException with the side at fault and the reason
     */
    public Descriptor copy(Reference from, Reference to) {
        return copy(from, to, CopyOptions.defaults());
    }

    /**
     * Copies one image with options.
     *
     * @throws io.github.gcrsync.copy.CopyException with the side at fault and the reason
     * @throws io.github.gcrsync.copy.StoppedException if the stop signal was given before the end
     */
    public Descriptor copy(Reference from, Reference to, CopyOptions options) {
        return copy(repository(from), from.tagOrDigest(), repository(to), to.tagOrDigest(), options);
    }

    /** Copies one image between any two repositories, such as one of a registry and one of a folder. */
    public Descriptor copy(
            ImageSource source, String from, ImageDestination destination, String to, CopyOptions options) {
        return new Copier(options).copy(source, from, destination, to, true);
    }

    /** The number of connections that currently serve a request, over all registries. */
    int connectionsInUse() {
        return http.connectionsInUse();
    }

    @Override
    public void close() {
        access.transport().close();
    }
}
