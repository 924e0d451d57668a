package io.github.gcrsync.testkit;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** How a {@link TestRegistry} behaves; everything is as the OCI distribution spec has it unless told otherwise here. */
public final class RegistryOptions {
    boolean gcrListing;
    int pageSize = 1000;
    boolean links = true;
    boolean mounts = true;
    boolean mountNeedsManifest;
    boolean redirectBlobs;
    boolean relativeLocations;
    boolean locationWithQuery;
    List<User> basicUsers = List.of();
    List<User> bearerUsers = List.of();
    boolean bearer;
    Duration tokenLifetime = Duration.ofMinutes(5);
    boolean anonymousPull = true;
    boolean referrersApi = true;
    boolean catalog = true;
    boolean patchAllowed = true;
    int bytesInPut = 201;
    String bytesInPutCode = "";
    long maxPutSize = Long.MAX_VALUE;
    long maxPatchSize = Long.MAX_VALUE;
    long chunkMinLength;
    boolean requireRepositoryExists;
    long pullQuota = -1;
    boolean foreignDigestHeader;
    String manifestType = "";
    boolean ranges = true;
    String scheme = "http";
    ServerSocketFactory sockets = ServerSocketFactory.getDefault();

    RegistryOptions() {}

    /** tags/list also carries child and manifest, in one page, as gcr.io and Artifact Registry answer. */
    public RegistryOptions gcrListing(boolean on) {
        gcrListing = on;
        return this;
    }

    /** Most entries in one page of tags/list, _catalog and referrers, whatever the client asks for. */
    public RegistryOptions pageSize(int names) {
        pageSize = names;
        return this;
    }

    /** Without links, a page is cut without a word, as by go-containerregistry's registry. */
    public RegistryOptions links(boolean on) {
        links = on;
        return this;
    }

    /** Without mounts, a mount is answered 202 with an upload session. */
    public RegistryOptions mounts(boolean on) {
        mounts = on;
        return this;
    }

    /** A blob is mounted only from a repository with a manifest that names it, as reported of ECR. */
    public RegistryOptions mountNeedsManifest(boolean on) {
        mountNeedsManifest = on;
        return this;
    }

    /** Blobs are answered 307 to a storage host, which refuses requests that carry Authorization, as S3 does. */
    public RegistryOptions redirectBlobs(boolean on) {
        redirectBlobs = on;
        return this;
    }

    /** Location headers without scheme and host. */
    public RegistryOptions relativeLocations(boolean on) {
        relativeLocations = on;
        return this;
    }

    /** Upload locations carry a query that changes with every chunk and must come back. */
    public RegistryOptions locationWithQuery(boolean on) {
        locationWithQuery = on;
        return this;
    }

    public RegistryOptions basicAuth(String user, String password) {
        basicUsers = List.of(new User(user, password));
        return this;
    }

    /** Tokens from the registry's own endpoint /token, by GET and by OAuth2 POST; the lifetime is told in whole seconds. */
    public RegistryOptions bearerAuth(Duration lifetime, User... users) {
        bearer = true;
        tokenLifetime = lifetime;
        bearerUsers = List.of(users);
        return this;
    }

    /** Whether the token endpoint grants pull without credentials (yes by default). */
    public RegistryOptions anonymousPull(boolean on) {
        anonymousPull = on;
        return this;
    }

    public RegistryOptions referrersApi(boolean on) {
        referrersApi = on;
        return this;
    }

    public RegistryOptions catalog(boolean on) {
        catalog = on;
        return this;
    }

    /** Without it PATCH is answered 405. */
    public RegistryOptions patchAllowed(boolean on) {
        patchAllowed = on;
        return this;
    }

    /** A PUT with bytes is refused like this, as by a registry that takes them by PATCH only. */
    public RegistryOptions refuseBytesInPut(int status, String code) {
        bytesInPut = status;
        bytesInPutCode = code;
        return this;
    }

    /** A longer body of one PUT (or of a single POST) is answered 413; PATCH is not limited. */
    public RegistryOptions maxPutSize(long bytes) {
        maxPutSize = bytes;
        return this;
    }

    /** A longer body of one PATCH is answered 413, as by a proxy that bounds all bodies. */
    public RegistryOptions maxPatchSize(long bytes) {
        maxPatchSize = bytes;
        return this;
    }

    /** Told as OCI-Chunk-Min-Length; a shorter PATCH that another PATCH follows is answered 416. */
    public RegistryOptions chunkMinLength(long bytes) {
        chunkMinLength = bytes;
        return this;
    }

    /**
     * So many manifests can be got, then 429; every answer tells what is left, for a window of six hours, in Docker Hub's
     * headers (which the Hub itself only sends with manifests).
     */
    public RegistryOptions pullQuota(long manifests) {
        pullQuota = manifests;
        return this;
    }

    /** Pushing to a repository that {@link TestRegistry#createRepository} did not make is answered 404. */
    public RegistryOptions requireRepositoryExists(boolean on) {
        requireRepositoryExists = on;
        return this;
    }

    /** Docker-Content-Digest of manifests and blobs is one of other content. */
    public RegistryOptions foreignDigestHeader(boolean on) {
        foreignDigestHeader = on;
        return this;
    }

    /** Every manifest is served with this Content-Type instead of its own, as by a registry of plain files. */
    public RegistryOptions manifestType(String type) {
        manifestType = type;
        return this;
    }

    /** Without it Range is ignored and the whole blob answered. */
    public RegistryOptions ranges(boolean on) {
        ranges = on;
        return this;
    }

    /** Serves HTTPS with the context's key. */
    public RegistryOptions tls(SSLContext context) {
        sockets = context.getServerSocketFactory();
        scheme = "https";
        return this;
    }

    /** Serves HTTPS with the key of the context that is given for each connection. */
    public RegistryOptions tls(Supplier<SSLContext> current) {
        sockets = new TlsSockets(current);
        scheme = "https";
        return this;
    }

    /** A Location header's value: relative, or absolute at the host that the client named. */
    String location(String pathAndQuery, Request request) {
        return relativeLocations
                ? pathAndQuery
                : scheme + "://" + request.headers().first("Host") + pathAndQuery;
    }

    public TestRegistry start() {
        return TestRegistry.start(this);
    }
}
