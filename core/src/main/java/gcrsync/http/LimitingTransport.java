package gcrsync.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the requests in flight at each host within what the host can take, as its answers show. A request is in flight
 * until its response is closed. A thread that sends a blob to a host while reading it from the same host holds one place,
 * not two: else all places could be held by transfers that wait for a second one.
 */
public final class LimitingTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(LimitingTransport.class);
    private static final Duration EPOCH = Duration.ofMillis(100);

    private final Transport next;
    private final int mostPerHost;
    private final Map<String, HostWindow> windows = new ConcurrentHashMap<>();
    private final ThreadLocal<Set<HostWindow>> heldWhileSending = ThreadLocal.withInitial(HashSet::new);

    public LimitingTransport(Transport next, int mostPerHost) {
        this.next = next;
        this.mostPerHost = mostPerHost;
    }

    @Override
    public Response send(Request request) throws IOException {
        HostWindow window =
                windows.computeIfAbsent(Addresses.authority(request.uri()), host -> new HostWindow(mostPerHost, EPOCH));
        Set<HostWindow> held = heldWhileSending.get();
        if (!held.add(window)) {
            Response response = next.send(request);
            LOG.debug("{} -> {}", request, response.status());
            return response;
        }
        window.enter();
        boolean answered = false;
        try {
            Response response = next.send(request);
            answered = true;
            LOG.debug("{} -> {}", request, response.status());
            if (response.status() == 429 || response.status() == 503) {
                window.refused(System.nanoTime());
            } else {
                window.answered();
            }
            return new Held(response, window);
        } finally {
            held.remove(window);
            if (!answered) {
                window.leave();
            }
        }
    }

    @Override
    public void close() {
        next.close();
    }

    /** A response that gives its place back when it is closed. */
    private record Held(Response response, HostWindow window, AtomicBoolean left) implements Response {
        Held(Response response, HostWindow window) {
            this(response, window, new AtomicBoolean());
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
            response.close();
            if (left.compareAndSet(false, true)) {
                window.leave();
            }
        }
    }
}
