package io.github.gcrsync.registry;

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
 * Sends one blob, in the way that the registry takes. Where the connection breaks, the session is asked how far it got,
 * and the rest follows; where the session is gone, or what comes of going on is not right, everything is sent again.
 */
final class BlobSending {
    private static final Logger LOG = LoggerFactory.getLogger(BlobSending.class);
    /** Attempts in a row after which the registry has not one byte more. */
    private static final int FRUITLESS = 3;
    /** What registries say of a body in a form they do not take, but also of one that they dislike for its content. */
    private static final Set<Integer> UNEXPLAINED = Set.of(400, 409, 416);

    private final RemoteRegistry registry;
    private final RepositoryName repository;
    private final Descriptor blob;
    private final BlobContent content;
    private final UploadJournal.Entry journal;
    private final BiFunction<Descriptor, RepositoryName, Optional<UploadSession>> opening;
    /** What the registry holds, as far as is known. */
    private long offset;

    private boolean resumed;
    private boolean resumes;
    /** The only way to try, for a blob that was refused in the usual one. */
    private Optional<UploadWays.Way> only = Optional.empty();
    /** The way in which the registry has refused the blob as a whole, without saying what it dislikes. */
    private Optional<UploadWays.Way> refused = Optional.empty();

    /**
     * @param journal is told of every session that bytes are sent to
     * @param opening begins another session; empty if the blob is there after all
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
        // Where ranges are not understood, going on would spoil what is there.
        this.resumes = !registry.quirks().has(Quirks.Trait.NO_CHUNKS);
    }

    /** The registry takes no body like that; there is another way. */
    private static final class LoweredException extends RuntimeException {}

    /** The session that an earlier run did not come to the end of, if the registry still has what was sent to it. */
    Optional<UploadSession> interrupted() {
        Optional<UploadSession> session = journal.location()
                .flatMap(location -> UploadSession.remembered(registry.uri("/"), location))
                .flatMap(this::progress);
        resumed = session.isPresent();
        return session;
    }

    /** Another way to send a blob that {@link #send} could not, if there is one that is worth a try. */
    Optional<UploadWays.Way> otherWay() {
        return refused.flatMap(way -> registry.uploads().insteadOf(way, blob.size()));
    }

    void send(UploadSession session, UploadWays.Way way) {
        offset = 0;
        resumed = false;
        only = Optional.of(way);
        send(session);
    }

    void send(UploadSession first) {
        UploadSession session = first;
        long furthest = 0;
        int fruitless = 0;
        try (BlobTrail trail = new BlobTrail(blob.digest() + " for " + repository, blob, content)) {
            while (true) {
                content.awaitTurn();
                journal.remember(session.location().toString());
                Sent sent = new Sent(session, trail);
                refused = Optional.empty();
                try {
                    sent.run();
                    return;
                } catch (LoweredException e) {
                    LOG.debug("{} refuses a body of that size or form; trying another way", registry.host());
                    resumed = false;
                    offset = 0;
                } catch (ContentException e) {
                    if (e instanceof ContentException.RateLimited
                            || e instanceof ContentException.Denied
                            || e instanceof ContentException.Unwritable) {
                        throw e; // Sending everything anew is the last thing to do about it.
                    }
                    boolean passing =
                            e instanceof ContentException.Unreachable || e instanceof ContentException.NotFound;
                    if (!passing && !resumed) {
                        throw e;
                    }
                    if (!passing) {
                        resumes = false; // It did not come out right; from its beginning it will.
                    }
                    if (offset > furthest) {
                        furthest = offset;
                        fruitless = 0;
                    }
                    if (++fruitless >= Math.min(FRUITLESS, registry.retries().attempts())) {
                        throw e;
                    }
                    LOG.debug("upload of {} to {} broke off: {}", blob.digest(), repository, e.getMessage());
                    pause(fruitless + 1);
                    Optional<UploadSession> goesOn = e instanceof ContentException.Unreachable && resumes
                            ? progress(sent.session)
                            : Optional.empty();
                    resumed = goesOn.isPresent();
                    if (goesOn.isPresent()) {
                        session = goesOn.get();
                        continue;
                    }
                    offset = 0;
                }
                Optional<UploadSession> again = opening.apply(blob, repository);
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

    /** Asks how far the upload got; empty if there is nothing to go on from. */
    private Optional<UploadSession> progress(UploadSession session) {
        Request get = Request.get(session.location()).withScopes(List.of(Scopes.push(repository)));
        try {
            return registry.send(get, response -> {
                Optional<Long> held = UploadSession.held(response).filter(ignored -> response.isSuccess());
                if (held.isEmpty() || held.get() > blob.size()) {
                    return Optional.empty();
                }
                offset = held.get();
                LOG.debug("upload of {} to {} goes on from byte {}", blob.digest(), repository, offset);
                return Optional.of(session.after(get, response));
            });
        } catch (ContentException e) {
            return Optional.empty();
        }
    }

    /** One attempt, from the offset to the end. */
    private final class Sent {
        private final BlobTrail trail;
        private UploadSession session;
        /** Where a slot is held for the requests, while a passage is open. */
        private Optional<String> slotAt = Optional.empty();

        Sent(UploadSession session, BlobTrail trail) {
            this.session = session;
            this.trail = trail;
        }

        void run() {
            String host = Addresses.authority(session.location());
            try (Passage passage = content.passageTo(host)) {
                slotAt = Optional.of(host).filter(ignored -> !passage.equals(Passage.NONE));
                sendTheRest();
            }
        }

        private void sendTheRest() {
            UploadWays.Way usual = only.orElseGet(() -> registry.uploads().wayFor(blob.size(), session.leastChunk()));
            // The rest of an upload that broke is a chunk, and no longer than chunks may be.
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
                return UploadSession.held(response)
                        .filter(held -> held > from && held < to)
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
            // GHCR says 416 of a chunk that is too long; a 416 for any other reason mends itself by starting again.
            boolean tooLong = status == 413
                    || status == 405
                    || (status == 416 && !resumed && request.method().equals("PATCH"));
            ContentException refusal = Answers.refusal(request, response);
            refused = Optional.of(way).filter(ignored -> !resumed && UNEXPLAINED.contains(status));
            boolean other = tooLong
                    && only.isEmpty()
                    && length > 0
                    && registry.uploads()
                            .lowered(way, request.method(), status, length, blob.size(), session.leastChunk());
            return other ? new LoweredException() : refusal;
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
