package io.github.gcrsync.http.client;

import io.github.gcrsync.http.tls.TlsSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings for connections.
 *
 * @param timeout to connect, to the first byte of an answer, and between two reads of it
 * @param proxy the proxy for all hosts; empty to use the environment's proxies, if any
 * @param tls trusted authorities and client certificates
 * @param connectionsPerHost at least twice the blobs in flight, because a copy within one registry holds two
 *     connections
 * @param connections most connections to all hosts together
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
            throw new IllegalArgumentException("the timeout must be positive");
        }
    }

    /** Allows as many connections in total as four hosts may have. */
    public HttpSettings(
            Duration timeout, Optional<Proxy> proxy, TlsSettings tls, int connectionsPerHost, String userAgent) {
        this(timeout, proxy, tls, connectionsPerHost, 4 * connectionsPerHost, userAgent);
    }
}
