package io.github.gcrsync.auth;

import java.time.Duration;
import java.time.Instant;

/** A bearer token and the time to renew it. */
record Token(String value, Instant renewAt) {
    /**
     * Renews a token early, so that requests arrive before it expires: by 10 seconds, or a fifth of a shorter lifetime.
     */
    static Token issued(String value, Instant at, Duration lifetime) {
        Duration early = lifetime.dividedBy(5);
        Duration most = Duration.ofSeconds(10);
        return new Token(value, at.plus(lifetime).minus(early.compareTo(most) < 0 ? early : most));
    }

    boolean isFresh(Instant now) {
        return now.isBefore(renewAt);
    }

    @Override
    public String toString() {
        return "token to renew at " + renewAt;
    }
}
