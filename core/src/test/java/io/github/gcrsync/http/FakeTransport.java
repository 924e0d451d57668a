package io.github.gcrsync.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A transport without a network: a function supplies the answers; requests and unclosed responses are recorded. */
public final class FakeTransport implements Transport {
    /** Supplies the answer to each request. */
    public interface Answerer {
        Response answer(Request request) throws IOException;
    }

    private final Answerer answerer;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();

    public FakeTransport(Answerer answerer) {
        this.answerer = answerer;
    }

    @Override
    public Response send(Request request) throws IOException {
        requests.add(request);
        Response response = answerer.answer(request);
        open.incrementAndGet();
        return new Counted(response);
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The number of unclosed responses. */
    public int open() {
        return open.get();
    }

    /** Creates an answer; header fields alternate name and value. */
    public static Response answer(int status, String text, String... fields) {
        Headers.Builder headers = new Headers.Builder();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return answer(status, headers.build(), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Creates an answer with any body. */
    public static Response answer(int status, Headers headers, InputStream body) {
        return new Response() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public Headers headers() {
                return headers;
            }

            @Override
            public InputStream body() {
                return body;
            }

            @Override
            public void close() {
                // Nothing to release.
            }
        };
    }

    private final class Counted implements Response {
        private final Response response;
        private boolean closed;

        Counted(Response response) {
            this.response = response;
        }

        @Override
        public int status() {
            return response.status();
        }

        @Override
        public Headers headers() {
            return response.headers();
        }

        @Override
        public InputStream body() throws IOException {
            return response.body();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
            response.close();
        }
    }
}
