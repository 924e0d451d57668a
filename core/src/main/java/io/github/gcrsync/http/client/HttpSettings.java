package io.github.gcrsync.http.client;

import io.github.gcrsync.http.tls.TlsSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How connections are made.
 *
 * @param timeout to connect, to the first byte of an answer, and between two bytes of it
 * @param proxy the proxy for all hosts; empty: as the environment says, if it says anything
 * @param tls whom to trust
 * @param connectionsPerHost at least twice the blobs in flight, since a copy within one registry holds two
 * @param connections to all hosts together
 */
public record HttpSettings(
        Duration timeout,
        Optional<Proxy> proxy,
        TlsSettings tls,
        int connectionsPerHost,
        int connections,
        String userAgent) {
    public HttpSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a time-out must be longer than nothing");
        }
    }

    /** As many connections as four hosts may have. */
    public HttpSettings(
            Duration timeout, Optional<Proxy> proxy, TlsSettings tls, int connectionsPerHost, String userAgent) {
        this(timeout, proxy, tls, connectionsPerHost, 4 * connectionsPerHost, userAgent);
    }
}
