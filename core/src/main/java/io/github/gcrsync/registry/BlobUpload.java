package io.github.gcrsync.registry;

import io.github.gcrsync.auth.AuthenticationException;
import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.BlobOrigin;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads blobs to one repository with the fewest requests: none for a blob confirmed during this run; one for a blob
 * that the registry can mount; two for one that must be sent, because a refused mount opens the upload session that the
 * PUT then uses ("Mounting a blob from another repository").
 *
 * <p>If no other repository with the blob is known, the request mounts from the repository itself: it succeeds if the
 * blob already exists, and opens a session if not. A preceding HEAD would cost one more request.
 */
final class BlobUpload {
    private static final Logger LOG = LoggerFactory.getLogger(BlobUpload.class);
    /** Uploads from this size on are journaled; smaller ones are sent again as quickly as resumed. */
    private static final long JOURNALED_FROM = 16 << 20;

    private final RemoteRegistry registry;
    private final RepositoryName repository;
    private final Map<Digest, BlobArrival> confirmed = new ConcurrentHashMap<>();
    /** Blobs that the registry claimed to have but did not find later: they are always sent. */
    private final Set<Digest> falselyClaimed = ConcurrentHashMap.newKeySet();

    BlobUpload(RemoteRegistry registry, RepositoryName repository) {
        this.registry = registry;
        this.repository = repository;
    }

    BlobArrival ensure(Descriptor blob, BlobContent content) {
        if (confirmed.containsKey(blob.digest())) {
            return BlobArrival.ALREADY_THERE;
        }
        RepositoryName from = mountSource(blob, content);
        if (from.equals(repository)) {
            content.awaitTurn(); // An idle session may expire, and open files are limited.
        }
        BlobArrival arrival;
        try (UploadJournal.Entry journal = journal(blob)) {
            BlobSending sending = new BlobSending(registry, repository, blob, content, journal, this::start);
            // A mount transfers no bytes, so it takes precedence over resuming an upload.
            Optional<UploadSession> interrupted = from.equals(repository) ? sending.interrupted() : Optional.empty();
            Optional<UploadSession> session = interrupted.or(() -> start(blob, from));
            if (session.isEmpty()) {
                arrival = from.equals(repository) || registry.refusesMounts()
                        ? BlobArrival.ALREADY_THERE
                        : BlobArrival.MOUNTED;
            } else {
                arrival = upload(blob, sending, session.get());
            }
            journal.forget();
        }
        confirmed.put(blob.digest(), arrival);
        if (arrival == BlobArrival.UPLOADED) {
            registry.blobLocations().put(blob.digest(), repository); // The known location, if any, has lost it.
        } else {
            registry.blobLocations().putIfAbsent(blob.digest(), repository);
        }
        return arrival;
    }

    private UploadJournal.Entry journal(Descriptor blob) {
        return blob.size() < JOURNALED_FROM || registry.quirks().has(Quirks.Trait.NO_CHUNKS)
                ? UploadJournal.Entry.NONE
                : registry.access().journal().open(registry.host(), repository, blob.digest());
    }

    private BlobArrival upload(Descriptor blob, BlobSending sending, UploadSession session) {
        try {
            sending.send(session);
            return BlobArrival.UPLOADED;
        } catch (ContentException.Unsupported | ContentException.Corrupt e) {
            Optional<UploadWays.Way> other = sending.otherWay();
            if ((e instanceof ContentException.Unsupported || other.isPresent()) && alreadyExists(blob)) {
                return BlobArrival.ALREADY_THERE;
            }
            return uploadBy(other.orElseThrow(() -> e), sending, e);
        }
    }

    private BlobArrival uploadBy(UploadWays.Way other, BlobSending sending, ContentException refusal) {
        LOG.debug("{}; trying another way", refusal.getMessage());
        UploadSession session = openSession(false);
        try {
            sending.send(session, other);
        } catch (ContentException.Unsupported | ContentException.Corrupt e) {
            registry.uploads().recordResult(other, false);
            throw refusal;
        }
        registry.uploads().recordResult(other, true);
        return BlobArrival.UPLOADED;
    }

    /** Nexus refuses an existing blob if a repository is immutable (sonatype/nexus-public 967). */
    private boolean alreadyExists(Descriptor blob) {
        try {
            return exists(blob);
        } catch (ContentException e) {
            return false;
        }
    }

