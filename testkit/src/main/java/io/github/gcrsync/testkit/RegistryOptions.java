package io.github.gcrsync.testkit;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** The behavior of a {@link TestRegistry}; the default is that of the OCI distribution specification. */
public final class RegistryOptions {
    boolean gcrListing;
    WebApi webApi = WebApi.NONE;
    String tagsWithoutDigest = "";
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
    boolean sparseIndexes;
    boolean foreignDigestHeader;
    String manifestType = "";
    boolean ranges = true;
    boolean deletes = true;
    int tagOverwrite = 201;
    String tagOverwriteCode = "";
    String tagOverwriteMessage = "";
    int tagDeletion = 202;
    String tagDeletionCode = "";
    String scheme = "http";
    ServerSocketFactory sockets = ServerSocketFactory.getDefault();

    RegistryOptions() {}

    /** Adds child and manifest to tags/list, in one page, like gcr.io and Artifact Registry. */
    public RegistryOptions gcrListing(boolean on) {
        gcrListing = on;
        return this;
    }

    /** Also serves the web API of a hosted registry, from the same content. */
    public RegistryOptions webApi(WebApi kind) {
        webApi = kind;
        return this;
    }

    /** Omits the digests of tags that match a regular expression from the web API, as Docker Hub does for old tags. */
    public RegistryOptions tagsWithoutDigest(String regex) {
        tagsWithoutDigest = regex;
        return this;
    }

    /** Limits the page size of tags/list, _catalog and referrers, whatever the client asks for. */
    public RegistryOptions pageSize(int names) {
        pageSize = names;
        return this;
    }

    /** Without links, pages are silently truncated, as by go-containerregistry's registry. */
    public RegistryOptions links(boolean on) {
        links = on;
        return this;
    }

    /** Without mounts, a mount is answered 202 with an upload session. */
    public RegistryOptions mounts(boolean on) {
        mounts = on;
        return this;
    }

    /** Mounts a blob only from a repository with a manifest that names it, as reported for ECR. */
    public RegistryOptions mountNeedsManifest(boolean on) {
        mountNeedsManifest = on;
        return this;
    }

    /** Redirects blobs (307) to a storage host, which refuses requests with Authorization, like S3. */
    public RegistryOptions redirectBlobs(boolean on) {
        redirectBlobs = on;
        return this;
    }

    /** Sends Location headers without scheme and host. */
    public RegistryOptions relativeLocations(boolean on) {
        relativeLocations = on;
        return this;
    }

    /** Adds a query to upload locations that changes with every chunk and must be sent back. */
    public RegistryOptions locationWithQuery(boolean on) {
        locationWithQuery = on;
        return this;
    }

    public RegistryOptions basicAuth(String user, String password) {
        basicUsers = List.of(new User(user, password));
        return this;
    }

    /**
     * Requires tokens from the registry's own endpoint /token, by GET or OAuth2 POST; the lifetime is reported in whole
     * seconds.
     */
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

    /** Whether PATCH is allowed; otherwise it is answered 405. */
    public RegistryOptions patchAllowed(boolean on) {
        patchAllowed = on;
        return this;
    }

    /** Refuses a PUT with bytes like this, as registries do that accept bytes only by PATCH. */
    public RegistryOptions refuseBytesInPut(int status, String code) {
        bytesInPut = status;
        bytesInPutCode = code;
        return this;
    }

    /** Answers 413 to a longer body of a PUT (or of a single POST); does not limit PATCH. */
    public RegistryOptions maxPutSize(long bytes) {
        maxPutSize = bytes;
        return this;
    }

    /** Answers 413 to a longer body of a PATCH, like a proxy that limits all bodies. */
    public RegistryOptions maxPatchSize(long bytes) {
        maxPatchSize = bytes;
        return this;
    }

    /** Sent as OCI-Chunk-Min-Length; a PATCH after a shorter PATCH is answered 416. */
    public RegistryOptions chunkMinLength(long bytes) {
        chunkMinLength = bytes;
        return this;
    }

    /**
     * Limits the number of manifest reads, then answers 429. Every answer reports the remaining quota, for a window of
     * six hours, in Docker Hub's headers (which Docker Hub itself sends only with manifests).
     */
    public RegistryOptions pullQuota(long manifests) {
        pullQuota = manifests;
        return this;
    }

    /** Answers 404 to a push to a repository not created by {@link TestRegistry#createRepository}. */
    public RegistryOptions requireRepositoryExists(boolean on) {
        requireRepositoryExists = on;
        return this;
    }

    /** Accepts an index without its children. */
    public RegistryOptions sparseIndexes(boolean on) {
        sparseIndexes = on;
        return this;
    }

    /** Sends a wrong Docker-Content-Digest with manifests and blobs. */
    public RegistryOptions foreignDigestHeader(boolean on) {
        foreignDigestHeader = on;
        return this;
    }

    /** Serves every manifest with this Content-Type instead of its own, like plain file storage. */
    public RegistryOptions manifestType(String type) {
        manifestType = type;
        return this;
    }

    /** Whether Range is supported; otherwise the whole blob is sent. */
    public RegistryOptions ranges(boolean on) {
        ranges = on;
        return this;
    }

    /** Whether manifests and tags may be deleted; otherwise every DELETE of one is answered 405 UNSUPPORTED. */
    public RegistryOptions deletes(boolean on) {
        deletes = on;
        return this;
    }

    /**
     * Refuses to overwrite a tag like this, also with an equal digest, as Amazon ECR does (400 TAG_INVALID) and Harbor (412
     * PRECONDITION).
     */
    public RegistryOptions immutableTags(int status, String code, String message) {
        tagOverwrite = status;
        tagOverwriteCode = code;
        tagOverwriteMessage = message;
        return this;
    }

    /** Refuses to delete a tag like this, as registries do that delete only by digest. */
    public RegistryOptions refuseTagDeletion(int status, String code) {
        tagDeletion = status;
        tagDeletionCode = code;
        return this;
    }

    /** Serves HTTPS with the context's key. */
    public RegistryOptions tls(SSLContext context) {
        sockets = context.getServerSocketFactory();
        scheme = "https";
        return this;
    }

    /** Serves HTTPS with the key of the context supplied for each connection. */
    public RegistryOptions tls(Supplier<SSLContext> current) {
        sockets = new TlsSockets(current);
        scheme = "https";
        return this;
    }

    /** Whether everybody may read all repositories. */
    boolean isPublic() {
        return basicUsers.isEmpty() && (!bearer || anonymousPull);
    }

    /** Returns the value of a Location header: relative, or absolute with the client's Host. */
    String location(String pathAndQuery, Request request) {
        return relativeLocations
                ? pathAndQuery
                : scheme + "://" + request.headers().first("Host") + pathAndQuery;
    }

    public TestRegistry start() {
        return TestRegistry.start(this);
    }
}
