package io.github.gcrsync.testkit;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Routes each authorized request of a registry to its endpoint. */
final class RegistryRoutes implements WireServer.Handler {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

    private final RegistryOptions options;
    private final AtomicLong pulls = new AtomicLong();
    private final TokenService tokens;
    private final AccessControl access;
    private final ManifestEndpoint manifests;
    private final BlobEndpoint blobs;
    private final UploadEndpoint uploads;
    private final ListingEndpoint listings;
    private final WebApiEndpoint webApi;

    RegistryRoutes(RegistryOptions options, RegistryStore store, StorageHost storage, TokenService tokens) {
        this.options = options;
        this.tokens = tokens;
        this.access = new AccessControl(options, tokens);
        this.manifests = new ManifestEndpoint(options, store);
        this.blobs = new BlobEndpoint(options, store, storage);
        this.uploads = new UploadEndpoint(options, store);
        this.listings = new ListingEndpoint(options, store);
        this.webApi = new WebApiEndpoint(options, store);
    }

    @Override
    public Reply handle(Request request) throws IOException {
        Optional<Reply> web = webApi.handle(request);
        if (web.isPresent()) {
            return web.get();
        }
        Route route = Route.of(request.path());
        if (route instanceof Route.Token) {
            return tokens.handle(request);
        }
        Optional<Reply> refusal = access.refuse(request, route);
        if (refusal.isPresent()) {
            return version(refusal.get());
        }
        if (route instanceof Route.InRepository in
                && !NAME.matcher(in.repository()).matches()) {
            return version(Reply.error(400, "NAME_INVALID", in.repository()));
        }
        if (options.pullQuota < 0) {
            return version(reply(request, route));
        }
        boolean pull = route instanceof Route.Manifests && request.method().equals("GET");
        long left = options.pullQuota - (pull ? pulls.incrementAndGet() : pulls.get());
        Reply reply =
                left < 0 ? Reply.error(429, "TOOMANYREQUESTS", "the pull quota is used up") : reply(request, route);
        return version(reply)
                .header("RateLimit-Limit", options.pullQuota + ";w=21600")
                .header("RateLimit-Remaining", Math.max(0, left) + ";w=21600");
    }

    private Reply reply(Request request, Route route) throws IOException {
        return switch (route) {
            case Route.Root ignored -> Reply.of(200).json(Map.of());
            case Route.Catalog ignored -> listings.catalog(request);
            case Route.Tags tags -> listings.tags(request, tags.repository());
            case Route.Referrers of -> listings.referrers(request, of.repository(), of.digest());
            case Route.Manifests of -> manifests.handle(request, of.repository(), of.reference());
            case Route.Blobs of -> blobs.handle(request, of.repository(), of.digest());
            case Route.Uploads of -> uploads.handle(request, of.repository(), of.id());
            case Route.Token ignored -> Reply.error(404, "UNSUPPORTED", request.path());
            case Route.Nowhere ignored -> Reply.error(404, "UNSUPPORTED", request.path());
        };
    }

    private static Reply version(Reply reply) {
        return reply.header("Docker-Distribution-API-Version", "registry/2.0");
    }
}
