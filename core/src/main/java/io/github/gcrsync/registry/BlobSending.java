package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Passage;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads one blob in a way that the registry accepts. After a broken connection, asks the session for its progress and
 * sends the rest; if the session is gone, or resuming fails, sends everything again.
 */
final class BlobSending {
    private static final Logger LOG = LoggerFactory.getLogger(BlobSending.class);
    /** Consecutive attempts without progress. */
    private static final int ATTEMPTS_WITHOUT_PROGRESS = 3;
    /** Statuses that may refuse either the form of a body or its content. */
    private static final Set<Integer> AMBIGUOUS = Set.of(400, 409, 416);

    private final RemoteRegistry registry;
    private final RepositoryName repository;
    private final Descriptor blob;
    private final BlobContent content;
    private final UploadJournal.Entry journal;
    private final BiFunction<Descriptor, RepositoryName, Optional<UploadSession>> opening;
    /** The number of bytes that the registry is known to have. */
    private long offset;

    private boolean resumed;
    private boolean resumes;
    /** The only way to try, for a blob that was refused in the usual way. */
    private Optional<UploadWays.Way> onlyWay = Optional.empty();
    /** The way in which the registry refused the whole blob, without a clear reason. */
    private Optional<UploadWays.Way> refused = Optional.empty();

    /**
     * @param journal records every session that receives bytes
     * @param opening opens a new session; empty if the registry already has the blob
     */
    BlobSending(
            RemoteRegistry registry,
            RepositoryName repository,
            Descriptor blob,
            BlobContent content,
            UploadJournal.Entry journal,
            BiFunction<Descriptor, RepositoryName, Optional<UploadSession>> opening) {
        this.registry = registry;
        this.repository = repository;
        this.blob = blob;
        this.content = content;
        this.journal = journal;
        this.opening = opening;
        // Resuming would corrupt the upload if the registry does not support ranges.
        this.resumes = !registry.quirks().has(Quirks.Trait.NO_CHUNKS);
    }

    /** The registry refuses this form of body, but there is another way. */
    private static final class OtherWayException extends RuntimeException {}

    /** Returns the unfinished session of an earlier run, if the registry still has its bytes. */
    Optional<UploadSession> interrupted() {
        Optional<UploadSession> session = journal.location()
                .flatMap(location -> UploadSession.remembered(registry.uri("/"), location))
                .flatMap(this::progress);
        resumed = session.isPresent();
        return session;
    }

    /** Returns another way to send a blob that {@link #send} failed to send, if there is a promising one. */
    Optional<UploadWays.Way> otherWay() {
        return refused.flatMap(way -> registry.uploads().alternativeTo(way, blob.size()));
    }

    void send(UploadSession session, UploadWays.Way way) {
        offset = 0;
        resumed = false;
        onlyWay = Optional.of(way);
        send(session);
    }

