package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.auth.Challenge;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.Transport;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The web APIs of the registries of one engine. No registry is probed for one. */
public final class HostedApis {
    private final Transport transport;
    private final Function<String, Optional<Challenge>> challenges;
    private final Function<String, Optional<HostedApi>> ecr;
    private final Map<String, HostedListing> known = new ConcurrentHashMap<>();

    /** The kinds of registries that are known by their name. */
    public enum Kind {
        HUB,
        QUAY,
        OTHER
    }

    /**
     * @param transport sends each request once and follows no redirect; a request with scopes carries the password of its
     *     host by Basic authentication, if there is one
     * @param challenges the last challenge of a server, {@code host[:port]}
     * @param ecr the API of a registry, {@code host[:port]}, if it is Amazon ECR and there are keys for it
     */
    public HostedApis(
            Transport transport,
            Function<String, Optional<Challenge>> challenges,
            Function<String, Optional<HostedApi>> ecr) {
        this.transport = transport;
        this.challenges = challenges;
        this.ecr = ecr;
    }

    /**
     * Returns the registry's API, always the same object.
     *
     * @param host the registry, {@code host[:port]}
     * @param base address of its server
     * @param site address of Docker Hub's web site
     */
    public Optional<HostedListing> of(String host, URI base, Kind kind, URI site) {
        HostedListing listing = known.get(host);
        if (listing != null) {
            return Optional.of(listing);
        }
        Optional<HostedApi> api = switch (kind) {
            case HUB -> Optional.of(new DockerHub(site));
            case QUAY -> Optional.of(new Quay(base));
            case OTHER -> isHarbor(base) ? Optional.of(new Harbor(base)) : ecr.apply(host);
        };
        return api.map(
                found -> known.computeIfAbsent(host, h -> new HostedListing(found, h, transport, Ticker.SYSTEM)));
    }

    private boolean isHarbor(URI base) {
        return challenges
                .apply(Addresses.authority(base))
                .filter(challenge -> challenge.scheme().equals("bearer"))
                .flatMap(challenge -> challenge.parameter("service"))
                .filter(Harbor.SERVICE::equals)
                .isPresent();
    }
}
