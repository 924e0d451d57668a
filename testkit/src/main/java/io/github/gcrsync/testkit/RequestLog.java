package io.github.gcrsync.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The log of all requests to a server. A request is logged before the first byte of its answer is sent, so a client
 * with an answer finds its request here.
 */
public final class RequestLog {
    private final List<Entry> entries = new ArrayList<>();
    private int inFlight;
    private int maxInFlight;

    /** One request; it is no longer in flight before the last byte of its answer is sent. */
    final class Entry {
        private final String method;
        private final String path;
        private final String query;
        private final Headers headers;
        private volatile int status;
        private volatile long requestBytes;
        private volatile long responseBytes;
        private boolean flying = true;

        private Entry(String method, String path, String query, Headers headers) {
            this.method = method;
            this.path = path;
            this.query = query;
            this.headers = headers;
        }

        void answered(int code) {
            status = code;
        }

        void received(long total) {
            requestBytes = total;
        }

        void sent(long total) {
            responseBytes = total;
        }

        void landed() {
            synchronized (entries) {
                if (flying) {
                    flying = false;
                    inFlight--;
                }
            }
        }

        private Exchange exchange() {
            return new Exchange(method, path, query, status, requestBytes, responseBytes, headers.withoutSecrets());
        }
    }

    Entry begin(String method, String path, String query, Headers headers) {
        Entry entry = new Entry(method, path, query, headers);
        synchronized (entries) {
            entries.add(entry);
            inFlight++;
            maxInFlight = Math.max(maxInFlight, inFlight);
        }
        return entry;
    }

    public int count() {
        synchronized (entries) {
            return entries.size();
        }
    }

    /** Counts requests with this method whose path (without query) contains a match of the regular expression. */
    public int count(String method, String pathRegex) {
        Pattern pattern = Pattern.compile(pathRegex);
        synchronized (entries) {
            return (int) entries.stream()
                    .filter(entry -> entry.method.equals(method)
                            && pattern.matcher(entry.path).find())
                    .count();
        }
    }

    /** Returns the exchanges in order of arrival. */
    public List<Exchange> exchanges() {
        synchronized (entries) {
            return entries.stream().map(Entry::exchange).toList();
        }
    }

    /** Returns the response body bytes of all requests: the downloaded volume. */
    public long responseBytes() {
        return exchanges().stream().mapToLong(Exchange::responseBytes).sum();
    }

    /** Returns the request body bytes of all requests: the uploaded volume. */
    public long requestBytes() {
        return exchanges().stream().mapToLong(Exchange::requestBytes).sum();
    }

    /** Clears all requests and the maximum in flight; running requests still count as in flight. */
    public void clear() {
        synchronized (entries) {
            entries.clear();
            maxInFlight = inFlight;
        }
    }

    /** Returns the maximum of requests in flight since the start or the last {@link #clear}. */
    public int maxInFlight() {
        synchronized (entries) {
            return maxInFlight;
        }
    }

    @Override
    public String toString() {
        List<Exchange> all = exchanges();
        return all.stream()
                .map(Exchange::toString)
                .collect(Collectors.joining("\n  ", all.size() + " requests:\n  ", "\n"));
    }
}