    void send(UploadSession first) {
        UploadSession session = first;
        long furthest = 0;
        int withoutProgress = 0;
        try (BlobTrail trail = new BlobTrail(blob.digest() + " for " + repository, blob, content)) {
            while (true) {
                content.awaitTurn();
                journal.remember(session.location().toString());
                Attempt attempt = new Attempt(session, trail);
                refused = Optional.empty();
                try {
                    attempt.run();
                    return;
                } catch (OtherWayException e) {
                    LOG.debug("{} refuses a body of that size or form; trying another one", registry.host());
                    resumed = false;
                    offset = 0;
                } catch (ContentException e) {
                    if (e instanceof ContentException.RateLimited
                            || e instanceof ContentException.Denied
                            || e instanceof ContentException.Unwritable) {
                        throw e; // Sending everything again would not help.
                    }
                    boolean temporary =
                            e instanceof ContentException.Unreachable || e instanceof ContentException.NotFound;
                    if (!temporary && !resumed) {
                        throw e;
                    }
                    if (!temporary) {
                        resumes = false; // The resumed upload is corrupt; start from the beginning.
                    }
                    if (offset > furthest) {
                        furthest = offset;
                        withoutProgress = 0;
                    }
                    if (++withoutProgress
                            >= Math.min(
                                    ATTEMPTS_WITHOUT_PROGRESS,
                                    registry.retries().attempts())) {
                        throw e;
                    }
                    LOG.debug("upload of {} to {} was interrupted: {}", blob.digest(), repository, e.getMessage());
                    pause(withoutProgress + 1);
                    Optional<UploadSession> unfinished = e instanceof ContentException.Unreachable && resumes
                            ? progress(attempt.session)
                            : Optional.empty();
                    resumed = unfinished.isPresent();
                    if (unfinished.isPresent()) {
                        session = unfinished.get();
                        continue;
                    }
                    offset = 0;
                }
                Optional<UploadSession> reopened = opening.apply(blob, repository);
                if (reopened.isEmpty()) {
                    return; // The upload was complete; only the answer was lost.
                }
                session = reopened.get();
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

    /** Asks for the progress of the upload; returns empty if it cannot be resumed. */
    private Optional<UploadSession> progress(UploadSession session) {
        Request get = Request.get(session.location()).withScopes(List.of(Scopes.push(repository)));
        try {
            return registry.send(get, response -> {
                Optional<Long> received = UploadSession.receivedBytes(response).filter(ignored -> response.isSuccess());
                if (received.isEmpty() || received.get() > blob.size()) {
                    return Optional.empty();
                }
                offset = received.get();
                LOG.debug("upload of {} to {} resumes at byte {}", blob.digest(), repository, offset);
                return Optional.of(session.after(get, response));
            });
        } catch (ContentException e) {
            return Optional.empty();
        }
    }

    /** One attempt to send the bytes from the offset to the end. */
    private final class Attempt {
        private final BlobTrail trail;
        private UploadSession session;
        /** The host whose slot the requests use while a passage is open. */
        private Optional<String> slotAt = Optional.empty();

        Attempt(UploadSession session, BlobTrail trail) {
            this.session = session;
            this.trail = trail;
        }

        void run() {
            String host = Addresses.authority(session.location());
            try (Passage passage = content.passageTo(List.of(host))) {
                slotAt = Optional.of(host).filter(ignored -> !passage.equals(Passage.NONE));
                sendRest();
            }
        }

        private void sendRest() {
            UploadWays.Way usual =
                    onlyWay.orElseGet(() -> registry.uploads().wayFor(blob.size(), session.leastChunk()));
            // The rest of a broken upload is a chunk, and subject to the chunk limit.
            UploadWays.Way way = offset == 0
                    ? usual
                    : registry.quirks()
                            .bytes(Quirks.Trait.LARGEST_CHUNK)
                            .<UploadWays.Way>map(UploadWays.Way.Chunked::new)
                            .orElse(usual);
            long size = blob.size();
            switch (way) {
                case UploadWays.Way.Whole ignored -> {}
                case UploadWays.Way.Streamed ignored -> {
                    while (offset < size) {
                        patch(way, size, offset > 0);
                    }
                }
                case UploadWays.Way.Chunked chunked -> {
                    long last = registry.quirks().has(Quirks.Trait.LAST_CHUNK_IN_PUT) ? chunked.bytes() : 0;
                    while (size - offset > last) {
                        patch(way, Math.min(size, offset + chunked.bytes()), true);
                    }
                }
            }
            put(way);
        }

        private void patch(UploadWays.Way way, long to, boolean ranged) {
            long from = offset;
            Request patch = sending("PATCH", session.location(), from, to);
            Request request = ranged ? patch.with("Content-Range", from + "-" + (to - 1)) : patch;
            offset = registry.send(request, response -> {
                if (!response.isSuccess()) {
                    throw refusal(way, request, response, to - from);
                }
                session = session.after(request, response);
                journal.remember(session.location().toString());
                return UploadSession.receivedBytes(response)
                        .filter(received -> received > from && received < to)
                        .orElse(to);
            });
        }

        private void put(UploadWays.Way way) {
            long from = offset;
            Request put = sending("PUT", session.closing(blob.digest()), from, blob.size());
            boolean rest = from > 0 && from < blob.size();
            Request request = rest ? put.with("Content-Range", from + "-" + (blob.size() - 1)) : put;
            registry.send(request, response -> {
                if (!response.isSuccess()) {
                    throw refusal(way, request, response, blob.size() - from);
                }
                return true;
            });
        }

        private RuntimeException refusal(UploadWays.Way way, Request request, Response response, long length) {
            int status = response.status();
            // GHCR answers 416 to a chunk that is too long; a 416 for another reason is solved by starting again.
            boolean tooLong = status == 413
                    || status == 405
                    || (status == 416 && !resumed && request.method().equals("PATCH"));
            ContentException refusal = Answers.refusal(request, response);
            refused = Optional.of(way).filter(ignored -> !resumed && AMBIGUOUS.contains(status));
            boolean other = tooLong
                    && onlyWay.isEmpty()
                    && length > 0
                    && registry.uploads()
                            .ruleOut(way, request.method(), status, length, blob.size(), session.leastChunk());
            return other ? new OtherWayException() : refusal;
        }

        private Request sending(String method, java.net.URI uri, long from, long to) {
            return Request.of(method, uri)
                    .withScopes(List.of(Scopes.push(repository)))
                    .with("Content-Type", "application/octet-stream")
                    .withBody(new RequestBody() {
                        @Override
                        public long length() {
                            return to - from;
                        }

                        @Override
                        public InputStream open() {
                            return trail.part(from, to);
                        }
                    })
                    .answeredWithin(registry.access().commit())
                    .withSlotAt(slotAt)
                    .once();
        }
    }
}