    /**
     * Forgets a blob that the registry turned out to lack: next time the registry is asked again, or the blob is sent
     * if the registry had claimed to have it.
     */
    void forget(Digest blob) {
        BlobArrival arrival = confirmed.remove(blob);
        if (arrival != null && arrival != BlobArrival.UPLOADED) {
            falselyClaimed.add(blob);
        }
        registry.blobLocations().remove(blob);
    }

    /** Sends the blob next time, whatever the registry claims to have. */
    void distrust(Digest blob) {
        confirmed.remove(blob);
        falselyClaimed.add(blob);
        registry.blobLocations().remove(blob);
    }

    private RepositoryName mountSource(Descriptor blob, BlobContent content) {
        return content.origin()
                .filter(origin -> origin.registry().equals(registry.host()))
                .map(BlobOrigin::repository)
                .or(() -> Optional.ofNullable(registry.blobLocations().get(blob.digest())))
                .orElse(repository);
    }

    /** Returns the session to send the blob to, or empty if the registry has the blob. */
    private Optional<UploadSession> start(Descriptor blob, RepositoryName from) {
        if (falselyClaimed.contains(blob.digest())) {
            return Optional.of(openSession(true));
        }
        boolean broken = false;
        if (!registry.refusesMounts()) {
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
                    UploadSession session = UploadSession.opened(mount, response);
                    response.discard();
                    return isThereAnyway(blob, from) ? Optional.empty() : Optional.of(session);
                }
                // Reading another repository may be forbidden, or mounts unsupported; an upload may still work.
                ContentException refusal = Answers.refusal(mount, response);
                // Some servers fail on the parameters of a mount, but accept an upload.
                broken = response.status() == 500 || response.status() == 501;
                if (refusal instanceof ContentException.RateLimited
                        || refusal instanceof ContentException.Unwritable
                        || (refusal instanceof ContentException.Unreachable && !broken)) {
                    throw refusal;
                }
                LOG.debug("no mount: {}", refusal.getMessage());
                if (response.status() == 400 || response.status() == 405) {
                    registry.setMountsRefused();
                }
            } catch (AuthenticationException e) {
                // A token for both repositories was refused; one for this repository alone may be granted.
                if (from.equals(repository) || !Set.of(400, 401, 403).contains(e.status())) {
                    throw Answers.failure(mount, e);
                }
                LOG.debug("no mount: {}", e.getMessage());
            } catch (IOException e) {
                throw Answers.failure(mount, e);
            }
        }
        if ((broken || registry.refusesMounts()) && exists(blob)) {
            return Optional.empty();
        }
        UploadSession session = openSession(true);
        if (broken) {
            registry.setMountsRefused();
        }
        return Optional.of(session);
    }

    /** The registry of go-containerregistry ignores mounts, and has every blob in all repositories. */
    private boolean isThereAnyway(Descriptor blob, RepositoryName from) {
        if (from.equals(repository) || registry.dividesBlobs()) {
            return false;
        }
        boolean isThere = exists(blob);
        if (isThere) {
            registry.setMountsRefused();
        } else {
            registry.setDividesBlobs();
        }
        return isThere;
    }

    private UploadSession openSession(boolean mayCreate) {
        Request plain = post("");
        return registry.send(plain, response -> {
            if (response.status() == 404) {
                ContentException missing = Answers.refusal(plain, response);
                if (mayCreate && registry.access().creation().create(registry.host(), repository)) {
                    return openSession(false);
                }
                throw new ContentException.NotFound(Message.of(
                                String.valueOf(missing.getMessage()),
                                "the repository " + repository + " must exist at " + registry.host()
                                        + " before images are pushed to it")
                        .and(registry.quirks().advice(Quirks.Trait.MUST_EXIST)));
            }
            if (response.status() != 202) {
                throw Answers.refusal(plain, response);
            }
            return UploadSession.opened(plain, response);
        });
    }

    /** Without mounts, one more request is cheaper than sending an existing blob. */
    private boolean exists(Descriptor blob) {
        Request head = Request.of("HEAD", registry.uri("/v2/" + repository + "/blobs/" + blob.digest()))
                .withScopes(List.of(Scopes.push(repository)));
        return registry.send(head, response -> {
            if (!response.isSuccess() && response.status() != 404) {
                throw Answers.refusal(head, response);
            }
            return response.isSuccess();
        });
    }

    private Request post(String query) {
        return Request.of("POST", registry.uri("/v2/" + repository + "/blobs/uploads/" + query))
                .withScopes(List.of(Scopes.push(repository)))
                .withBody(RequestBody.of(new byte[0]));
    }
}
