package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.Transport;
import java.io.IOException;
import java.io.InputStream;

/** Limits the bytes per second of all bodies together, separately for downloads and uploads. */
public final class ThrottlingTransport implements Transport {
    private final Transport next;
    private final Bandwidth down;
    private final Bandwidth up;

    /** @param bytesPerSecond in each direction; positive */
    public ThrottlingTransport(Transport next, long bytesPerSecond, Ticker ticker) {
        this.next = next;
        this.down = new Bandwidth(bytesPerSecond, ticker);
        this.up = new Bandwidth(bytesPerSecond, ticker);
    }

    @Override
    public Response send(Request request) throws IOException {
        Request throttled =
                request.body().map(body -> request.withBody(new Sent(body, up))).orElse(request);
        return new Received(next.send(throttled), down);
    }

    @Override
    public void close() {
        next.close();
    }

    private record Sent(RequestBody body, Bandwidth up) implements RequestBody {
        @Override
        public long length() {
            return body.length();
        }

        @Override
        public InputStream open() throws IOException {
            return up.throttled(body.open());
        }
    }

    private record Received(Response response, Bandwidth down) implements Response.Wrapping {
        @Override
        public InputStream body() throws IOException {
            return down.throttled(response.body());
        }
    }
}
