package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The web API of one registry during one run. After the first answer that is refused, malformed or late, it is not used
 * again, and a warning says so once. Until its first success, it receives one request at a time, so a refusal costs one
 * request; later, a failure also ends the requests in flight.
 */
public final class HostedListing {
    private static final Logger LOG = LoggerFactory.getLogger(HostedListing.class);

    /** Many times the size of a real page of 1,000 images. */
    private static final long LARGEST_PAGE = 8L << 20;

    /** The most time for the body of one answer. */
    private static final Duration LATE = Duration.ofSeconds(30);

    private static final int BUFFER = 16 << 10;

    private final HostedApi api;
    private final String host;
    private final Transport transport;
    private final Ticker ticker;
    private final ReentrantLock firstRequest = new ReentrantLock();
    private volatile boolean hasWorked;
    private volatile boolean isOff;

    HostedListing(HostedApi api, String host, Transport transport, Ticker ticker) {
        this.ticker = ticker;
        this.api = api;
        this.host = host;
        this.transport = transport;
    }

    public Way way() {
        return api.way();
    }

    /** Whether the API is still used, and can have a repository of this name. */
    public boolean serves(RepositoryName repository) {
        return !isOff && api.canName(repository);
    }

    /** The number of requests to list this many tags; at least 1. */
    public long requests(long tags) {
        return Math.max(1, (tags + api.pageSize() - 1) / api.pageSize());
    }

    /** Reads pages until the goal is reached, the list ends or the API fails; keeps what was read until then. */
    public Goal.Found read(RepositoryName repository, Goal goal) {
        HostedApi.Place place = HostedApi.Place.FIRST;
        while (!goal.isReached()) {
            Answer answer = answer(repository, place, goal);
            if (!(answer instanceof Answer.Page(Optional<String> next))) {
                return goal.found(answer == Answer.Other.NO_REPOSITORY ? Goal.End.NO_REPOSITORY : Goal.End.FAILED);
            }
            if (next.isEmpty()) {
                return goal.found(Goal.End.LAST_PAGE);
            }
            place = place.next(next.get());
        }
        return goal.found(Goal.End.ENOUGH);
    }

    private sealed interface Answer {
        record Page(Optional<String> next) implements Answer {}

        enum Other implements Answer {
            NO_REPOSITORY,
            FAILED
        }
    }

    private Answer answer(RepositoryName repository, HostedApi.Place place, Goal goal) {
        if (hasWorked) {
            return isOff ? Answer.Other.FAILED : asked(repository, place, goal);
        }
        firstRequest.lock();
        try {
            return isOff ? Answer.Other.FAILED : asked(repository, place, goal);
        } finally {
            firstRequest.unlock();
        }
    }

    private Answer asked(RepositoryName repository, HostedApi.Place place, Goal goal) {
        Request request = api.request(repository, place);
        try (Response response = transport.send(request)) {
            byte[] body = body(response);
            if (place.number() == 1 && api.knowsNoRepository(response.status(), body)) {
                return Answer.Other.NO_REPOSITORY;
            }
            if (response.status() != 200) {
                return failed(repository, "HTTP " + response.status() + " from " + request);
            }
            HostedPage page = api.read(tree(body), response.headers(), place);
            goal.add(page);
            hasWorked = true;
            return new Answer.Page(page.next());
        } catch (ContentException e) {
            return failed(repository, "unexpected answer to " + request + ": " + e.getMessage());
        } catch (JacksonException e) {
            return failed(repository, "the answer to " + request + " is not JSON");
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return Thread.currentThread().isInterrupted()
                    ? Answer.Other.FAILED
                    : failed(repository, "no answer to " + request + ": " + Printable.shortened(reason));
        }
    }

    /** The transport limits only the time between two reads. */
    private byte[] body(Response response) throws IOException {
        long begin = ticker.nanoTime();
        InputStream in = new BoundedInput(response.body(), LARGEST_PAGE);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            body.write(buffer, 0, count);
            if (ticker.nanoTime() - begin > LATE.toNanos()) {
                throw new SocketTimeoutException("it took longer than " + LATE.toSeconds() + " s");
            }
        }
        return body.toByteArray();
    }

    /** Stops using the API, because it does not know a repository that the registry lists. */
    public void missesExisting(RepositoryName repository) {
        failed(repository, "it does not know the repository; is it private?");
    }

    static Object tree(byte[] body) {
        Object tree = Json.tree(body);
        if (tree == null) {
            throw new ContentException.Corrupt("it is null");
        }
        return tree;
    }

    private Answer failed(RepositoryName repository, String reason) {
        boolean isFirst;
        synchronized (this) {
            isFirst = !isOff;
            isOff = true;
        }
        if (isFirst) {
            LOG.warn(
                    "the {} does not list {}/{} ({}); for the rest of this run, the digests of {} are read tag by tag,"
                            + " without push dates",
                    api.way(),
                    host,
                    repository,
                    reason,
                    host);
        } else {
            LOG.debug("the {} does not list {}/{} ({})", api.way(), host, repository, reason);
        }
        return Answer.Other.FAILED;
    }
}
