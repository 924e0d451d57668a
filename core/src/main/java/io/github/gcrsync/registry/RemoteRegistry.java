package io.github.gcrsync.registry;

import io.github.gcrsync.auth.AuthenticationException;
import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.HostedApis;
import io.github.gcrsync.registry.hosted.HostedListing;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tools.jackson.core.exc.JacksonIOException;

/** One registry: its address, and what this run has learned about it. */
public final class RemoteRegistry {
    private final String host;
    private final URI base;
    private final Access access;
    /** A repository that has the blob, as confirmed by the registry during this run. */
    private final Map<Digest, RepositoryName> blobLocations = new ConcurrentHashMap<>();

    private final Map<RepositoryName, Long> tagCounts = new ConcurrentHashMap<>();
    private final Quirks quirks;
    private final UploadWays uploads;
    private final Map<RepositoryName, RemoteRepository> repositories = new ConcurrentHashMap<>();
    /** Detected during this run. */
    private volatile boolean refusesMounts;

    private volatile boolean dividesBlobs;

    private volatile boolean keepsTags;

    private volatile boolean listsDigests;

    private final Referrers.Support referrers;
    /** Whether the last answer to a manifest with a subject named the subject. */
    private volatile Optional<Boolean> readsSubjects = Optional.empty();

    /**
     * For gcrsync itself; use {@code Engine.registry}, because {@link Access} is internal.
     *
     * @param host {@code host[:port]} as users write it; all names of Docker Hub map to its API host
     */
    public RemoteRegistry(String host, boolean plainHttp, Access access) {
        this(host, plainHttp, access, Quirks.of(Reference.canonicalHost(host)));
    }

    RemoteRegistry(String host, boolean plainHttp, Access access, Quirks quirks) {
        this.host = Reference.canonicalHost(Reference.checkedHost(host));
        String server = this.host.equals("docker.io") ? "registry-1.docker.io" : this.host;
        this.base = URI.create((plainHttp ? "http://" : "https://") + server);
        this.access = access;
        this.quirks = quirks;
        this.uploads = new UploadWays(quirks);
        this.referrers = new Referrers.Support(quirks);
    }

    public Repository repository(RepositoryName name) {
        return repositories.computeIfAbsent(name, n -> new RemoteRepository(this, n));
    }

    /** Prepares the listing of a namespace. */
    NamespaceListing namespace(RepositoryName name, int requestsInFlight) {
        return namespace(name, requestsInFlight, each -> true);
    }

    NamespaceListing namespace(RepositoryName name, int requestsInFlight, Predicate<RepositoryName> wanted) {
        return new NamespaceListing(this, name, requestsInFlight, wanted);
    }

    public String host() {
        return host;
    }

    /** The {@code host[:port]} of the registry's server. */
    public String authority() {
        return Addresses.authority(base);
    }

    /** Whether the registry is known to count pulled manifests against a quota. */
    public boolean countsPulls() {
        return quirks.has(Quirks.Trait.PULL_QUOTA);
    }

    /**
     * Makes the registry report the remaining quota in response headers, by a HEAD, which is not counted, of Docker's
     * repository for this purpose. Failures are ignored: the quota then stays unknown.
     */
    public void askForQuota() {
        RepositoryName preview = new RepositoryName("ratelimitpreview/test");
        Request head = Request.of("HEAD", uri("/v2/" + preview + "/manifests/latest"))
                .withScopes(List.of(Scopes.pull(preview)));
        try (Response response = transport().send(head)) {
            response.discard();
        } catch (IOException e) {
            return;
        }
    }

    /** Whether the registry answers at all, even with a refusal; asked after another request failed. */
    public boolean answers() {
        try (Response response = transport().send(Request.get(uri("/v2/")))) {
            int status = response.status();
            response.discard();
            return status < 500;
        } catch (AuthenticationException e) {
            return e.status() > 0 && e.status() < 500;
        } catch (RefusedException e) {
            return true; // It answered with a redirect that is not followed.
        } catch (IOException e) {
            return false;
        }
    }

