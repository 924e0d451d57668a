package io.github.gcrsync.auth;

import java.time.Duration;
import java.time.Instant;

/** A bearer token and when to stop using it. */
record Token(String value, Instant renewAt) {
    /** Before a token ends, a request needs time to arrive and be judged; short-lived ones keep most of their life. */
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
