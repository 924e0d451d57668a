package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.Transport;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Paces the requests to each host as the user and the host require, and records the hosts' remaining limits. */
public final class PacingTransport implements Transport {
    private final Transport next;
    private final Map<String, Integer> perSecond;
    private final Ticker ticker;
    private final Ticker own;
    private final Map<String, Pace> paces = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> requestCounts = new ConcurrentHashMap<>();
    private final Map<String, Map<String, LongAdder>> answerCounts = new ConcurrentHashMap<>();

    /**
     * @param perSecond most requests per second, by {@code host[:port]} as in {@link Addresses#authority}
     * @param own measures these limits; the hosts' own limits are measured by the ticker
     */
    public PacingTransport(Transport next, Map<String, Integer> perSecond, Ticker ticker, Ticker own) {
        this.next = next;
        this.perSecond = Map.copyOf(perSecond);
        this.ticker = ticker;
        this.own = own;
    }

    @Override
    public Response send(Request request) throws IOException {
        String host = Addresses.authority(request.uri());
        Pace pace = paces.computeIfAbsent(host, h -> new Pace(ticker, own, perSecond.getOrDefault(h, 0)));
        pace.enter();
        requestCounts.computeIfAbsent(host, ignored -> new LongAdder()).increment();
        String outcome = "error";
        try {
            Response response = next.send(request);
            outcome = response.status() / 100 + "xx";
            pace.learned(response.headers());
            return response;
        } finally {
            answerCounts
                    .computeIfAbsent(host, ignored -> new ConcurrentHashMap<>())
                    .computeIfAbsent(outcome, ignored -> new LongAdder())
                    .increment();
        }
    }

    /** Returns the limit that the host, {@code host[:port]}, reported last; empty if it reports none. */
    public Optional<RateLimit> lastSeen(String host) {
        return Optional.ofNullable(paces.get(host)).flatMap(Pace::seen);
    }

    /** Returns the requests sent so far by {@code host[:port]}, including retries, redirects and token requests. */
    public Map<String, Long> requests() {
        Map<String, Long> counts = new TreeMap<>();
        requestCounts.forEach((host, count) -> counts.put(host, count.sum()));
        return counts;
    }

    /** Returns the same by host and class of the status, such as {@code 2xx}; {@code error} without an answer. */
    public Map<String, Map<String, Long>> answers() {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        answerCounts.forEach((host, classes) -> {
            Map<String, Long> ofHost = new TreeMap<>();
            classes.forEach((name, count) -> ofHost.put(name, count.sum()));
            counts.put(host, ofHost);
        });
        return counts;
    }

    @Override
    public void close() {
        next.close();
    }
}
