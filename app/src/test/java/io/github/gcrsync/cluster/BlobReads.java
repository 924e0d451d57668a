package io.github.gcrsync.cluster;

import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.RequestLog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was read of blobs at a registry so far. */
record BlobReads(RequestLog log) {
    private List<Exchange> exchanges() {
        return log.exchanges().stream()
                .filter(exchange ->
                        exchange.method().equals("GET") && exchange.path().contains("/blobs/"))
                .toList();
    }

    /** Returns how often each blob was read. */
    Collection<Integer> times() {
        Map<String, Integer> times = new TreeMap<>();
        exchanges().forEach(read -> times.merge(read.path().replaceFirst(".*/blobs/", ""), 1, Integer::sum));
        return times.values();
    }

    int blobs() {
        return times().size();
    }

    long bytes() {
        return exchanges().stream().mapToLong(Exchange::responseBytes).sum();
    }
}
