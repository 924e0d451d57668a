package io.github.gcrsync.testkit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A front for a registry that answers tags/list like gcr.io (child, manifest, tags) and forwards everything else. Its
 * own requests for a listing are not logged. The times in its listings are "0", because registries do not report them.
 */
public final class GcrFront implements AutoCloseable {
    private final Faults faults = new Faults();
    private final Map<String, byte[]> listings = new ConcurrentHashMap<>();
    private final Map<String, List<String>> catalogs = new ConcurrentHashMap<>();
    private final Upstream upstream;
    private final WireServer server;
    private volatile boolean frozen;

    private GcrFront(String behind) {
        this.upstream = new Upstream(behind);
        this.server =
                WireServer.start(javax.net.ServerSocketFactory.getDefault(), new RequestLog(), faults, this::handle);
    }

    /** Starts in front of a plain HTTP registry at HOST:PORT. */
    public static GcrFront inFrontOf(String host) {
        return new GcrFront(host);
    }

    /**
     * Caches every listing from now on, to measure clients without the cost of creating listings. Called again, it drops
     * those that it has.
     */
    public GcrFront freeze() {
        listings.clear();
        catalogs.clear();
        frozen = true;
        return this;
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return server.host();
    }

    public RequestLog log() {
        return server.log;
    }

    public void fault(Fault fault) {
        faults.add(fault);
    }

    public void clearFaults() {
        faults.clear();
    }

    private Reply handle(Request request) throws IOException {
        try {
            return request.method().equals("GET") && Route.of(request.path()) instanceof Route.Tags tags
                    ? listing(request, tags.repository())
                    : upstream.passOn(request, host());
        } catch (RegistryReader.RefusedException e) {
            return e.reply();
        }
    }

    private Reply listing(Request request, String name) throws IOException {
        byte[] kept = listings.get(name);
        if (frozen && kept != null) {
            return Reply.of(200).body("application/json", kept);
        }
        Headers credentials = new Headers();
        request.headers().all("Authorization").forEach(value -> credentials.add("Authorization", value));
        credentials.set("Host", request.headers().first("Host"));
        RegistryReader registry = new RegistryReader(upstream.client(), credentials);
        List<String> repositories = repositories(registry);
        GcrListing listing = new GcrListingMaker(registry, name).make(repositories);
        if (listing.empty() && !repositories.contains(name)) {
            return Reply.error(404, "NAME_UNKNOWN", "the repository " + name + " does not exist");
        }
        byte[] json = listing.json();
        if (frozen) {
            listings.put(name, json);
        }
        return Reply.of(200).body("application/json", json);
    }

    private List<String> repositories(RegistryReader registry) throws IOException {
        List<String> kept = catalogs.get("all");
        if (frozen && kept != null) {
            return kept;
        }
        List<String> repositories = registry.names("/v2/_catalog", "repositories");
        if (frozen) {
            catalogs.put("all", repositories);
        }
        return repositories;
    }

    @Override
    public void close() {
        server.close();
        upstream.close();
    }
}