    /** The web API that lists tags with digests and dates, if the registry is known to have one. */
    Optional<HostedListing> webApi() {
        HostedApis.Kind kind = quirks.has(Quirks.Trait.HUB_API)
                ? HostedApis.Kind.HUB
                : quirks.has(Quirks.Trait.QUAY_API) ? HostedApis.Kind.QUAY : HostedApis.Kind.OTHER;
        return access.webApis().of(host, base, kind, hubSite());
    }

    /** The address of Docker Hub's web site; its emulations serve both APIs. */
    URI hubSite() {
        return host.equals("docker.io") ? URI.create("https://hub.docker.com") : uri("/");
    }

    /** Records the number of tags in the last list of a repository. */
    void listed(RepositoryName repository, long tags) {
        tagCounts.put(repository, tags);
    }

    Optional<Long> tagCount(RepositoryName repository) {
        return Optional.ofNullable(tagCounts.get(repository));
    }

    Transport transport() {
        return access.transport();
    }

    RetryPolicy retries() {
        return access.retries();
    }

    Access access() {
        return access;
    }

    /** Reads an answer; passes on the IOException of a broken body. */
    @FunctionalInterface
    interface Reading<R> {
        R read(Response response) throws IOException;
    }

    /**
     * Sends the request, reads the answer whatever its status, and releases the connection for reuse.
     *
     * @throws ContentException if there is no answer
     */
    <R> R send(Request request, Reading<R> reading) {
        try (Response response = transport().send(request)) {
            R read = reading.read(response);
            response.discard();
            return read;
        } catch (IOException e) {
            throw Answers.failure(request, e);
        }
    }

    /**
     * Reads a short answer completely; if its body breaks off, sends the request again.
     *
     * @throws ContentException if there is no answer, or its status is not a success
     */
    <R> R ask(Request request, Reading<R> reading) {
        try {
            for (int attempt = 1; ; attempt++) {
                try (Response response = transport().send(request)) {
                    if (!response.isSuccess()) {
                        throw Answers.refusal(request, response);
                    }
                    try {
                        R read = reading.read(response);
                        response.discard();
                        return read;
                    } catch (IOException | JacksonIOException e) {
                        if (attempt >= retries().attempts()) {
                            throw new IOException(e.getMessage(), e);
                        }
                    }
                }
                retries().waitBefore(attempt + 1);
            }
        } catch (IOException e) {
            throw Answers.failure(request, e);
        }
    }

    Map<Digest, RepositoryName> blobLocations() {
        return blobLocations;
    }

    Quirks quirks() {
        return quirks;
    }

    boolean refusesMounts() {
        return refusesMounts;
    }

    void setMountsRefused() {
        refusesMounts = true;
    }

    /** Whether a repository is known to lack a blob of another one after a mount that the registry ignored. */
    boolean dividesBlobs() {
        return dividesBlobs;
    }

    void setDividesBlobs() {
        dividesBlobs = true;
    }

    /** Whether the registry cannot delete a tag without its manifest. */
    boolean keepsTags() {
        return keepsTags;
    }

    void setKeepsTags() {
        keepsTags = true;
    }

    /** Whether the registry lists all tags of a repository with digests in one large page, like gcr.io. */
    boolean listsDigests() {
        return listsDigests || quirks.has(Quirks.Trait.LISTS_DIGESTS);
    }

    void setListsDigests() {
        listsDigests = true;
    }

    Referrers.Support referrers() {
        return referrers;
    }

    /** Whether the registry lists a manifest with a subject by itself, by its answer to the last one ("OCI-Subject"). */
    Optional<Boolean> readsSubjects() {
        return readsSubjects;
    }

    void setReadsSubjects(boolean does) {
        readsSubjects = Optional.of(does);
    }

    UploadWays uploads() {
        return uploads;
    }

    URI uri(String pathAndQuery) {
        return base.resolve(pathAndQuery);
    }
}
