package gcrsync.registry;

import gcrsync.content.BlobArrival;
import gcrsync.content.BlobContent;
import gcrsync.content.BlobOrigin;
import gcrsync.content.BlobReader;
import gcrsync.content.ContentException;
import gcrsync.http.Addresses;
import gcrsync.http.Request;
import gcrsync.http.RequestBody;
import gcrsync.http.Response;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings blobs into one repository with the fewest requests: none for a blob this run has seen confirmed; one for a
 * blob that the registry can mount; two for one that has to be sent, since a refused mount opens the upload session
 * that the PUT then uses ("Mounting a blob from another repository").
 *
 * <p>Where no other home of the blob is known, the repository itself is named as the one to mount from: if the blob is
 * there already, the answer says so, and if not, the session is open. A HEAD before would be one request more.
 */
final class BlobUpload {
    private static final Logger LOG = LoggerFactory.getLogger(BlobUpload.class);
    private static final int ATTEMPTS = 3;

    private final RemoteRegistry registry;
    private final RepositoryName repository;
    private final Set<Digest> confirmed = ConcurrentHashMap.newKeySet();

    BlobUpload(RemoteRegistry registry, RepositoryName repository) {
        this.registry = registry;
        this.repository = repository;
    }

    BlobArrival ensure(Descriptor blob, BlobContent content) {
        if (confirmed.contains(blob.digest())) {
            return BlobArrival.ALREADY_THERE;
        }
        RepositoryName from = home(blob, content);
        Optional<URI> session = start(blob, from);
        BlobArrival arrival;
        if (session.isEmpty()) {
            arrival = from.equals(repository) || registry.quirks().refusesMounts()
                    ? BlobArrival.ALREADY_THERE
                    : BlobArrival.MOUNTED;
        } else {
            send(blob, content, session.get());
            arrival = BlobArrival.UPLOADED;
        }
        confirmed.add(blob.digest());
        registry.places().confirmed(blob.digest(), repository);
        return arrival;
    }

    /** After the registry has said that it lacks the blob: the next time it is asked again. */
    void forget(Digest blob) {
        confirmed.remove(blob);
        registry.places().gone(blob);
    }

    private RepositoryName home(Descriptor blob, BlobContent content) {
        return content.origin()
                .filter(origin -> origin.registry().equals(registry.host()))
                .map(BlobOrigin::repository)
                .or(() -> registry.places().home(blob.digest()))
                .orElse(repository);
    }

    /** Empty if the blob is there; otherwise the session to send it to. */
    private Optional<URI> start(Descriptor blob, RepositoryName from) {
        if (!registry.quirks().refusesMounts()) {
            String query =
                    "?mount=" + blob.digest() + "&from=" + URLEncoder.encode(from.value(), StandardCharsets.UTF_8);
            List<String> scopes = new ArrayList<>(List.of(Scopes.push(repository)));
            if (!from.equals(repository)) {
                scopes.add(Scopes.pull(from));
            }
            Request mount = post(query).withScopes(scopes);
            try (Response response = registry.transport().send(mount)) {
                if (response.status() == 201) {
                    response.discard();
                    return Optional.empty();
                }
                if (response.status() == 202) {
                    URI session = location(mount, response);
                    response.discard();
                    return Optional.of(session);
                }
                // Reading another repository may be forbidden, or mounting unknown here; neither forbids an upload.
                ContentException refusal = Answers.refusal(mount, response);
                if (refusal instanceof ContentException.RateLimited
                        || refusal instanceof ContentException.Unreachable) {
                    throw refusal;
                }
                LOG.debug("no mount: {}", refusal.getMessage());
                if (response.status() == 400 || response.status() == 405) {
                    registry.quirks().learnedThatMountsAreRefused();
                }
            } catch (IOException e) {
                throw Answers.failure(mount, e);
            }
        }
        if (registry.quirks().refusesMounts() && isThere(blob)) {
            return Optional.empty();
        }
        Request plain = post("");
        try (Response response = registry.transport().send(plain)) {
            if (response.status() != 202) {
                throw Answers.refusal(plain, response);
            }
            URI session = location(plain, response);
            response.discard();
            return Optional.of(session);
        } catch (IOException e) {
            throw Answers.failure(plain, e);
        }
    }

    /** Where a mount cannot tell, one request more is less than a blob sent for nothing. */
    private boolean isThere(Descriptor blob) {
        Request head = Request.of("HEAD", registry.uri("/v2/" + repository + "/blobs/" + blob.digest()))
                .withScopes(List.of(Scopes.push(repository)));
        try (Response response = registry.transport().send(head)) {
            if (!response.isSuccess() && response.status() != 404) {
                throw Answers.refusal(head, response);
            }
            return response.isSuccess();
        } catch (IOException e) {
            throw Answers.failure(head, e);
        }
    }

    private void send(Descriptor blob, BlobContent content, URI firstSession) {
        URI session = firstSession;
        for (int attempt = 1; ; attempt++) {
            try {
                put(blob, content, session);
                return;
            } catch (ContentException.Unreachable | ContentException.NotFound e) {
                // Not found is the session: the registry has lost it, or given it up.
                if (attempt >= Math.min(ATTEMPTS, registry.retries().attempts())) {
                    throw e;
                }
                LOG.debug("upload of {} to {} starts again: {}", blob.digest(), repository, e.getMessage());
                pause(attempt + 1);
                Optional<URI> again = start(blob, repository);
                if (again.isEmpty()) {
                    return; // The registry had it all; only its answer was lost.
                }
                session = again.get();
            }
        }
    }

    private void pause(int attempt) {
        try {
            registry.retries().waitBefore(attempt);
        } catch (IOException e) {
            throw new ContentException.Unreachable("the upload to " + repository + " was interrupted", e);
        }
    }

    private void put(Descriptor blob, BlobContent content, URI session) {
        Request put = Request.of("PUT", withDigest(session, blob.digest()))
                .withScopes(List.of(Scopes.push(repository)))
                .with("Content-Type", "application/octet-stream")
                .withBody(new RequestBody() {
                    @Override
                    public long length() {
                        return blob.size();
                    }

                    @Override
                    public InputStream open() {
                        return new BlobReader(blob.digest() + " for " + repository, blob, content);
                    }
                })
                .answeredWithin(RemoteRepository.COMMIT)
                .once();
        try (Response response = registry.transport().send(put)) {
            if (!response.isSuccess()) {
                throw Answers.refusal(put, response);
            }
            response.discard();
        } catch (IOException e) {
            throw Answers.failure(put, e);
        }
    }

    private Request post(String query) {
        return Request.of("POST", registry.uri("/v2/" + repository + "/blobs/uploads/" + query))
                .withScopes(List.of(Scopes.push(repository)))
                .withBody(RequestBody.of(new byte[0]));
    }

    /** The upload session's address; it may be relative, and it may carry a query that has to be kept. */
    private static URI location(Request request, Response response) {
        String location = response.headers().first("Location").orElse("");
        try {
            URI session = Addresses.resolve(request.uri(), location);
            if (location.isEmpty() || session.getHost() == null || Addresses.leadsInside(request.uri(), session)) {
                throw new IllegalArgumentException();
            }
            boolean downgraded = request.uri().getScheme().equals("https") && !"https".equals(session.getScheme());
            if (!downgraded) {
                return session;
            }
            if (Addresses.host(session).equals(Addresses.host(request.uri()))) {
                // A registry behind a TLS proxy that does not know its own scheme: the proxy is where we came from.
                URI own = request.uri();
                String query = session.getRawQuery() == null ? "" : "?" + session.getRawQuery();
                return URI.create("https://" + own.getRawAuthority() + session.getRawPath() + query);
            }
        } catch (IllegalArgumentException e) {
            // Refused below in words.
        }
        throw new ContentException.Corrupt(request + " was answered without a usable upload location");
    }

    private static URI withDigest(URI session, Digest digest) {
        String query = session.getRawQuery() == null ? "" : session.getRawQuery() + "&";
        String text = session.toString();
        int end = text.indexOf('?');
        return URI.create((end < 0 ? text : text.substring(0, end)) + "?" + query + "digest=" + digest);
    }
}
